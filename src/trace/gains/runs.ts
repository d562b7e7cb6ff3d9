import { join } from 'node:path';
import type { Model, Value } from '../../graph/index.ts';
import type { ValuePair } from '../../matching/index.ts';
import { type OpenModel, saveModel } from '../../onnx/index.ts';
import { openRunnable, type Runnable } from '../../parity/index.ts';
import type { Feeds, SessionSettings } from '../../runtime/index.ts';
import type { TensorValue } from '../../tensor/index.ts';
import { scratchFolder } from '../scratch-folder.ts';
import { NoiseMeter, type SampleOutputs } from './measure.ts';
import type { FloatSettlement } from './settle.ts';
import type { SwitchedModel } from './switches.ts';
import type { Unit } from './units.ts';

/** How inputs and outputs of two models correspond. */
export interface IoNames {
  /** The candidate's name of each input of the reference. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Of the reference. */
  readonly outputs: readonly string[];
  /** The place of each output of the reference among those of the candidate; −1: it has none. */
  readonly places: readonly number[];
}

export function ioNames(reference: Model, candidate: Model, pairs: readonly ValuePair[]): IoNames {
  const other = new Map<Value, string>();
  for (const pair of pairs) {
    const isEnd = pair.candidate.isInput || pair.candidate.isOutput;
    if (isEnd) other.set(pair.reference, pair.candidate.name);
  }
  const ownInputs = new Set(candidate.graph.inputs.map((input) => input.name));
  const candidates = candidate.graph.outputs.map((output) => output.name);
  return {
    inputs: new Map(
      reference.graph.inputs.map((input) => {
        const paired = ownInputs.has(input.name) ? undefined : other.get(input);
        return [input.name, paired ?? input.name];
      }),
    ),
    outputs: reference.graph.outputs.map((output) => output.name),
    places: reference.graph.outputs.map((output) => {
      const named = candidates.indexOf(output.name);
      return named >= 0 ? named : candidates.indexOf(other.get(output) ?? '');
    }),
  };
}

/** The SQNR of each output of the reference in dB; null where there is none. */
export type Decibels = readonly (number | null)[];

/** A model to run as it is. */
export interface RunSide {
  readonly path: string;
  readonly settings: SessionSettings;
}

/** Samples, and what two models give for them. */
export interface RunData {
  readonly feeds: readonly Feeds[];
  readonly names: IoNames;
  readonly expected: readonly SampleOutputs[];
  /** What the candidate itself gives. */
  readonly actual: readonly SampleOutputs[];
}

/** Runs both models as they are, one after the other. */
export async function runModels(
  reference: RunSide,
  candidate: RunSide,
  feeds: readonly Feeds[],
  { names, candidateOutputs }: { names: IoNames; candidateOutputs: readonly string[] },
): Promise<RunData> {
  const expected = await runAll(reference, feeds, names.outputs);
  const translated = feeds.map((each) => translate(each, names));
  const outputs = names.places.map((place) => candidateOutputs[place] ?? '');
  const actual = await runAll(candidate, translated, outputs);
  return { feeds, names, expected, actual };
}

async function runAll(
  { path, settings }: RunSide,
  feeds: readonly Feeds[],
  names: readonly string[],
): Promise<SampleOutputs[]> {
  const session = await openRunnable(path, settings);
  try {
    const all: SampleOutputs[] = [];
    for (const each of feeds) {
      const values = await session.run(each);
      all.push(names.map((name) => values.get(name)));
    }
    return all;
  } finally {
    await session.close();
  }
}

function translate(feeds: Feeds, { inputs }: IoNames): Map<string, TensorValue> {
  return new Map([...feeds].map(([name, value]) => [inputs.get(name) ?? name, value]));
}

/** The model with switches, loaded. */
export class SwitchedRuns implements AsyncDisposable {
  readonly #data: RunData;
  readonly #settlement: FloatSettlement;
  readonly #switched: SwitchedModel;
  readonly #session: Runnable;
  readonly #scratch: AsyncDisposable;

  private constructor(
    data: RunData,
    settlement: FloatSettlement,
    switched: SwitchedModel,
    loaded: { session: Runnable; scratch: AsyncDisposable },
  ) {
    this.#data = data;
    this.#settlement = settlement;
    this.#switched = switched;
    this.#session = loaded.session;
    this.#scratch = loaded.scratch;
  }

  /** Writes the model to a temporary file and loads it. */
  static async open(
    { model, folder }: OpenModel,
    settings: SessionSettings,
    parts: { data: RunData; settlement: FloatSettlement; switched: SwitchedModel },
  ): Promise<SwitchedRuns> {
    const scratch = await scratchFolder();
    try {
      const path = join(scratch.path, 'switched.onnx');
      await saveModel(model, path, { external: { file: 'switched.data' }, folder });
      const session = await openRunnable(path, settings);
      const { data, settlement, switched } = parts;
      return new SwitchedRuns(data, settlement, switched, { session, scratch });
    } catch (error) {
      await scratch[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The SQNR of each output with these units in float. */
  async sqnr(units: ReadonlySet<Unit>): Promise<Decibels> {
    const { feeds, names, expected } = this.#data;
    const { flagsName, outputs } = this.#switched;
    const flags = this.#switched.flags(this.#settlement.settle(units));
    const meter = new NoiseMeter();
    for (const [at, each] of feeds.entries()) {
      const given = new Map([...translate(each, names), [flagsName, flags]]);
      const all = await this.#session.run(given);
      meter.add(
        expected[at] ?? [],
        names.places.map((place) => all.get(outputs[place] ?? '')),
      );
    }
    return meter.decibels();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.close();
    await this.#scratch[Symbol.asyncDispose]();
  }
}

/** The SQNR of each output of the candidate itself. */
export function ownSqnr({ expected, actual }: RunData): Decibels {
  const meter = new NoiseMeter();
  for (const [at, each] of expected.entries()) meter.add(each, actual[at] ?? []);
  return meter.decibels();
}
