import { readForeign } from '../formats/index.ts';
import { FileSource } from '../onnx/index.ts';
import { type Arithmetic, arithmeticOfCounts } from './arithmetic.ts';

/**
 * What a model in ORT format computes in, by its operators and constants; no weights are read.
 *
 * @throws MlkitError when the file cannot be read.
 */
export async function ortArithmetic(path: string): Promise<Arithmetic> {
  const source = new FileSource(path, 'cannot read the model');
  try {
    const file = await readForeign(source, 'ort');
    return arithmeticOfCounts(file?.operators ?? {}, file?.tensors ?? []);
  } finally {
    source.close();
  }
}
