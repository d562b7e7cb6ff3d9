import { statSync } from 'node:fs';
import { MlkitError } from '../errors.ts';
import { type OpenModel, openModel } from '../onnx/index.ts';
import type { Verdict } from '../report/index.ts';
import type { TensorValue } from '../tensor/index.ts';
import { OutputAccumulator } from './accumulator.ts';
import { chooseProfile, type ProfileChoice } from './choose-profile.ts';
import { openRunnable, type Runnable, type RunnableOutput } from './open-runnable.ts';
import { isOrtFormat } from './ort-format.ts';
import { type NamePair, pairNames, planInputs } from './pairing.ts';
import type { OutputParity, ParityResult, ParitySettings, ParitySide } from './parity.ts';
import { type Gates, type ProfileName, profiles } from './profile.ts';
import { randomOutputs, randomReason } from './random-outputs.ts';
import { worstVerdict } from './worst-verdict.ts';

/**
 * Runs two models on the same inputs, each in a process of its own, and compares what they give.
 * Memory: the tensors of one sample.
 *
 * @throws MlkitError when a model cannot be read, loaded or run, or the candidate cannot be fed
 *   with the reference's inputs.
 */
export async function compareModels(settings: ParitySettings): Promise<ParityResult> {
  const study = studyModels(settings);
  const sides = [settings.reference, settings.candidate] as const;
  const opened = await openBoth(sides, settings.signal);
  const [reference, candidate] = opened;
  try {
    return await run(settings, study, reference, candidate);
  } finally {
    await Promise.all(opened.map((session) => session.close()));
  }
}

/** What the model files tell before anything runs. */
interface Study extends ProfileChoice {
  /** Outputs of the reference that are drawn by chance, and by which node. */
  readonly random: ReadonlyMap<string, string>;
}

function studyModels({ reference, candidate, profile }: ParitySettings): Study {
  const isSame = isSameFile(reference.path, candidate.path);
  const first = openStructure(reference.path);
  try {
    const second = isSame ? first : openStructure(candidate.path);
    try {
      const providers = {
        reference: reference.settings?.provider ?? 'cpu',
        candidate: candidate.settings?.provider ?? 'cpu',
      };
      const random = first === null ? new Map() : randomOutputs(first.model, { seeded: false });
      if (profile !== 'auto') return { profile, reason: 'as asked for', random };
      if (first === null || second === null) return { ...unreadable, random };
      return { ...chooseProfile(first.model, second.model, providers), random };
    } finally {
      if (second !== first) second?.close();
    }
  } finally {
    first?.close();
  }
}

const unreadable: ProfileChoice = {
  profile: 'fp32',
  reason: 'one is in ORT format, which does not tell what it computes in',
};

/** Null: the model is in ORT format. */
function openStructure(path: string): OpenModel | null {
  return isOrtFormat(path) ? null : openModel(path);
}

function isSameFile(left: string, right: string): boolean {
  try {
    const [a, b] = [statSync(left, { bigint: true }), statSync(right, { bigint: true })];
    return a.dev === b.dev && a.ino === b.ino;
  } catch {
    // Opening it tells what is wrong with it.
    return false;
  }
}

async function openBoth(
  sides: readonly [ParitySide, ParitySide],
  signal: AbortSignal | undefined,
): Promise<[Runnable, Runnable]> {
  const [first, second] = await Promise.allSettled(
    sides.map(({ path, settings }) =>
      openRunnable(path, { ...settings, ...(signal && { signal }) }),
    ),
  );
  if (first?.status === 'fulfilled' && second?.status === 'fulfilled') {
    return [first.value, second.value];
  }
  for (const each of [first, second]) if (each?.status === 'fulfilled') await each.value.close();
  throw [first, second].find((each) => each?.status === 'rejected')?.reason;
}

async function run(
  settings: ParitySettings,
  study: Study,
  reference: Runnable,
  candidate: Runnable,
): Promise<ParityResult> {
  const { match = 'name', castIo = false, total = totalOf(settings) } = settings;
  const inputs = planInputs(reference.inputs, candidate.inputs, {
    match,
    castIo,
    candidatePath: settings.candidate.path,
  });
  const outputs = pairNames(names(reference), names(candidate), match).map((pair) =>
    accumulatorFor(pair, [reference, candidate], settings, study),
  );
  let samples = 0;
  for await (const feeds of settings.feeds) {
    if (settings.signal?.aborted) throw interrupted();
    const left = await reference.run(feeds);
    const right = await candidate.run(inputs.translate(feeds));
    addSample(outputs, left, right);
    settings.onSample?.(samples, { feeds, reference: left, candidate: right });
    samples += 1;
    settings.onProgress?.(samples, total);
  }
  const { verdict, finished, warnings } = finish(outputs);
  return {
    verdict,
    profile: study.profile,
    profileReason: study.reason,
    samples,
    outputs: finished,
    warnings: [
      ...new Set([...reference.notes, ...candidate.notes]),
      ...inputs.warnings,
      ...warnings,
    ],
  };
}

function interrupted(): MlkitError {
  return new MlkitError('INTERRUPTED', 'the comparison was interrupted');
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

function finish(outputs: readonly PairedOutput[]): {
  verdict: Verdict;
  finished: OutputParity[];
  warnings: string[];
} {
  const finished = outputs.map((each) => each.accumulator.finish());
  const verdicts = finished.map((output) => output.verdict);
  if (finished.some((output) => output.total > 0)) {
    return { verdict: worstVerdict(verdicts), finished, warnings: [] };
  }
  return {
    verdict: worstVerdict([...verdicts, 'inconclusive']),
    finished,
    warnings: ['nothing was compared: no output has any element'],
  };
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
  const accumulator = new OutputAccumulator({
    name,
    profile: gatesOf(study.profile, settings),
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
