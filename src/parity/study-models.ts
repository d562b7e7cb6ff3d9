import { statSync } from 'node:fs';
import { type OpenModel, openModel } from '../onnx/index.ts';
import { chooseProfile, type ProfileChoice } from './choose-profile.ts';
import { isOrtFormat } from './ort-format.ts';
import type { ParitySettings } from './parity.ts';
import { randomOutputs } from './random-outputs.ts';

/** What the files of two models tell before anything runs. */
export interface Study extends ProfileChoice {
  /** Outputs of the reference that are drawn by chance, and by which node. */
  readonly random: ReadonlyMap<string, string>;
  /** The reference's outputs by its file; none of a model in ORT format. */
  readonly outputs: readonly string[];
}

/**
 * Looks at the structure of two models; no weights are read.
 *
 * @throws MlkitError when a file cannot be read.
 */
export function studyModels(
  settings: Pick<ParitySettings, 'reference' | 'candidate' | 'profile'>,
): Study {
  const { reference, candidate, profile } = settings;
  const isSame = isSameFile(reference.path, candidate.path);
  const first = openStructure(reference.path);
  try {
    const second = isSame ? first : openStructure(candidate.path);
    try {
      const providers = {
        reference: reference.settings?.provider ?? 'cpu',
        candidate: candidate.settings?.provider ?? 'cpu',
      };
      const facts = {
        random: first === null ? new Map() : randomOutputs(first.model, { seeded: false }),
        outputs: first?.model.graph.outputs.map((value) => value.name) ?? [],
      };
      if (profile !== 'auto') return { ...facts, profile, reason: 'as asked for' };
      if (first === null || second === null) return { ...facts, ...unreadable };
      return { ...facts, ...chooseProfile(first.model, second.model, providers) };
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
