import type { Finding } from '../../report/index.ts';
import { type ValueCheck } from './value-check.ts';

export const unreadable: ValueCheck = {
  codes: ['values-unreadable'],
  summary: 'constants whose bytes cannot be read',
  run({ unreadable: failed }) {
    const [first] = failed;
    if (first === undefined) return [];
    const { constant, message } = first;
    const others = failed.length === 1 ? '' : ` (${failed.length} constants in all)`;
    const finding: Finding = {
      code: 'values-unreadable',
      severity: 'error',
      at: { graph: constant.graph, value: constant.name },
      message: `the values of constant "${constant.name}" cannot be read${others}: ${message}`,
    };
    return [finding];
  },
};
