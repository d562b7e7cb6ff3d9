import type { Model } from '../../graph/index.ts';
import type { Inference, InferenceSettings } from '../../ops/index.ts';
import { symbolsOf } from '../../symbolic/index.ts';
import { type ModelInput, tensorIn } from '../inputs.ts';
import { formulaOf, sizeOfFormula } from './expression.ts';
import { framesOf } from './frames.ts';
import { inferWith, type KnownScalars } from './infer-with.ts';
import { isAboutSizes, keyOf, type Misfit, MisfitFinder, type Misfits } from './misfits.ts';
import { NodeSolver } from './solve.ts';
import { variableKey } from './variables.ts';

export interface RankedInput extends ModelInput {
  readonly dims: NonNullable<ModelInput['dims']>;
}

/** What sizes are tried on. */
export interface TrialSubject {
  readonly model: Model;
  readonly inputs: readonly RankedInput[];
  /** Sizes that the user fixed, by symbol. */
  readonly symbols: ReadonlyMap<string, number>;
  readonly scalars: KnownScalars;
}

/** Sizes that were tried, and what came of it. */
export interface Trial {
  /** Of the variables. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly symbols: ReadonlyMap<string, number>;
  readonly inference: Inference;
  readonly misfits: Misfits;
}

/** Tries sizes by inferring the whole model with them. */
export class SizeTrials {
  /** Trials so far. */
  count = 0;
  readonly #subject: TrialSubject;
  readonly #finder: MisfitFinder;
  /** Names that a variable has where inference leaves it open. */
  readonly #names: ReadonlyMap<string, ReadonlySet<string>>;
  #symbolic: Inference | null = null;

  constructor(subject: TrialSubject) {
    this.#subject = subject;
    this.#finder = new MisfitFinder(subject.model);
    this.#names = symbolicNames(subject.inputs);
  }

  try(sizes: ReadonlyMap<string, number>): Trial {
    const { model, inputs, scalars, symbols: fixed } = this.#subject;
    this.count += 1;
    const symbols = new Map([...sizes, ...fixed]);
    const shapes = new Map<string, readonly number[]>();
    const given = new Map(symbols);
    const unnamed = new Map<string, readonly number[]>();
    for (const input of inputs) {
      const shape = input.dims.map((size, axis) => sizeOf(input, size, axis, symbols));
      shapes.set(input.name, shape);
      for (const [axis, size] of input.dims.entries()) {
        if (typeof size === 'string') given.set(size, shape[axis] ?? 1);
      }
      if (!isNamed(input)) unnamed.set(input.name, shape);
    }
    const settings: InferenceSettings = { sizes: given, shapes: unnamed };
    const inference = inferWith(model, scalars, settings);
    const misfits = this.#finder.find(inference, () => this.#unmendable());
    return { sizes, shapes, symbols, inference, misfits };
  }

  /** What can be said about a node that does not work with the sizes of a trial. */
  solver({ inference }: Trial, { node, message }: Misfit): NodeSolver {
    const factsIn = (of: Inference) =>
      of.nodeFacts(node, framesOf(this.#subject.model, of.main)(node.graph));
    return new NodeSolver(factsIn(this.#open()), factsIn(inference), message);
  }

  /** The names that variables have in what the solver looks at. */
  namesOf(keys: readonly string[]): ReadonlySet<string> {
    return new Set(keys.flatMap((key) => [...(this.#names.get(key) ?? [key])]));
  }

  /** The sizes of variables by those names. */
  sizesByName(sizes: ReadonlyMap<string, number>): (name: string) => number | undefined {
    const byName = new Map(this.#subject.symbols);
    for (const [key, size] of sizes) for (const name of this.namesOf([key])) byName.set(name, size);
    return (name) => byName.get(name);
  }

  /** What is known whatever sizes the variables have. */
  #open(): Inference {
    const { model, inputs, scalars, symbols } = this.#subject;
    const shapes = new Map(
      inputs.flatMap(({ name, value, dims }) => {
        const isWhole = dims.every((size) => typeof size === 'number');
        return isWhole && value.type?.kind === 'tensor' ? [[name, dims] as const] : [];
      }),
    );
    const isAsDeclared = [...shapes.keys()].every((name) =>
      inputs.some((input) => input.name === name && isDeclared(input)),
    );
    this.#symbolic ??= inferWith(model, scalars, {
      sizes: symbols,
      ...(!isAsDeclared && { shapes }),
    });
    return this.#symbolic;
  }

  #unmendable(): ReadonlySet<string> {
    return new Set(this.#open().contradictions.filter(isAboutSizes).map(keyOf));
  }
}

/** Whether sizes of symbols say all about the shape of an input. */
function isNamed({ value, dims }: RankedInput): boolean {
  if (value.type?.kind !== 'tensor') return true;
  const declared = value.type.shape;
  if (declared?.length !== dims.length) return false;
  return dims.every((size, axis) =>
    typeof size === 'number'
      ? size === declared[axis] || typeof declared[axis] === 'string'
      : isName(size),
  );
}

function isDeclared({ value, dims }: RankedInput): boolean {
  const declared = value.type?.kind === 'tensor' ? value.type.shape : null;
  return declared?.length === dims.length && dims.every((size, axis) => size === declared[axis]);
}

/** Some exporters name every size that they do not know "?", which inference takes for no name. */
function isName(size: string | null): size is string {
  return size !== null && size !== '' && !size.startsWith('?');
}

function symbolicNames(inputs: readonly RankedInput[]): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  const add = (key: string, name: string): void => {
    names.set(key, (names.get(key) ?? new Set()).add(name));
  };
  for (const input of inputs) {
    for (const [axis, size] of input.dims.entries()) {
      if (typeof size === 'number') continue;
      const formula = size === null ? null : formulaOf(size);
      if (formula !== null) for (const name of symbolsOf(formula)) add(name, name);
      const text = tensorIn(input.value)?.shape?.[axis];
      const hasName = typeof text === 'string' && isName(text);
      add(variableKey(input, axis), hasName ? text : `?${input.name}:${axis}`);
    }
  }
  return names;
}

function sizeOf(
  input: RankedInput,
  size: number | string | null,
  axis: number,
  symbols: ReadonlyMap<string, number>,
): number {
  if (typeof size === 'number') return size;
  const formula = size === null || symbols.has(size) ? null : formulaOf(size);
  if (formula !== null) return Math.max(0, sizeOfFormula(formula, symbols) ?? 1);
  return symbols.get(variableKey(input, axis)) ?? 1;
}
