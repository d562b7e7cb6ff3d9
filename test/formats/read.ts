import fs from 'node:fs';
import path from 'node:path';
import { type ForeignFile, readForeign } from '../../src/formats/index.ts';
import { memorySource, sniffFormat } from '../../src/onnx/index.ts';
import { fixtures } from '../support/files.ts';

/** Files of other formats that come with the project. */
export const formatFixtures: string = path.join(fixtures, 'formats');

export function fixtureBytes(name: string): Uint8Array {
  return fs.readFileSync(path.join(formatFixtures, name));
}

/** What the bytes of a file are recognized as. */
export function kindOf(bytes: Uint8Array): string {
  return sniffFormat(memorySource(bytes))?.kind ?? 'none';
}

/**
 * What is read from bytes.
 *
 * @param kind What they are taken for; by default what they are recognized as.
 */
export async function readBytes(bytes: Uint8Array, kind = kindOf(bytes)): Promise<ForeignFile> {
  const file = await readForeign(memorySource(bytes, 'file'), kind);
  if (file === null) throw new Error(`nothing reads ${kind}`);
  return file;
}

/** The codes of a file's findings, in order. */
export function codesOf({ findings }: ForeignFile): string[] {
  return findings.map(({ code }) => code);
}
