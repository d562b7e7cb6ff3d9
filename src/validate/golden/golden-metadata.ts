import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromFileError, MlkitError } from '../../errors.ts';
import type { OptimizationLevel, ProviderName } from '../../runtime/index.ts';
import type { Machine } from './cpu-features.ts';
import type { HashedFile } from './hash-files.ts';

/** The file that says how golden data was recorded. */
export const goldenFileName = 'golden.json';

/** How a model was run. */
export interface GoldenRuntime {
  readonly name: 'onnxruntime';
  readonly version: string;
  readonly provider: ProviderName;
  readonly optimization: OptimizationLevel;
  readonly threads: number;
}

/** What recorded data says of itself. Fields are added and never renamed. */
export interface GoldenMetadata {
  readonly schema: 1;
  readonly kind: 'mlkit-golden';
  readonly tool: { readonly name: string; readonly version: string };
  /** The model file, then its data files. */
  readonly model: { readonly files: readonly HashedFile[] };
  /** Names of what is recorded, in the order of the files. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Outputs of the model that could not be had, and why. */
  readonly missingOutputs: readonly { readonly name: string; readonly reason: string }[];
  /** How many sets there are: `test_data_set_0` and so on. */
  readonly sets: number;
  readonly data: {
    /** Where the inputs come from. */
    readonly description: string;
    /** Of random inputs. */
    readonly seed: number | null;
  };
  readonly runtime: GoldenRuntime;
  readonly machine: Machine;
  /** ISO 8601, UTC. */
  readonly date: string;
}

/**
 * What is known of golden data; null where mlkit did not record it.
 *
 * @throws MlkitError INPUT_DATA when the file that says so is damaged or of a later version, FILE_*
 *   when it is there and cannot be read.
 */
export function readGoldenMetadata(folder: string): GoldenMetadata | null {
  const file = join(folder, goldenFileName);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw fromFileError('cannot read', file, error);
  }
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    throw new MlkitError('INPUT_DATA', `${file} is damaged: it is no JSON`, {
      hint: 'Record the data again, or remove the file to compare without it.',
      cause,
    });
  }
  if (!isOurs(found)) return null;
  if (found.schema !== 1) {
    throw new MlkitError(
      'INPUT_DATA',
      `${file} has the schema ${String(found.schema)}, and this mlkit knows 1`,
      {
        hint: 'Use a later mlkit, or remove the file to compare without it.',
      },
    );
  }
  if (!isWhole(found)) {
    throw new MlkitError('INPUT_DATA', `${file} is damaged: fields are missing`, {
      hint: 'Record the data again, or remove the file to compare without it.',
    });
  }
  return found;
}

function isOurs(found: unknown): found is { readonly schema: unknown } {
  return isObject(found) && found['kind'] === 'mlkit-golden';
}

/** Whether all is there that is looked at later. */
function isWhole(found: object): found is GoldenMetadata {
  const { model, runtime, machine, sets, inputs, outputs } = found as Record<string, unknown>;
  const files = isObject(model) ? model['files'] : null;
  return (
    Array.isArray(files) &&
    files.length > 0 &&
    files.every((file) => isObject(file) && typeof file['sha256'] === 'string') &&
    [runtime, machine].every(isObject) &&
    typeof sets === 'number' &&
    [inputs, outputs].every(Array.isArray)
  );
}

function isObject(found: unknown): found is Readonly<Record<string, unknown>> {
  return typeof found === 'object' && found !== null;
}
