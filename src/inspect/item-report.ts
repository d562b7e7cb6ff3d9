import type { ConstantRole, ConstantSource, TensorStats } from '../checks/index.ts';
import type { Dimension } from '../graph/index.ts';

// What reports say of single values, nodes and constants.

/** A value of a graph, as far as its type is known without working anything out. */
export interface ValueReport {
  readonly name: string;
  /**
   * `float32` for a tensor; `sparse float32`, `seq(float32[2])`, `map(int64, float32)` and so on for
   * other kinds; null where the file does not say.
   */
  readonly type: string | null;
  /** Sizes, names of symbolic ones, null for unknown ones. Null: rank unknown, or not a tensor. */
  readonly shape: readonly Dimension[] | null;
}

export interface TensorReport {
  readonly name: string;
  /** Path of the graph that it is in. */
  readonly graph: string;
  readonly source: ConstantSource;
  /** The node whose attribute it is. */
  readonly node?: string;
  readonly role: ConstantRole;
  readonly dtype: string | null;
  readonly shape: readonly number[];
  /** Null where the shape is impossible. */
  readonly elements: number | null;
  /** As stored. */
  readonly bytes: number;
  /** Where its bytes are. */
  readonly stored: 'model' | 'data-file';
  readonly location?: string;
  readonly offset?: number;
  /** The constant that lies in the same bytes and comes first. */
  readonly sameAs?: string;
  /** With `--stats`; null where the values have none (text) or cannot be read. */
  readonly stats?: TensorStats | null;
}

export interface NodeReport {
  /** Path of its graph. */
  readonly graph: string;
  readonly name: string;
  /** With its domain where that is not ai.onnx: `com.microsoft.Gelu`. */
  readonly op: string;
  /** Null: an optional one left out. */
  readonly inputs: readonly (ValueReport | null)[];
  readonly outputs: readonly (ValueReport | null)[];
}
