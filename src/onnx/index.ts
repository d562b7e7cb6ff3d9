export { decodeModel } from './decode.ts';
export { type DataFile, DataFolder } from './external-data.ts';
export { type OpenModel, openModel, readModel } from './file.ts';
export { limits } from './limits.ts';
export { type ForeignFormat, sniffFormat } from './sniff.ts';
export { openTensorFile } from './tensor-file.ts';
export { type ByteSource, FileSource, memorySource } from './source.ts';
export { type EncodeOptions, encodeModel } from './encode.ts';
export type { Placer, TensorPlacement } from './encode-tensor.ts';
export { Rope } from './rope.ts';
export { type PendingFile, throwIfAborted, writeFiles, type WriteOptions } from './atomic-write.ts';
export {
  type ExternalSettings,
  type SavedFile,
  type SaveOptions,
  type SaveResult,
  refuseInputs,
  saveModel,
  tensorsOf,
} from './save.ts';
export { RawMessage } from './message.ts';
export { type FieldSchema, type MessageName, schema } from './schema.ts';
export { graphOrigin, messageOrigin } from './origin.ts';
export { encodeText } from './text.ts';
