export { decodeModel } from './decode.ts';
export { type DataFile, DataFolder } from './external-data.ts';
export { type OpenModel, openModel, readModel } from './file.ts';
export { limits } from './limits.ts';
export { type ForeignFormat, sniffFormat } from './sniff.ts';
export { openTensorFile } from './tensor-file.ts';
export { type ByteSource, FileSource, memorySource } from './source.ts';
