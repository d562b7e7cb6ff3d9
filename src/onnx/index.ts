export { type PendingFile, throwIfAborted, type WriteOptions, writeFiles } from './atomic-write.ts';
export { decodeModel } from './decode.ts';
export { type EncodeOptions, encodeModel } from './encode.ts';
export type { Placer, TensorPlacement } from './encode-tensor.ts';
export { type DataFile, DataFolder } from './external-data.ts';
export { type OpenModel, openModel, readModel } from './file.ts';
export { limits } from './limits.ts';
export { RawMessage } from './message.ts';
export { graphOrigin, messageOrigin } from './origin.ts';
export { Rope } from './rope.ts';
export {
  type ExternalSettings,
  refuseInputs,
  type SavedFile,
  type SaveOptions,
  type SaveResult,
  saveModel,
  tensorsOf,
} from './save.ts';
export { type FieldSchema, schema } from './schema.ts';
export { type ForeignFormat, sniffFormat } from './sniff.ts';
export { type ByteSource, FileSource, memorySource } from './source.ts';
export { openTensorFile } from './tensor-file.ts';
