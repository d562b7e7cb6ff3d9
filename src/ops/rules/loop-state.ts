import type { Graph } from '../../graph/index.ts';
import { type Size, symbolsOf } from '../../symbolic/index.ts';
import type { Call, Known } from '../rule.ts';
import { type Element, type InferredType, tensorOf } from '../types.ts';
import { joinElements, joinTypes, mapSizes } from './join-types.ts';

/** A body that is run again and again, its first inputs being what its last run gave. */
export interface Repetition {
  readonly body: Graph;
  /** What is known of the state before the first run. */
  readonly initial: readonly Known[];
  /** What else the body is given, after or before the state. */
  readonly inputs: (state: readonly Known[]) => readonly (Known | null)[];
  /** Whether it may be that the body never runs. */
  readonly isOptional: boolean;
}

/** What is true whenever the body runs. */
export interface FixedPoint {
  /** What the body gives, the state first. Its sizes are those of any run. */
  readonly outputs: readonly Known[];
  /** The state before any run or after the last. */
  readonly state: readonly Known[];
}

/** Bodies are inferred as often; what changes even then is not known. Most need two. */
const mostPasses = 5;

/**
 * What holds of the state of a loop in every run of its body: where a run changes a size, that size is
 * not known, and the body is looked at again with that. The last look is what counts for the values
 * inside.
 */
export function fixedPoint(call: Call, repetition: Repetition): FixedPoint {
  const { body, initial, inputs, isOptional } = repetition;
  const changing = new Set<string>();
  let state = initial;
  for (let pass = 1; pass < mostPasses; pass += 1) {
    const outputs = call.inferGraph(body, inputs(state), isOptional);
    const next = state.map((each, at) => widen(call, each, outputs[at], changing));
    if (next.every((each, at) => each === state[at]))
      return settled(call, outputs, state, changing);
    state = next;
  }
  const last = state.map(({ type }): Known => ({ type: withoutShape(type), elements: null }));
  return settled(call, call.inferGraph(body, inputs(last), isOptional), last, changing);
}

/** The state by what a run makes of it; the same object if that is nothing new. */
function widen(call: Call, before: Known, after: Known | undefined, changing: Set<string>): Known {
  const newlyChanging = new Set<string>();
  const joinSizes = (a: Size): Size => {
    if (typeof a !== 'number' && changing.has(a.toString())) return a;
    const any = call.unknown();
    newlyChanging.add(any.toString());
    return any;
  };
  const type = joinTypes(before.type, after?.type ?? null, joinSizes);
  const elements = joinElements(before.elements, after?.elements ?? null);
  for (const name of newlyChanging) changing.add(name);
  const isLess =
    newlyChanging.size > 0 ||
    formOf(before.type) !== formOf(type) ||
    knownCount(before.elements?.values) !== knownCount(elements?.values);
  return isLess ? { type, elements } : before;
}

function knownCount(values: readonly Element[] | undefined): number {
  return values?.filter((each) => each !== null).length ?? 0;
}

/** The type as text, sizes apart. */
function formOf(type: InferredType | null): string {
  return JSON.stringify(mapSizes(type, () => 0));
}

function withoutShape(type: InferredType | null): InferredType | null {
  if (type?.kind === 'tensor') return tensorOf(type.elementType, null);
  return null;
}

/** Sizes that change from run to run are some other unknown ones outside. */
function settled(
  call: Call,
  outputs: readonly Known[],
  state: readonly Known[],
  changing: ReadonlySet<string>,
): FixedPoint {
  const isChanging = (size: Size): boolean =>
    typeof size !== 'number' && [...symbolsOf(size)].some((name) => changing.has(name));
  const settle = ({ type, elements }: Known): Known => ({
    type: mapSizes(type, (size) => (isChanging(size) ? call.unknown() : size)),
    elements: elements && {
      dims: elements.dims,
      values: elements.values.map((each) => (each !== null && isChanging(each) ? null : each)),
    },
  });
  return { outputs: outputs.map(settle), state: state.map(settle) };
}
