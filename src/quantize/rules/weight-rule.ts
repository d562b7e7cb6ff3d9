import type { Node, Value } from '../../graph/index.ts';

/**
 * A node as a product with a weight: `alpha · A' · B' + beta · C`, where A' and B' are the inputs or
 * their transposes.
 */
export interface Product {
  /** A: what is computed. */
  readonly activation: Value;
  readonly transposesActivation: boolean;
  /** B: the weight. */
  readonly weight: Value;
  readonly transposesWeight: boolean;
  readonly alpha: number;
  readonly beta: number;
  /** C. */
  readonly bias: Value | null;
}

/** How one operator is quantized: what the planner and the editor need to know of it. */
export interface WeightRule {
  /** Of the domain ai.onnx. */
  readonly op: string;
  readonly summary: string;
  readonly source: string;
  /** The node as a product; a reason when it is none that can be quantized. */
  product(node: Node): Product | { readonly reason: string };
}
