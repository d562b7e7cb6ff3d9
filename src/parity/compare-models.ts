import { MlkitError } from '../errors.ts';
import type { Verdict } from '../report/index.ts';
import type { Feeds } from '../runtime/index.ts';
import type { TensorValue } from '../tensor/index.ts';
import { OutputAccumulator } from './accumulator.ts';
import { openRunnable, type Runnable, type RunnableOutput } from './open-runnable.ts';
import { type NamePair, pairNames, planInputs } from './pairing.ts';
import type { OutputParity, ParityResult, ParitySettings } from './parity.ts';
import { type Gates, type ProfileName, profiles } from './profile.ts';
import { randomReason } from './random-outputs.ts';
import { failureText, isInterruption, type RunFailure, runFailure } from './run-failure.ts';
import { type Study, studyModels } from './study-models.ts';
import { worstVerdict } from './worst-verdict.ts';

/**
 * Runs two models on the same inputs, each in a process of its own, and compares what they give.
 * Memory: the tensors of one sample.
 *
 * @throws MlkitError when a model cannot be read, the candidate cannot be fed with the reference's
 *   inputs, or nothing was compared before an interruption; unless `failures` is `report`, also when a
 *   model cannot be loaded or run, and for any interruption.
 */
export async function compareModels(settings: ParitySettings): Promise<ParityResult> {
  const study = await studyModels(settings);
  const [reference, candidate] = await openBoth(settings);
  try {
    if (reference.runnable !== null && candidate.runnable !== null) {
      return await compare(settings, study, [reference.runnable, candidate.runnable]);
    }
    return await explain(settings, study, [reference, candidate]);
  } finally {
    await Promise.all([reference.close(), candidate.close()]);
  }
}

type Side = RunFailure['side'];

/** A loaded model, or why there is none. */
interface Opened {
  readonly runnable: Runnable | null;
  readonly failure: RunFailure | null;
  close(): Promise<void>;
}

async function openBoth(settings: ParitySettings): Promise<[Opened, Opened]> {
  const [first, second] = await Promise.allSettled([
    open('reference', settings),
    open('candidate', settings),
  ]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') {
    return [first.value, second.value];
  }
  for (const each of [first, second]) if (each.status === 'fulfilled') await each.value.close();
  throw first.status === 'rejected' ? first.reason : (second as PromiseRejectedResult).reason;
}

async function open(side: Side, settings: ParitySettings): Promise<Opened> {
  const { path, settings: own, runnable: loaded } = settings[side];
  const { signal } = settings;
  const stay = async (): Promise<void> => undefined;
  if (loaded !== undefined) return { runnable: loaded, failure: null, close: stay };
  try {
    const runnable = await openRunnable(path, { ...own, ...(signal && { signal }) });
    return { runnable, failure: null, close: () => runnable.close() };
  } catch (error) {
    const failure = reported(error, settings, { side, stage: 'load', sample: null });
    return { runnable: null, failure, close: stay };
  }
}

/** The failure, where failures are results; else throws the error. */
function reported(
  error: unknown,
  { failures, signal }: ParitySettings,
  place: Pick<RunFailure, 'side' | 'stage' | 'sample'>,
): RunFailure {
  if (signal?.aborted) throw interrupted();
  const failure = failures === 'report' ? runFailure(error, place) : null;
  if (failure === null) throw error;
  return failure;
}

function interrupted(): MlkitError {
  return new MlkitError('INTERRUPTED', 'the comparison was interrupted');
}

async function compare(
  settings: ParitySettings,
  study: Study,
  [reference, candidate]: readonly [Runnable, Runnable],
): Promise<ParityResult> {
  const { match = 'name', castIo = false } = settings;
  const inputs = planInputs(reference.inputs, candidate.inputs, {
    match,
    castIo,
    candidatePath: settings.candidate.path,
  });
  const pairs = pairNames(names(reference), names(candidate), match);
  const outputs = pairs.map((pair) =>
    accumulatorFor(pair, [reference, candidate], settings, study),
  );
  const end = await runAll(
    settings,
    [reference, candidate],
    (feeds) => inputs.translate(feeds),
    outputs,
  );
  return conclude(
    study,
    outputs.map((each) => each.accumulator.finish()),
    end,
    [
      ...new Set([...reference.notes, ...candidate.notes]),
      ...inputs.warnings,
      ...(settings.match === 'name' && areRenamed(pairs) ? [renamedText] : []),
    ],
  );
}

const renamedText =
  'each has outputs that the other does not have: if they are the same by other names, --match position pairs them by their order';

function areRenamed(pairs: readonly NamePair[]): boolean {
  const [lost, added] = [
    pairs.filter((pair) => pair.candidate === null),
    pairs.filter((pair) => pair.reference === null),
  ];
  return lost.length > 0 && lost.length === added.length;
}

/** How far a comparison came. */
interface End {
  readonly samples: number;
  /** What ended it early. */
  readonly failure: RunFailure | null;
  /** Why there is no more, beside the outputs. */
  readonly reasons: readonly string[];
  readonly isComplete: boolean;
}

async function runAll(
  settings: ParitySettings,
  [reference, candidate]: readonly [Runnable, Runnable],
  translate: (feeds: Feeds) => Feeds,
  outputs: readonly PairedOutput[],
): Promise<End> {
  const { total = totalOf(settings) } = settings;
  let samples = 0;
  /** The model that is running. */
  let side: Side | null = null;
  const endWith = (failure: RunFailure | null, reason: string): End => {
    return { samples, failure, reasons: [reason], isComplete: false };
  };
  try {
    for await (const feeds of settings.feeds) {
      if (settings.signal?.aborted) throw interrupted();
      side = 'reference';
      const left = await reference.run(feeds);
      side = 'candidate';
      const right = await candidate.run(translate(feeds));
      side = null;
      addSample(outputs, left, right);
      settings.onSample?.(samples, {
        feeds,
        reference: left,
        candidate: right,
        keys: { reference: keysOf(reference), candidate: keysOf(candidate) },
      });
      samples += 1;
      settings.onProgress?.(samples, total);
    }
  } catch (error) {
    if (settings.failures === 'report' && samples > 0 && isInterruption(error, settings.signal)) {
      const count = total === null ? String(samples) : `${samples} of ${total}`;
      return endWith(
        null,
        `interrupted after ${count} ${(total ?? samples) === 1 ? 'sample' : 'samples'}`,
      );
    }
    if (side === null) throw error;
    const failure = reported(error, settings, { side, stage: 'run', sample: samples });
    return endWith(failure, failureText(failure));
  }
  return { samples, failure: null, reasons: [], isComplete: true };
}

/** The result where a model could not be loaded: whose fault that is shows where the reference runs. */
async function explain(
  settings: ParitySettings,
  study: Study,
  [reference, candidate]: readonly [Opened, Opened],
): Promise<ParityResult> {
  const ofReference = reference.failure ?? (await tryReference(settings, reference.runnable));
  const failures = [ofReference, candidate.failure].filter((each) => each !== null);
  const outputs = (reference.runnable === null ? study.outputs : names(reference.runnable)).map(
    (name) => new OutputAccumulator({ name, profile: gatesOf(study.profile, settings) }).finish(),
  );
  const end: End = {
    samples: 0,
    failure: failures[0] ?? null,
    reasons: failures.map(failureText),
    isComplete: false,
  };
  return conclude(study, outputs, end, reference.runnable?.notes ?? []);
}

async function tryReference(
  settings: ParitySettings,
  reference: Runnable | null,
): Promise<RunFailure | null> {
  if (reference === null) return null;
  for await (const feeds of settings.feeds) {
    try {
      await reference.run(feeds);
    } catch (error) {
      return reported(error, settings, { side: 'reference', stage: 'run', sample: 0 });
    }
    break;
  }
  return null;
}

function conclude(
  study: Study,
  outputs: readonly OutputParity[],
  { samples, failure, reasons, isComplete }: End,
  notes: readonly string[],
): ParityResult {
  const isExplained = failure !== null && samples === 0;
  const isEmpty = isComplete && !outputs.some((output) => output.total > 0);
  const finished = isExplained
    ? outputs.map((each) => explained(each, failure))
    : outputs.map((each) => (isEmpty && each.verdict === 'pass' ? vacuous(each) : each));
  const early: Verdict[] = isComplete ? [] : [failure?.verdict ?? 'inconclusive'];
  const unseen = isComplete && !isEmpty ? unseenDifference(study, finished) : [];
  if (isEmpty || unseen.length > 0) early.push('inconclusive');
  const verdicts = finished.map((output) => output.verdict);
  return {
    verdict: worstVerdict([...verdicts, ...early]),
    profile: study.profile,
    profileReason: study.reason,
    samples,
    isComplete,
    ...(failure !== null && { failure }),
    reasons: [
      ...reasons,
      ...unseen,
      ...(outputs.length === 0 && isEmpty ? ['there are no outputs'] : []),
    ],
    outputs: finished,
    warnings: notes,
  };
}

/** Inputs that do not show a difference that is known to be there decide nothing. */
function unseenDifference({ constant }: Study, outputs: readonly OutputParity[]): string[] {
  const isSeen = outputs.some(({ maxAbs, mismatched }) => mismatched > 0 || (maxAbs ?? 0) > 0);
  if (constant === undefined || isSeen) return [];
  return [
    `the constant "${constant}" differs, and no output shows it with these inputs: others may`,
  ];
}

/** An output without elements where there is no other to go by. */
function vacuous(output: OutputParity): OutputParity {
  const reasons = ['nothing was compared: it has no elements'];
  return { ...output, verdict: 'inconclusive', reasons };
}

/** An output of which no sample could be compared. */
function explained(output: OutputParity, { side, stage, verdict }: RunFailure): OutputParity {
  if (output.verdict === 'fail') return output;
  const why = stage === 'load' ? 'cannot be loaded' : 'cannot be run';
  return { ...output, verdict, reasons: [`nothing was compared: the ${side} ${why}`] };
}

interface PairedOutput {
  readonly pair: NamePair;
  readonly accumulator: OutputAccumulator;
}

function addSample(
  outputs: readonly PairedOutput[],
  reference: ReadonlyMap<string, TensorValue>,
  candidate: ReadonlyMap<string, TensorValue>,
): void {
  for (const { pair, accumulator } of outputs) {
    const r = reference.get(pair.reference ?? '');
    const a = candidate.get(pair.candidate ?? '');
    if (r !== undefined && a !== undefined) accumulator.add(r, a);
  }
}

function keysOf({ outputs }: Runnable): ReadonlyMap<string, readonly string[] | null> {
  return new Map(outputs.map(({ name, keys }) => [name, keys]));
}

function totalOf({ feeds }: ParitySettings): number | null {
  return Array.isArray(feeds) ? feeds.length : null;
}

function names({ outputs }: Runnable): string[] {
  return outputs.map((output) => output.name);
}

function accumulatorFor(
  pair: NamePair,
  sides: readonly [Runnable, Runnable],
  settings: ParitySettings,
  study: Study,
): PairedOutput {
  const name = pair.reference ?? pair.candidate ?? '';
  const drawnBy = study.random.get(name);
  const [r, a] = [outputOf(sides[0], pair.reference), outputOf(sides[1], pair.candidate)];
  const unpassable = r?.unpassable ?? a?.unpassable ?? null;
  const integers = study.profile === 'exact' ? undefined : study.integers.get(name);
  const accumulator = new OutputAccumulator({
    name,
    profile: { ...gatesOf(study.profile, settings), ...(integers && { integers }) },
    ...(settings.overrides && { overrides: settings.overrides }),
    castIo: settings.castIo ?? false,
    ...(drawnBy !== undefined && { nondeterministic: randomReason(drawnBy) }),
    ...(unpassable !== null && { incomparable: unpassable }),
  });
  const failure = interfaceFailure(r, a);
  if (failure !== null) accumulator.fail(failure);
  return { pair, accumulator };
}

/** What is wrong before any value is looked at, or null. */
function interfaceFailure(
  reference: RunnableOutput | undefined,
  candidate: RunnableOutput | undefined,
): string | null {
  if (candidate === undefined) return 'the candidate does not have this output';
  if (reference === undefined) return 'only the candidate has this output';
  // What it is cannot be told of what cannot be had.
  if (reference.unpassable !== null || candidate.unpassable !== null) return null;
  const [r, a] = [keysText(reference.keys), keysText(candidate.keys)];
  return r === a ? null : `its maps have the keys ${a} instead of ${r}`;
}

function gatesOf(name: ProfileName, { classGates = true }: ParitySettings): Gates {
  const profile = profiles[name];
  return classGates ? profile : { ...profile, minTop1: null, maxKl: null };
}

function outputOf(side: Runnable, name: string | null): RunnableOutput | undefined {
  return side.outputs.find((output) => output.name === name);
}

function keysText(keys: readonly string[] | null): string {
  return keys === null ? 'of no map' : keys.join(', ');
}
