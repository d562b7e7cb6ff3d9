import { type DataType, dataTypes } from '../../tensor/index.ts';
import type { Demand } from './demand.ts';
import { type InputRole, inputRole } from './input-names.ts';
import type { TracedDemand } from './trace.ts';

/** How the values of an input are made; `source` says so in a few words. */
export interface Recipe {
  readonly values: Demand | { readonly kind: 'default' };
  readonly source: string;
}

/** What is known about an input. */
export interface RecipeFacts {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly demands: readonly TracedDemand[];
  /** Size of the sequence dimension of the inputs, for those that count along it. */
  readonly sequenceLength: number;
}

/**
 * Decides how to make values for an input: as the operators that it reaches need them, else as its
 * name says, else as is usual for its type.
 */
export function recipeFor(facts: RecipeFacts): Recipe {
  const { dtype, shape } = facts;
  const { kind } = dataTypes[dtype];
  const isWhole = kind === 'int' || kind === 'uint';
  const demands = facts.demands
    .filter(({ demand, isRounded }) => demand.kind !== 'range' || isWhole || isRounded)
    .map(({ demand }) => demand);
  if (kind === 'string') return text(demands);
  const set = demands.find((each) => each.kind === 'list' && each.values.length <= count(shape));
  const exact = set ?? demands.find((each) => each.kind === 'fill');
  if (exact !== undefined) return { values: exact, source: exact.why };
  const bounds = intersect(demands);
  const role = inputRole(facts.name);
  const named = role === null ? null : byName(role, facts, bounds);
  if (named !== null) return named;
  const choices = numbers(demands, bounds);
  if (choices !== null) return { values: choices, source: choices.why };
  const interval = demands.find((each) => each.kind === 'interval');
  const chosen = bounds ?? (isWhole ? null : interval);
  if (chosen) return { values: chosen, source: chosen.why };
  return { values: { kind: 'default' }, source: defaultSource(facts) };
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

function text(demands: readonly Demand[]): Recipe {
  const choices = demands
    .filter((each) => each.kind === 'choices')
    .flatMap((each) => each.choices)
    .filter((each) => typeof each === 'string');
  if (choices.length === 0) return { values: { kind: 'default' }, source: 'short words' };
  const source = `words that the model knows (${choices.length})`;
  return { values: { kind: 'choices', choices, why: source }, source };
}

function byName(
  role: Exclude<InputRole, null>,
  { dtype, shape, sequenceLength }: RecipeFacts,
  bounds: Range | null,
): Recipe | null {
  const { kind } = dataTypes[dtype];
  const isFloat = kind === 'float' || kind === 'complex';
  if (role === 'mask') return filled(1, kind === 'bool' ? 'mask of true' : 'mask of ones');
  if (role === 'padding mask') return filled(kind === 'bool' ? 0 : 1, 'mask that keeps everything');
  if (role === 'flag off')
    return kind === 'bool' ? filled(0, 'false: inference, not training') : null;
  if (kind === 'bool' || isFloat) return null;
  const high = bounds?.high ?? Number.MAX_SAFE_INTEGER;
  switch (role) {
    case 'positions':
    case 'beams': {
      const last = role === 'beams' ? (shape.at(-1) ?? 1) : high + 1;
      const below = Math.min(last, high + 1);
      return { values: { kind: 'count', below, why: '0, 1, 2, …' }, source: '0, 1, 2, …' };
    }
    case 'segments': {
      const most = Math.min(1, high);
      return {
        values: { kind: 'range', low: 0, high: most, why: 'segment ids' },
        source: 'segment ids',
      };
    }
    case 'sample rate':
      return bounds === null ? filled(16000, 'a sample rate') : null;
    case 'lengths':
      return filled(Math.max(1, Math.min(sequenceLength, high)), 'the whole length');
    case 'sizes':
      return bounds === null ? filled(64, 'a size') : null;
  }
}

function filled(value: number, source: string): Recipe {
  return { values: { kind: 'fill', value, why: source }, source };
}

/** What values are usual for a type; `generate` makes them. */
function defaultSource({ dtype, shape }: RecipeFacts): string {
  const { kind, bits } = dataTypes[dtype];
  if (kind === 'bool') return shape.length === 0 ? 'true' : 'true or false';
  if (kind === 'float' || kind === 'complex') return 'uniform [0,1)';
  return bits <= 8 ? `any ${dtype}` : 'whole numbers from 0 to 9';
}

function count(shape: readonly number[]): number {
  return shape.reduce((all, size) => all * size, 1);
}
