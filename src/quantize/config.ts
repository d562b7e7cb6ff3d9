import type { ProviderName } from '../runtime/index.ts';
import type { WeightType } from './quantized-weight.ts';

/** What happens to a product with a constant weight. */
export type Form = 'dynamic' | 'weight-only';

/** What happens to a node: a product takes one of the forms, a lookup is one in integers in both. */
export type NodeForm = Form | 'lookup';

export type Mode = 'auto' | Form;

export const modes: readonly Mode[] = ['auto', 'dynamic', 'weight-only'];

/** Modes that later versions will have. */
export const plannedModes: readonly string[] = ['static'];

export const weightTypes: readonly WeightType[] = ['int8', 'uint8'];

export const plannedWeightTypes: readonly string[] = ['int4', 'uint4'];

/** Everything that `quantize` is asked for, with every default resolved. */
export interface QuantizeConfig {
  readonly mode: Mode;
  readonly weights: WeightType;
  /** One scale a weight instead of one a column. */
  readonly perTensor: boolean;
  /** Zero point 0: the same number of steps on both sides of zero. */
  readonly symmetric: boolean;
  /** Operators to quantize; null: all that can be. */
  readonly ops: readonly string[] | null;
  /** Patterns of nodes to quantize; empty: all. `*` is any text, `?` one character. */
  readonly nodes: readonly string[];
  /** Patterns of nodes to leave in float. */
  readonly exclude: readonly string[];
  readonly dryRun: boolean;
  /** Replaces the gate of the int8 profile, for all outputs. */
  readonly minSqnrDb: number | null;
  /** Write a result that fails its gates all the same. */
  readonly force: boolean;
  /** Run original and result, compare them and time them. */
  readonly verify: boolean;
  readonly provider: ProviderName;
  /** Null: as many as this process may use. */
  readonly threads: number | null;
  readonly dims: ReadonlyMap<string, number>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Data to verify on; empty: seeded random. */
  readonly inputs: readonly string[];
  readonly seed: number;
}

export const defaultConfig: QuantizeConfig = {
  mode: 'auto',
  weights: 'int8',
  perTensor: false,
  symmetric: false,
  ops: null,
  nodes: [],
  exclude: [],
  dryRun: false,
  minSqnrDb: null,
  force: false,
  verify: true,
  provider: 'cpu',
  threads: null,
  dims: new Map(),
  shapes: new Map(),
  inputs: [],
  seed: 0,
};
