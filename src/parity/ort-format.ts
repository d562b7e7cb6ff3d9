import { FileSource, sniffFormat } from '../onnx/index.ts';

/**
 * Whether a file is a model in ORT format, which the runtime loads and nothing here reads.
 *
 * @throws MlkitError FILE_* when it cannot be read.
 */
export function isOrtFormat(path: string): boolean {
  const source = new FileSource(path, 'cannot read the model');
  try {
    return source.size > 0 && sniffFormat(source)?.kind === 'ort';
  } finally {
    source.close();
  }
}
