import type { Candidate } from './candidates.ts';
import type { Lookup, Product } from './rules/index.ts';

/** A node that is quantized, and how. */
export type PlannedNode = PlannedDynamic | PlannedWeightOnly | PlannedLookup;

interface Planned extends Candidate {
  /** Whether the weight has one scale for all of it. */
  readonly isPerTensor: boolean;
  /** What a person should know of it; empty where there is nothing. */
  readonly notes: readonly string[];
}

/** A product in integers of an activation that is quantized when the model runs. */
export interface PlannedDynamic extends Planned {
  readonly form: 'dynamic';
  readonly use: Product;
}

/** A product in float, with a weight that is stored in integers. */
export interface PlannedWeightOnly extends Planned {
  readonly form: 'weight-only';
  readonly use: Product;
  /**
   * Whether the columns' scales are applied to the product, since DequantizeLinear has no axis for
   * them. The weight is symmetric then.
   */
  readonly scalesProduct: boolean;
  /** Whether something must stand between the product and the Relu or Clip behind it. */
  readonly needsGuard: boolean;
}

/** Rows of a table that is stored in integers. */
export interface PlannedLookup extends Planned {
  readonly form: 'lookup';
  readonly use: Lookup;
}
