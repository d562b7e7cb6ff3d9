import type { Model } from './model.ts';

export function printModel(_model: Model): string {
  return '';
}
