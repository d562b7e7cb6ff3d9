import fs from 'node:fs';
import path from 'node:path';
import { MlkitError } from '../../errors.ts';
import { writeNpz } from '../../feeds/index.ts';
import type { Value } from '../../graph/index.ts';
import type { ValuePair } from '../../matching/index.ts';
import { type OpenModel, Rope, refuseTarget, saveModel, writeFiles } from '../../onnx/index.ts';
import { compareModels, type OutputParity, type ProfileName } from '../../parity/index.ts';
import type { Feeds, SessionSettings } from '../../runtime/index.ts';
import { presentDataFiles, Stage } from '../../staging/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { Repro, TracedValue } from '../report.ts';
import { shellWord } from '../shell-word.ts';
import { CutFinder, type PairedCut } from './cut.ts';
import { cutParts, type Parts } from './parts.ts';
import { type ReproPaths, reproPaths } from './repro-paths.ts';
import { recordValues } from './values.ts';

export interface ReproSide {
  readonly open: OpenModel;
  readonly settings?: SessionSettings;
}

export interface ReproSettings {
  readonly reference: ReproSide;
  readonly candidate: ReproSide;
  /** The values that differ. */
  readonly target: ValuePair;
  /** How they differ in the whole models. */
  readonly whole: Pick<TracedValue, 'maxAbs' | 'sqnrDb' | 'classMismatches'>;
  /** Values that should hold the same, inputs of the models included. */
  readonly pairs: readonly ValuePair[];
  /** One sample, by the reference's names. */
  readonly feeds: Feeds;
  /** Where the candidate's part goes, by convention `….onnx`; the other files lie beside it. */
  readonly output: string;
  /** How strict the parts are compared; default `auto`. */
  readonly profile?: ProfileName | 'auto';
  /** What the command needs besides to compare the parts as the whole was: `--profile exact`. */
  readonly flags?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface ReproOutcome {
  /** Null: there is no part that can be run alone; a warning tells why. */
  readonly repro: Repro | null;
  readonly warnings: readonly string[];
}

/** How often a part that does not show the difference is taken larger. */
const mostWidenings = 4;

/** A part shows the difference if its SQNR is at most this much better than that of the whole. */
const sameOrderDb = 10;

/**
 * Writes the smallest parts of two models that show how a value differs: from the nearest values that
 * both have in the same type, with what the reference holds there as the inputs of both. The parts are
 * run; while they differ less than the whole does, they are taken one level of values larger.
 *
 * Inputs that `.npz` files have no type for are written in the next wider one, which `--inputs` takes
 * back.
 *
 * @throws MlkitError OUTPUT_IS_INPUT, FILE_* for files that cannot be written; INTERRUPTED.
 */
export async function extractRepro(settings: ReproSettings): Promise<ReproOutcome> {
  const paths = reproPaths(settings.output);
  const inputs = filesRead(settings);
  for (const each of Object.values(paths)) refuseTarget(each, inputs);
  const stages = {
    reference: new Stage(paths.referencePath, inputs, false),
    candidate: new Stage(paths.candidatePath, inputs, false),
  };
  try {
    const { best, problem } = await tryParts(settings, stages);
    if (best === null) {
      const why = problem ?? 'the two have no values in common above it';
      return { repro: null, warnings: [`no part of the models could be run alone: ${why}`] };
    }
    return await publish(settings, paths, stages, best);
  } finally {
    stages.reference.close();
    stages.candidate.close();
  }
}

interface Stages {
  readonly reference: Stage;
  readonly candidate: Stage;
}

/** Parts that were run. */
interface Attempt {
  readonly parts: Parts;
  readonly cut: PairedCut;
  readonly feeds: ReadonlyMap<string, Tensor>;
  readonly parity: OutputParity;
  readonly reproduces: boolean;
}

function filesRead({ reference, candidate }: ReproSettings): string[] {
  return [reference, candidate].flatMap(({ open }) => [open.path, ...presentDataFiles(open)]);
}

/** Takes larger and larger parts until one shows the difference, else gives that which shows most. */
async function tryParts(
  settings: ReproSettings,
  stages: Stages,
): Promise<{ best: Attempt | null; problem: string | null }> {
  const { reference, candidate, pairs, target } = settings;
  const finder = new CutFinder(reference.open.model, candidate.open.model, pairs);
  const passed = new Set<Value>();
  let best: Attempt | null = null;
  let problem: string | null = null;
  for (let level = 0; level <= mostWidenings; level += 1) {
    const cut = finder.find(target, passed);
    if ('reason' in cut) {
      problem ??= cut.reason;
      break;
    }
    const attempt = await tryPart(settings, stages, cut);
    if ('reason' in attempt) problem ??= attempt.reason;
    else if (best === null || attempt.reproduces || differsMore(attempt.parity, best.parity)) {
      best = attempt;
    }
    if (best?.reproduces === true) break;
    const inner = cut.begin.filter((pair) => pair.reference.producer !== null);
    if (inner.length === 0) break;
    for (const pair of inner) passed.add(pair.reference);
  }
  return { best, problem };
}

async function tryPart(
  settings: ReproSettings,
  stages: Stages,
  cut: PairedCut,
): Promise<Attempt | { readonly reason: string }> {
  const { reference, candidate, target, feeds, signal } = settings;
  const values = cut.begin.map((pair) => pair.reference);
  try {
    const recorded = await recordValues(reference.open, values, feeds, {
      ...reference.settings,
      ...(signal && { signal }),
    });
    const parts = cutParts(reference.open, candidate.open, target, cut, recorded);
    await save(parts, stages);
    const result = await compareModels({
      reference: side(stages.reference, reference),
      candidate: side(stages.candidate, candidate),
      feeds: [recorded],
      profile: settings.profile ?? 'auto',
      castIo: cut.mixesFloats,
      classGates: false,
      ...(signal && { signal }),
    });
    const [parity] = result.outputs;
    if (parity === undefined) return { reason: 'the parts have no output' };
    const reproduces = isOfSameOrder(parity, settings.whole);
    return { parts, cut, feeds: recorded, parity, reproduces };
  } catch (error) {
    if (!(error instanceof MlkitError) || error.code === 'INTERRUPTED') throw error;
    return { reason: error.message };
  }
}

function side(stage: Stage, { settings }: ReproSide): { path: string; settings?: SessionSettings } {
  return { path: stage.path, ...(settings && { settings }) };
}

async function save(parts: Parts, stages: Stages): Promise<string[][]> {
  const written: string[][] = [];
  for (const which of ['reference', 'candidate'] as const) {
    // Data files of another size or name may be left from a smaller part.
    const { path: file, folder } = stages[which];
    for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
    const { dataFiles } = await saveModel(parts[which], file, { external: 'embed' });
    written.push(dataFiles.map((each) => each.path));
  }
  return written;
}

/** Whether the parts differ as much as the whole does, or in the same way. */
function isOfSameOrder(part: OutputParity, whole: ReproSettings['whole']): boolean {
  const { reference, candidate, equalNonFinite } = part.nonFinite;
  const [inReference, inCandidate] = [reference, candidate].map(
    ({ nan, posInf, negInf }) => nan + posInf + negInf,
  );
  const hasOtherClass = inReference !== equalNonFinite || inCandidate !== equalNonFinite;
  if (whole.classMismatches > 0) return hasOtherClass;
  if (whole.sqnrDb !== null && Number.isFinite(whole.sqnrDb)) {
    return part.sqnrDb !== null && part.sqnrDb <= whole.sqnrDb + sameOrderDb;
  }
  if (whole.maxAbs === null) return part.verdict === 'fail';
  return part.maxAbs !== null && part.maxAbs > 0 && part.maxAbs >= whole.maxAbs / 4;
}

function differsMore(one: OutputParity, other: OutputParity): boolean {
  return (one.sqnrDb ?? Number.POSITIVE_INFINITY) < (other.sqnrDb ?? Number.POSITIVE_INFINITY);
}

async function publish(
  settings: ReproSettings,
  paths: ReproPaths,
  stages: Stages,
  { parts, cut, feeds, reproduces }: Attempt,
): Promise<ReproOutcome> {
  // What is staged is what was tried last, which need not be the best.
  const [referenceData = [], candidateData = []] = await save(parts, stages);
  const npz = Rope.bytes(writeNpz(feeds));
  await writeFiles([{ path: paths.inputsPath, content: npz }], {
    ...(settings.signal && { signal: settings.signal }),
  });
  stages.reference.publish(referenceData);
  stages.candidate.publish(candidateData);
  const words = [paths.referencePath, paths.candidatePath].map(shellWord);
  if (feeds.size > 0) words.push('--inputs', shellWord(paths.inputsPath));
  words.push(...(settings.flags ?? []));
  if (cut.mixesFloats) words.push('--cast-io');
  const repro: Repro = {
    ...paths,
    nodes: parts.candidate.graph.nodeCount,
    reproduces,
    command: `mlkit validate ${words.join(' ')}`,
  };
  const warning = `"${settings.target.reference.name}" differs less in the part than in the whole: the difference does not begin there, or needs more of the model`;
  return { repro, warnings: reproduces ? [] : [warning] };
}
