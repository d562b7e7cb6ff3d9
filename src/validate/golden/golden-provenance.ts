import { dirname } from 'node:path';
import type { Model } from '../../graph/index.ts';
import { runtimeVersion } from '../../runtime/index.ts';
import { thisMachine } from './cpu-features.ts';
import { type GoldenMetadata, type GoldenRuntime, readGoldenMetadata } from './golden-metadata.ts';
import { goldenWarnings } from './golden-warnings.ts';
import { hashModelFiles } from './hash-files.ts';

/** What recorded data says of itself, and how that differs from now. */
export interface GoldenProvenance {
  readonly metadata: GoldenMetadata;
  readonly warnings: readonly string[];
}

/** The model that is compared with it. */
export interface GoldenSubject {
  readonly model: Model;
  readonly path: string;
  readonly runtime: Pick<GoldenRuntime, 'provider' | 'optimization' | 'threads'>;
}

/**
 * Where recorded data comes from; null where mlkit did not record it. The files of the model are read
 * whole.
 *
 * @param folder What was recorded, or one set of it.
 * @throws MlkitError INPUT_DATA when `golden.json` is damaged, FILE_* and EXTERNAL_* when a file of the
 *   model cannot be read, INTERRUPTED.
 */
export async function goldenProvenance(
  folder: string,
  { model, path, runtime }: GoldenSubject,
  signal?: AbortSignal,
): Promise<GoldenProvenance | null> {
  const metadata = readGoldenMetadata(folder) ?? readGoldenMetadata(dirname(folder));
  if (metadata === null) return null;
  const now = {
    files: await hashModelFiles(path, model, signal),
    runtime: { name: 'onnxruntime', version: runtimeVersion(), ...runtime } as const,
    machine: thisMachine(),
  };
  return { metadata, warnings: goldenWarnings(metadata, now) };
}
