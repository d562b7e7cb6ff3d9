import { MlkitError } from '../../errors.ts';
import type { Model } from '../../graph/index.ts';
import {
  type Gates,
  isInterruption,
  OutputAccumulator,
  type OutputParity,
  openRunnable,
  profiles,
  type RunFailure,
  type Runnable,
  randomOutputs,
  randomReason,
  runFailure,
  worstVerdict,
} from '../../parity/index.ts';
import type { Verdict } from '../../report/index.ts';
import { availableCores } from '../../runtime/index.ts';
import { type TensorValue, tensorsOfValue } from '../../tensor/index.ts';
import type { ValidateConfig, ValidateServices } from '../config.ts';
import type { Subject } from '../open-subject.ts';
import { type InputInfo, outputReasons } from '../report.ts';
import { sessionSettings } from '../session-settings.ts';
import type { Answer } from '../validate.ts';
import { findGolden, type GoldenPlace, type GoldenSet } from './golden-data.ts';
import type { GoldenMetadata } from './golden-metadata.ts';
import { type GoldenProvenance, goldenProvenance } from './golden-provenance.ts';

/**
 * What recorded outputs are held against by default: rtol and atol as in ONNX's own backend tests,
 * with the scale-aware floor, as another implementation adds up in another order.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/backend/test/runner/__init__.py
 */
export const goldenGates: Gates = {
  ...profiles.fp32,
  element: { rtol: 1e-3, atol: 1e-7, kappa: 1e-5, allowedOutside: 0 },
  minSqnrDb: 60,
};

/**
 * Runs a model on recorded inputs and compares with the recorded outputs. That it cannot be loaded or
 * run, or ends its process, is a result.
 *
 * @throws MlkitError when nothing is recorded, or the model cannot be fed with it.
 */
export async function answerGolden(
  { model }: Subject,
  config: ValidateConfig,
  services: ValidateServices,
): Promise<Answer> {
  const folder = config.golden ?? '';
  const places = findGolden(folder).slice(0, config.samples ?? undefined);
  const comparison = new GoldenComparison(model, config, folder);
  const end = await runAll(comparison, places, config, services);
  const outputs = comparison.finish(end.failure);
  // Reading the model for it would be interrupted as well, and what was compared be lost.
  const provenance = end.isInterrupted ? null : await provenanceOf(model, config, services);
  const { profile } = config;
  return {
    verdict: worstVerdict([...outputs.map((output) => output.verdict), ...end.verdicts]),
    decidedBy: ['outputs'],
    // Where nothing was compared, the outputs have nothing to add.
    reasons: comparison.samples === 0 ? end.reasons : [...end.reasons, ...outputReasons(outputs)],
    profile: profile === 'auto' ? 'fp32' : profile,
    profileReason:
      profile === 'auto' ? 'recorded outputs: rtol 1e-3, atol 1e-7, SQNR of 60 dB' : 'as asked for',
    samples: comparison.samples,
    outputs,
    golden: {
      path: folder,
      sets: places.map((place) => place.name),
      ...(provenance !== null && { recorded: recordedText(provenance.metadata) }),
    },
    inputs: comparison.inputs,
    ...(end.isInterrupted && { isComplete: false }),
    ...(end.failure !== null && { failure: end.failure }),
    warnings: [
      ...(provenance?.warnings ?? []),
      ...comparison.warnings,
      ...comparison.missing(end.failure),
    ],
  };
}

function provenanceOf(
  model: Model,
  { golden, reference, provider, optimization, threads }: ValidateConfig,
  { signal }: ValidateServices,
): Promise<GoldenProvenance | null> {
  const runtime = { provider, optimization, threads: threads ?? availableCores() };
  return goldenProvenance(golden ?? '', { model, path: reference, runtime }, signal);
}

function recordedText({ date, runtime, machine }: GoldenMetadata): string {
  const cpu = machine.cpuModel ?? machine.arch;
  return `${date.slice(0, 10)}, ${runtime.name} ${runtime.version}, ${runtime.provider} (${cpu})`;
}

/** How the runs ended. */
interface End {
  readonly failure: RunFailure | null;
  readonly isInterrupted: boolean;
  readonly reasons: readonly string[];
  readonly verdicts: readonly Verdict[];
}

const wholly: End = { failure: null, isInterrupted: false, reasons: [], verdicts: [] };

async function runAll(
  comparison: GoldenComparison,
  places: readonly GoldenPlace[],
  config: ValidateConfig,
  services: ValidateServices,
): Promise<End> {
  let session: Runnable | null = null;
  try {
    session = await openRunnable(config.reference, sessionSettings(config, services));
    comparison.begin(session);
    for (const [at, place] of places.entries()) {
      if (services.signal?.aborted) {
        throw new MlkitError('INTERRUPTED', 'the comparison was interrupted');
      }
      await comparison.run(session, place);
      services.onProgress?.(place.name, at + 1, places.length);
    }
    return wholly;
  } catch (error) {
    const { samples } = comparison;
    if (isInterruption(error, services.signal)) {
      if (samples === 0) throw error;
      const reasons = [`interrupted after ${samples} of ${places.length} sets`];
      return { failure: null, isInterrupted: true, reasons, verdicts: ['inconclusive'] };
    }
    const stage = session === null ? 'load' : 'run';
    const sample = session === null ? null : samples;
    // It is the one under test, so a failure is its own.
    const failure = runFailure(error, { side: 'candidate', stage, sample });
    if (failure === null) throw error;
    const place = places[samples]?.name ?? '';
    const what = stage === 'load' ? 'cannot be loaded' : `fails on ${place}`;
    return {
      failure: { ...failure, side: 'reference' },
      isInterrupted: false,
      reasons: [`the model ${what}: ${failure.message}`],
      verdicts: [failure.verdict],
    };
  } finally {
    await session?.close();
  }
}

/** The sets that are run, and what comes of them. */
class GoldenComparison {
  /** Sets that were compared. */
  samples = 0;
  inputs: readonly InputInfo[] = [];
  readonly warnings = new Set<string>();
  readonly #model: Model;
  readonly #config: ValidateConfig;
  readonly #folder: string;
  readonly #random: ReadonlyMap<string, string>;
  readonly #outputs = new Map<string, OutputAccumulator>();
  /** Outputs that the runtime cannot give, and why. */
  #unpassable: ReadonlyMap<string, string> = new Map();

  constructor(model: Model, config: ValidateConfig, folder: string) {
    this.#model = model;
    this.#config = config;
    this.#folder = folder;
    this.#random = randomOutputs(model, { seeded: true });
  }

  begin({ notes, outputs }: Runnable): void {
    for (const note of notes) this.warnings.add(note);
    this.#unpassable = new Map(
      outputs.flatMap(({ name, unpassable }) => (unpassable === null ? [] : [[name, unpassable]])),
    );
  }

  async run(session: Runnable, place: GoldenPlace): Promise<void> {
    const set = place.read(this.#model);
    if (this.samples === 0) this.inputs = inputInfo(set);
    refuseSkipped(this.#config.reference, set);
    const names = [...set.outputs.keys()];
    if (names.length + set.skipped.length === 0) throw nothingRecorded(this.#folder, set);
    const wanted = names.filter((name) => !this.#unpassable.has(name));
    const found = wanted.length === 0 ? new Map() : await session.run(set.inputs, wanted);
    this.#add(set, found);
    this.samples += 1;
  }

  #add(set: GoldenSet, found: ReadonlyMap<string, TensorValue>): void {
    for (const [name, recorded] of set.outputs) {
      const value = found.get(name);
      const output = this.#output(name, this.#unpassable.get(name));
      if (value !== undefined) output.add(recorded, value);
      else if (!this.#unpassable.has(name)) output.fail('the model does not give this output');
    }
    for (const { name, value, reason, isWrong } of set.skipped) {
      const output = this.#output(value ?? name, reason);
      if (isWrong) output.fail(reason);
    }
    for (const name of set.strangers) {
      this.#output(name).fail('it is recorded, and the model has no such output');
    }
  }

  /** A warning of outputs of the model that no set has. */
  missing(failure: RunFailure | null): string[] {
    if (failure !== null && this.samples === 0) return [];
    const names = this.#model.graph.outputs
      .map((value) => value.name)
      .filter((name) => !this.#outputs.has(name));
    return names.length === 0 ? [] : [`no data is recorded for the outputs ${names.join(', ')}`];
  }

  /** The comparison of each output; of all where a failure left nothing to compare. */
  finish(failure: RunFailure | null): OutputParity[] {
    const found = [...this.#outputs.values()].map((output) => output.finish());
    if (failure === null || found.length > 0) return found;
    const why = failure.stage === 'load' ? 'be loaded' : 'be run';
    const names = this.#model.graph.outputs.map((value) => value.name);
    return names.map((name) => ({
      ...this.#output(name, `nothing was compared: the model cannot ${why}`).finish(),
      verdict: failure.verdict,
    }));
  }

  #output(name: string, incomparable?: string): OutputAccumulator {
    const known = this.#outputs.get(name);
    if (known !== undefined) return known;
    const { profile, overrides } = this.#config;
    const drawnBy = this.#random.get(name);
    const made = new OutputAccumulator({
      name,
      profile: profile === 'auto' ? goldenGates : profile,
      overrides,
      nonFiniteReference: 'expected',
      ...(drawnBy !== undefined && { nondeterministic: randomReason(drawnBy) }),
      ...(incomparable !== undefined && { incomparable }),
    });
    this.#outputs.set(name, made);
    return made;
  }
}

function inputInfo(set: GoldenSet): InputInfo[] {
  const source = `recorded in ${set.name}`;
  return [...set.inputs].flatMap(([name, value]) => {
    const [first] = tensorsOfValue(value);
    return first === undefined ? [] : [{ name, dtype: first.dtype, shape: first.dims, source }];
  });
}

/** Without one of its inputs the model cannot run. */
function refuseSkipped(path: string, { name, skipped }: GoldenSet): void {
  const input = skipped.find((each) => each.kind === 'input');
  if (input === undefined) return;
  throw new MlkitError(
    'MODEL_UNSUPPORTED',
    `cannot run ${path} with ${input.name} of ${name}: ${input.reason}`,
    {
      hint: input.isWrong
        ? 'Record it as the model declares the input.'
        : 'Cut the model behind that input, or convert it to take a tensor.',
    },
  );
}

function nothingRecorded(folder: string, { name }: GoldenSet): MlkitError {
  return new MlkitError('INPUT_DATA', `${name} in ${folder} holds no output of the model`, {
    hint: 'Outputs are output_0.pb and so on, or arrays with the names of the outputs in a .npz.',
  });
}
