import { statSync } from 'node:fs';
import { openModel } from '../onnx/index.ts';
import type { SessionSettings } from '../runtime/index.ts';
import { type Arithmetic, arithmeticOf } from './arithmetic.ts';
import { chooseProfile, type ProfileChoice, type RunConditions } from './choose-profile.ts';
import { integerMeanings } from './integer-meaning.ts';
import { ortArithmetic } from './ort-arithmetic.ts';
import { isOrtFormat } from './ort-format.ts';
import type { ParitySettings } from './parity.ts';
import type { IntegerMeaning } from './profile.ts';
import { randomOutputs } from './random-outputs.ts';
import { differingConstant } from './same-graph.ts';

/** What the files of two models tell before anything runs. */
export interface Study extends ProfileChoice {
  /** Outputs of the reference that are drawn by chance, and by which node. */
  readonly random: ReadonlyMap<string, string>;
  /** The reference's outputs by its file; none of a model in ORT format. */
  readonly outputs: readonly string[];
  /** What integers of its outputs stand for. */
  readonly integers: ReadonlyMap<string, IntegerMeaning>;
  /** Whether the reference rounds what depends on its inputs to integers. */
  readonly isRounding: boolean;
  /** The constant that the two do not share, where their graphs are the same otherwise. */
  readonly constant?: string;
}

/**
 * Looks at the structure of two models; where that is the same, at their constants too.
 *
 * @throws MlkitError when a file cannot be read.
 */
export async function studyModels(
  settings: Pick<ParitySettings, 'reference' | 'candidate' | 'profile'>,
): Promise<Study> {
  const { reference, candidate, profile } = settings;
  const isSame = isSameFile(reference.path, candidate.path);
  const first = await lookAt(reference.path);
  const second = isSame ? first : await lookAt(candidate.path);
  const { random, outputs, integers, arithmetic } = first;
  const facts = { random, outputs, integers, isRounding: arithmetic.roundingNodes > 0 };
  if (profile !== 'auto') return { ...facts, profile, reason: 'as asked for' };
  const [one, other] = [reference.settings ?? {}, candidate.settings ?? {}];
  const hasOrtFormat = !isSame && (first.isOrt || second.isOrt);
  const conditions = { ...conditionsOf(one, other), hasOrtFormat };
  const choice = chooseProfile(first.arithmetic, second.arithmetic, conditions);
  if (isSame || hasOrtFormat || !areAlike(one, other)) return { ...facts, ...choice };
  return { ...facts, ...(byConstants(reference.path, candidate.path) ?? choice) };
}

function conditionsOf(one: SessionSettings, other: SessionSettings): RunConditions {
  const { provider: reference = 'cpu', optimization: before = 'all' } = one;
  const { provider: candidate = 'cpu', optimization: after = 'all' } = other;
  return {
    reference,
    candidate,
    optimization: { reference: before, candidate: after },
    threads: {
      ...(one.threads !== undefined && { reference: one.threads }),
      ...(other.threads !== undefined && { candidate: other.threads }),
    },
  };
}

/** Whether the runtime treats both in the same way. */
function areAlike(one: SessionSettings, other: SessionSettings): boolean {
  return (
    (one.provider ?? 'cpu') === 'cpu' &&
    (other.provider ?? 'cpu') === 'cpu' &&
    (one.optimization ?? 'all') === (other.optimization ?? 'all') &&
    one.threads === other.threads
  );
}

/** Where a constant is all that differs, nothing rounds otherwise: what the outputs differ by is its. */
function byConstants(
  reference: string,
  candidate: string,
): (ProfileChoice & Pick<Study, 'constant'>) | null {
  const [one, other] = [openModel(reference), openModel(candidate)];
  try {
    const name = differingConstant(one.model, other.model);
    if (name === null) return null;
    const reason = `the graphs are the same, and the constant "${name}" is not`;
    return { profile: 'exact', reason, constant: name };
  } finally {
    one.close();
    other.close();
  }
}

interface Facts extends Pick<Study, 'random' | 'outputs' | 'integers'> {
  readonly isOrt: boolean;
  readonly arithmetic: Arithmetic;
}

async function lookAt(path: string): Promise<Facts> {
  if (isOrtFormat(path)) {
    const arithmetic = await ortArithmetic(path);
    return { isOrt: true, arithmetic, random: new Map(), outputs: [], integers: new Map() };
  }
  const open = openModel(path);
  try {
    const { model } = open;
    return {
      isOrt: false,
      arithmetic: arithmeticOf(model),
      random: randomOutputs(model, { seeded: false }),
      outputs: model.graph.outputs.map((value) => value.name),
      integers: integerMeanings(model),
    };
  } finally {
    open.close();
  }
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
