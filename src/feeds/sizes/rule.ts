import type { Node } from '../../graph/index.ts';
import type { Tensor } from '../../tensor/index.ts';

/** A shape in which every size is known; null: unknown. */
export type Sizes = readonly number[] | null;

/** The sizes of the inputs cannot be: why, and sizes that would do for some dimension. */
export interface Misfit {
  readonly reason: string;
  readonly wanted: readonly number[];
}

/** What a rule may ask about the node that it is applied to. */
export interface RuleContext {
  readonly node: Node;
  readonly opset: number;
  /** Shape of input `index`; null when it is unknown or left out. */
  readonly sizes: (index: number) => Sizes;
  /** Elements of a small integer input that are known before the model runs. */
  readonly integers: (index: number) => readonly number[] | null;
  /** The constant that input `index` is, if it is one. */
  readonly constant: (index: number) => Tensor | null;
}

/** Shapes of the outputs of one operator, or why its inputs do not fit together. */
export type SizeRule = (context: RuleContext) => readonly Sizes[] | Misfit;

/** Makes a {@link Misfit}. */
export function misfit(reason: string, ...wanted: (number | undefined)[]): Misfit {
  return {
    reason,
    wanted: wanted.filter((size) => size !== undefined).filter((size) => size >= 0),
  };
}

export function isMisfit(result: readonly Sizes[] | Misfit): result is Misfit {
  return 'reason' in result;
}

/** An axis counted from the front; null when it is out of range. */
export function axisOf(axis: number, rank: number): number | null {
  const positive = axis < 0 ? axis + rank : axis;
  return positive >= 0 && positive < rank ? positive : null;
}

export function countOf(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
