import { MlkitError } from '../errors.ts';
import type { Tensor } from '../tensor/index.ts';
import { decodeTensor } from './decode-tensor.ts';
import { RawMessage } from './message.ts';
import { FileSource, memorySource } from './source.ts';

/** Files up to this size are read at once and closed: test data comes in thousands of files. */
const readAtOnceBytes = 64 * 1024 * 1024;

/**
 * Reads a file with one `TensorProto`, as in ONNX test data (`input_0.pb`). The bytes of a large one
 * are read when asked for, from a file that stays open.
 *
 * @throws MlkitError FILE_*, MODEL_MALFORMED, or INPUT_DATA when it holds something else.
 */
export function openTensorFile(file: string): Tensor {
  const opened = new FileSource(file, 'cannot read the tensor');
  const isSmall = opened.size <= readAtOnceBytes;
  const source = isSmall ? memorySource(opened.read(0, opened.size), file) : opened;
  if (isSmall) opened.close();
  const message = new RawMessage('TensorProto', source);
  if (message.number('data_type') === 0) {
    throw new MlkitError('INPUT_DATA', `${file} holds no tensor, or one without a data type`);
  }
  return decodeTensor(message, null);
}
