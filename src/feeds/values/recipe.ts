import { dataTypes } from '../../tensor/index.ts';
import { isDecisive, type NamedInput, valuesByName } from './by-name.ts';
import { type Demand, interval } from './demand.ts';
import type { TracedDemand } from './trace.ts';

/** How the values of an input are made; `source` says so in a few words. */
export interface Recipe {
  readonly values: Demand | { readonly kind: 'default' };
  readonly source: string;
}

/** What is known about an input. */
export interface RecipeFacts extends NamedInput {
  readonly demands: readonly TracedDemand[];
  /** Whether zeros among its values could end the process that runs the model. */
  readonly mustBePositive: boolean;
}

/**
 * Decides how to make values for an input: as the operators that it reaches need them, else as its
 * name says, else as is usual for its type.
 */
export function recipeFor(facts: RecipeFacts): Recipe {
  const { dtype, shape } = facts;
  const { kind } = dataTypes[dtype];
  const isWhole = kind === 'int' || kind === 'uint';
  const traced = facts.demands.filter(
    ({ demand, isRounded }) => demand.kind !== 'range' || isWhole || isRounded,
  );
  const demands = traced.map(({ demand }) => demand);
  if (kind === 'string') return textRecipe(demands);
  const bounds = aboveZero(intersect(demands), facts);
  const direct = traced.filter((each) => each.isWhole).map(({ demand }) => demand);
  const named = valuesByName(facts, bounds?.high ?? null);
  const values =
    (isDecisive(facts) ? named : null) ??
    exact(direct, count(shape)) ??
    named ??
    numbers(demands, bounds) ??
    bounds ??
    loose(demands, isWhole);
  if (values !== null) return { values, source: values.why };
  if (facts.mustBePositive) return positive(isWhole);
  return { values: { kind: 'default' }, source: defaultSource(facts) };
}

/** Without the 0 that must not be. */
function aboveZero(bounds: Range | null, { mustBePositive }: RecipeFacts): Range | null {
  return bounds !== null && mustBePositive && bounds.high >= 1
    ? { ...bounds, low: Math.max(1, bounds.low) }
    : bounds;
}

/** Elements that are asked for one by one, of all that the input has. */
function exact(direct: readonly Demand[], elements: number): Demand | null {
  return (
    direct.find((each) => each.kind === 'list' && each.values.length <= elements) ??
    direct.find((each) => each.kind === 'fill' || each.kind === 'mask') ??
    null
  );
}

/** What some of the elements should be, or all of them roughly. */
function loose(demands: readonly Demand[], isWhole: boolean): Demand | null {
  return (
    demands.find((each) => each.kind === 'fill' || each.kind === 'count') ??
    demands.find((each) => each.kind === 'columns') ??
    intervalFor(demands, isWhole)
  );
}

/** The first interval; of whole numbers, what is whole within one that has several. */
function intervalFor(demands: readonly Demand[], isWhole: boolean): Demand | null {
  const found = demands.find(
    (each) => each.kind === 'interval' && (!isWhole || each.high - each.low >= 2),
  );
  if (!isWhole || found?.kind !== 'interval') return found ?? null;
  return { ...found, kind: 'range', low: Math.ceil(found.low), high: Math.floor(found.high) };
}

function positive(isWhole: boolean): Recipe {
  const source = 'above 0, as it is divided by';
  const values: Demand = isWhole
    ? { kind: 'range', low: 1, high: 9, why: source }
    : interval(1, 9, source);
  return { values, source };
}

type Range = Extract<Demand, { kind: 'range' }>;

/** One range that satisfies all; where they contradict each other, the first. */
function intersect(demands: readonly Demand[]): Range | null {
  let result: Range | null = null;
  for (const demand of demands) {
    if (demand.kind !== 'range') continue;
    const low: number = Math.max(demand.low, result?.low ?? demand.low);
    const high: number = Math.min(demand.high, result?.high ?? demand.high);
    if (low > high) continue;
    // The reason that is told is the one that bounds most.
    const why: string = result === null || high < result.high ? demand.why : result.why;
    result = { kind: 'range', low, high, why };
  }
  return result;
}

function numbers(demands: readonly Demand[], bounds: Range | null): Demand | null {
  const found = demands.find((each) => each.kind === 'choices');
  if (found === undefined) return null;
  const fitting = found.choices.filter(
    (each) =>
      typeof each === 'number' && each >= (bounds?.low ?? each) && each <= (bounds?.high ?? each),
  );
  return fitting.length === 0 ? null : { ...found, choices: fitting };
}

function textRecipe(demands: readonly Demand[]): Recipe {
  const choices = demands
    .filter((each) => each.kind === 'choices')
    .flatMap((each) => each.choices)
    .filter((each) => typeof each === 'string');
  if (choices.length === 0) return { values: { kind: 'default' }, source: 'short words' };
  const source = `words that the model knows (${choices.length})`;
  return { values: { kind: 'choices', choices, why: source }, source };
}

/** What values are usual for a type; `generate` makes them. */
function defaultSource({ dtype, shape }: NamedInput): string {
  const { kind, bits } = dataTypes[dtype];
  if (kind === 'bool') return shape.length === 0 ? 'true' : 'true or false';
  if (kind === 'float' || kind === 'complex') return 'uniform [0,1)';
  return bits <= 8 ? `any ${dtype}` : 'whole numbers from 0 to 9';
}

function count(shape: readonly number[]): number {
  return shape.reduce((all, size) => all * size, 1);
}
