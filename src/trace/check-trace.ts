import { MlkitError } from '../errors.ts';
import { isOrtFormat } from '../parity/index.ts';
import { checkOutput } from '../staging/index.ts';
import { reproPaths } from './extract/repro-paths.ts';

/** The files of a trace. */
export interface TraceFiles {
  /** Of the two models. */
  readonly models: readonly string[];
  /** Where the smallest part is written; null: nowhere. */
  readonly extract: string | null;
}

/**
 * Refuses what a trace would come to grief over at its end, before any work is done.
 *
 * @throws MlkitError NOT_SUPPORTED for a model in ORT format; OUTPUT_IS_INPUT and FILE_* for a part
 *   that cannot be written.
 */
export function checkTrace({ models, extract }: TraceFiles): void {
  for (const path of models) refuseOrtFormat(path);
  if (extract === null) return;
  for (const path of Object.values(reproPaths(extract))) checkOutput(path, models);
}

/** @throws MlkitError NOT_SUPPORTED. */
export function refuseOrtFormat(path: string): void {
  if (!isOrtFormat(path)) return;
  throw new MlkitError(
    'NOT_SUPPORTED',
    `cannot trace ${path}: a model in ORT format does not give away its intermediate values`,
    { hint: 'Trace the .onnx file that it was made from.' },
  );
}
