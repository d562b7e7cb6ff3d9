import type { Model } from '../graph/index.ts';
import type { EncodeOptions } from './encode.ts';
import type { TypedValue } from './encode-value.ts';
import type { Rope } from './rope.ts';
import type { SaveOptions, SaveResult } from './save.ts';

export {
  type PendingFile,
  refuseReplacing,
  refuseTarget,
  throwIfAborted,
  type WriteOptions,
  writeFiles,
} from './atomic-write.ts';
export { type DataMessage, type DataValue, openDataFile } from './data-file.ts';
export type { EncodeOptions } from './encode.ts';
export type { Placer, TensorPlacement } from './encode-tensor.ts';
export type { TypedValue } from './encode-value.ts';
export { type DataFile, DataFolder } from './external-data.ts';
export { type OpenModel, openModel, readModel } from './file.ts';
export { limits } from './limits.ts';
export { RawMessage } from './message.ts';
export { graphOrigin, messageOrigin } from './origin.ts';
export { Rope } from './rope.ts';
export { haveSameContent } from './same-content.ts';
export type { ExternalSettings, SavedFile, SaveOptions, SaveResult } from './save.ts';
export { type FieldSchema, schema } from './schema.ts';
export { type ForeignFormat, sniffFormat } from './sniff.ts';
export { type ByteSource, FileSource, memorySource, statFile } from './source.ts';
export { openTensorFile } from './tensor-file.ts';
export { tensorsOf } from './tensors.ts';

// Most commands only read. What writes is loaded when something is written: loading a module takes
// Node longer than reading a model takes us.

/** See `encode.ts`. */
export async function encodeModel(model: Model, options?: EncodeOptions): Promise<Rope> {
  const { encodeModel: encode } = await import('./encode.ts');
  return encode(model, options);
}

/** See `encode-value.ts`. */
export async function encodeValue(value: TypedValue): Promise<Rope> {
  const { encodeValue: encode } = await import('./encode-value.ts');
  return encode(value);
}

/** See `save.ts`. */
export async function saveModel(
  model: Model,
  file: string,
  options?: SaveOptions,
): Promise<SaveResult> {
  const { saveModel: save } = await import('./save.ts');
  return save(model, file, options);
}
