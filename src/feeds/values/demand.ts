import type { NodeSizes } from '../sizes/known-sizes.ts';

/** Values that a consumer of an input needs its elements to have. `why` says so in a few words. */
export type Demand =
  /** Whole numbers from `low` to `high`, both included. */
  | { readonly kind: 'range'; readonly low: number; readonly high: number; readonly why: string }
  /** Numbers between `low` and `high`. */
  | { readonly kind: 'interval'; readonly low: number; readonly high: number; readonly why: string }
  /** Numbers between `low` and `high`, for each column of the last axis; others are free. */
  | {
      readonly kind: 'columns';
      readonly columns: ReadonlyMap<number, { readonly low: number; readonly high: number }>;
      readonly why: string;
    }
  /** One number everywhere; in later samples 1, 2, 3, … more where that is as good. */
  | {
      readonly kind: 'fill';
      readonly value: number;
      readonly isFree?: boolean;
      readonly why: string;
    }
  /** These elements, and ones behind them. */
  | { readonly kind: 'list'; readonly values: readonly number[]; readonly why: string }
  /** from, from + 1, … along the last axis, where those are below `below`; else from 0. */
  | {
      readonly kind: 'count';
      readonly from: number;
      readonly below: number;
      readonly why: string;
    }
  /** `kept` everywhere; in later samples `dropped` at the end of each row, as where texts are short. */
  | {
      readonly kind: 'mask';
      readonly kept: number;
      readonly dropped: number;
      readonly why: string;
    }
  /** Any of these. */
  | {
      readonly kind: 'choices';
      readonly choices: readonly (number | string)[];
      readonly why: string;
    };

/** A place where the values of an input arrive. */
export interface Arrival extends NodeSizes {
  /** Which input of the node. */
  readonly index: number;
  /** Elements that arrive; null when that is unknown. */
  readonly count: number | null;
  /** The declared or computed shape of output `index` of the node; null when unknown. */
  readonly outputSizes: (index: number) => readonly number[] | null;
}

export type DemandRule = (arrival: Arrival) => Demand | null;

/** Rules by operator, then by input. */
export type DemandRules = Readonly<Record<string, Readonly<Record<number, DemandRule>>>>;

export function range(low: number, high: number, why: string): Demand | null {
  return high < low ? null : { kind: 'range', low, high, why };
}

/** Indices of something with `size` entries. */
export function below(
  size: number | null | undefined,
  arrival: Arrival,
  what: string,
): Demand | null {
  if (size === null || size === undefined || size < 1) return null;
  return range(
    0,
    size - 1,
    `index below ${size} (${label(arrival)}${what === '' ? '' : ` ${what}`})`,
  );
}

export function fill(value: number, why: string): Demand {
  return { kind: 'fill', value, why };
}

/** Attention to everything. */
export const maskOfOnes: Demand = { kind: 'mask', kept: 1, dropped: 0, why: 'mask of ones' };

export function interval(low: number, high: number, why: string): Demand {
  return { kind: 'interval', low, high, why };
}

export function list(values: readonly number[], why: string): Demand {
  return { kind: 'list', values, why };
}

/** `Gather "emb"`: the node without its domain. */
export function label({ node }: NodeSizes): string {
  return node.name === '' ? node.opType : `${node.opType} "${node.name}"`;
}
