import fs from 'node:fs';
import path from 'node:path';
import type { Model } from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { temporaryFolder } from './files.ts';

/** Writes a model, and data files beside it, to a new folder. Returns the model's path. */
export function writeModel(
  content: Model | Uint8Array,
  dataFiles: Readonly<Record<string, Uint8Array>> = {},
): string {
  const file = path.join(temporaryFolder(), 'model.onnx');
  const bytes = content instanceof Uint8Array ? content : encodeModel(content).toBytes();
  fs.writeFileSync(file, bytes);
  for (const [name, data] of Object.entries(dataFiles)) {
    fs.writeFileSync(path.join(path.dirname(file), name), data);
  }
  return file;
}
