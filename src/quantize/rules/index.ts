import { gather } from './gather.ts';
import { gemm } from './gemm.ts';
import { matmul } from './matmul.ts';
import type { WeightRule } from './weight-rule.ts';

export type { Lookup, Product, WeightRule } from './weight-rule.ts';

/** The operators whose weights can be quantized, in the order of the help. */
export const weightRules: readonly WeightRule[] = [matmul, gemm, gather];

const byOperator: ReadonlyMap<string, WeightRule> = new Map(
  weightRules.map((rule) => [rule.op, rule]),
);

export function weightRule(op: string): WeightRule | undefined {
  return byOperator.get(op);
}
