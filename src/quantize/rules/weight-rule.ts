import type { Node, Value } from '../../graph/index.ts';

/**
 * A product with a weight: `alpha · A' · B' + beta · C`, where A' and B' are the inputs or their
 * transposes.
 */
export interface Product {
  readonly kind: 'product';
  /** A: what is computed. */
  readonly activation: Value;
  readonly transposesActivation: boolean;
  /** B. */
  readonly weight: Value;
  readonly weightIndex: number;
  readonly transposesWeight: boolean;
  readonly alpha: number;
  readonly beta: number;
  /** C. */
  readonly bias: Value | null;
}

/** Rows of a table, taken by their numbers. */
export interface Lookup {
  readonly kind: 'lookup';
  /** The table, whose first axis is looked up in. */
  readonly weight: Value;
  readonly weightIndex: number;
  readonly indices: Value;
}

/** How one operator is quantized: what the planner and the editor need to know of it. */
export interface WeightRule {
  /** Of the domain ai.onnx. */
  readonly op: string;
  readonly summary: string;
  readonly source: string;
  /** What the node does with its weight; a reason when it is nothing that can be quantized. */
  read(node: Node): Product | Lookup | { readonly reason: string };
}
