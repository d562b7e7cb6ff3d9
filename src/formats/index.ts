import type { ForeignFile } from './foreign-file.ts';
import type { ByteSource } from './source.ts';

export type {
  ForeignFile,
  ForeignFormat,
  ForeignTensor,
  ForeignValue,
  GlobalKind,
  PickleGlobal,
} from './foreign-file.ts';
export { npyError, npyTypes, readNpyHeader, writeNpyHeader } from './npy-header.ts';
export type { ByteSource } from './source.ts';
export { readZipDirectory, type ZipEntry } from './zip.ts';

type Reader = (source: ByteSource) => ForeignFile;

/** Who reads which kind of file. Each is loaded when there is such a file. */
const readers: Readonly<Record<string, () => Promise<Reader>>> = {
  safetensors: async () => (await import('./safetensors.ts')).readSafetensors,
  numpy: async () => (await import('./numpy.ts')).readNpyFile,
  npz: async () => (await import('./numpy.ts')).readNpzFile,
  pt2: async () => (await import('./pt2.ts')).readPt2,
  ort: async () => (await import('./ort.ts')).readOrt,
  torchscript: async () => (await import('./pytorch.ts')).readTorchArchive,
  pytorch: async () => (await import('./pytorch.ts')).readTorch,
  pickle: async () => (await import('./pytorch.ts')).readPickleFile,
  'scikit-learn': async () => (await import('./pytorch.ts')).readPickleFile,
};

/**
 * What is in a file that is no ONNX model, by its headers: no weights are read, and no pickle is run.
 *
 * @param kind What the file was recognized as, by its first bytes.
 * @returns Null for kinds that are not read.
 * @throws MlkitError MODEL_MALFORMED, INPUT_DATA or LIMIT_EXCEEDED when it cannot be read.
 */
export async function readForeign(source: ByteSource, kind: string): Promise<ForeignFile | null> {
  const load = Object.hasOwn(readers, kind) ? readers[kind] : undefined;
  return load === undefined ? null : (await load())(source);
}
