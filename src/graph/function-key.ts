import type { FunctionDefinition } from './model.ts';

/** Tells the functions of a model apart, as ONNX does. */
export function functionKey({
  domain,
  name,
  overload,
}: Pick<FunctionDefinition, 'domain' | 'name' | 'overload'>): string {
  return JSON.stringify([domain, name, overload]);
}
