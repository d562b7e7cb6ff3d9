import { createHash } from 'node:crypto';
import { MlkitError } from '../../errors.ts';
import { walkGraphs } from '../../graph/index.ts';
import { FileSource, graphOrigin } from '../../onnx/index.ts';
import type { ModelFacts } from '../model-facts.ts';
import { Turns, type ValueServices } from './read-values.ts';

/** A data file that the model states a checksum for. */
export interface FileDigest {
  /** As the model writes it. */
  readonly location: string;
  /** What its constants state, each once, with the first constant that does. */
  readonly stated: ReadonlyMap<string, string>;
  /** What it is: SHA-1 of the whole file, in lower-case hexadecimal. */
  readonly actual: string;
}

const chunkBytes = 1024 * 1024;

/**
 * Reads the data files that the model states a checksum for. Those that are not there or cannot be
 * read are left out, which other checks report.
 *
 * Source: https://onnx.ai/onnx/repo-docs/ExternalData.html: `checksum` is the SHA-1 digest of the file.
 * @throws MlkitError INTERRUPTED.
 */
export async function digestFiles(
  facts: ModelFacts,
  services: ValueServices,
): Promise<FileDigest[]> {
  const stated = statedChecksums(facts);
  const digests: FileDigest[] = [];
  for (const { location, file } of stated.size === 0 ? [] : facts.dataFiles) {
    const checksums = stated.get(location);
    if (checksums === undefined || file instanceof MlkitError) continue;
    const actual = await digest(file.path, location, services);
    if (actual !== null) digests.push({ location, stated: checksums, actual });
  }
  return digests;
}

/** Checksums by location, and for each the first constant that states it. */
function statedChecksums({ model }: ModelFacts): Map<string, Map<string, string>> {
  const stated = new Map<string, Map<string, string>>();
  for (const { graph } of walkGraphs(model)) {
    for (const { value, message } of graphOrigin(graph)?.initializers ?? []) {
      const location = value.initializer?.storage.external?.location;
      if (location === undefined) continue;
      for (const entry of message.messages('external_data')) {
        if (entry.text('key') !== 'checksum') continue;
        const checksum = entry.text('value').toLowerCase();
        const there = stated.get(location) ?? new Map<string, string>();
        if (!there.has(checksum)) there.set(checksum, value.name);
        stated.set(location, there);
      }
      message.release();
    }
  }
  return stated;
}

async function digest(
  path: string,
  location: string,
  services: ValueServices,
): Promise<string | null> {
  let source: FileSource | null = null;
  try {
    source = new FileSource(path);
    const hash = createHash('sha1');
    const turns = new Turns(services, source.size);
    for (let at = 0; at < source.size; at += chunkBytes) {
      const chunk = source.read(at, Math.min(source.size, at + chunkBytes));
      hash.update(chunk);
      await turns.after(chunk.byteLength, location);
    }
    return hash.digest('hex');
  } catch (error) {
    if (error instanceof MlkitError && error.code !== 'INTERRUPTED') return null;
    throw error;
  } finally {
    source?.close();
  }
}
