import { MlkitError } from '../errors.ts';
import type { Tensor } from '../tensor/index.ts';
import { decodeTensor } from './decode-tensor.ts';
import { RawMessage } from './message.ts';
import { FileSource } from './source.ts';

/**
 * Reads a file with one `TensorProto`, as in ONNX test data (`input_0.pb`). Its bytes are read when
 * asked for, from a file that stays open.
 *
 * @throws MlkitError FILE_*, MODEL_MALFORMED, or INPUT_DATA when it holds something else.
 */
export function openTensorFile(file: string): Tensor {
  const source = new FileSource(file, 'cannot read the tensor');
  const message = new RawMessage('TensorProto', source);
  if (message.number('data_type') === 0) {
    throw new MlkitError('INPUT_DATA', `${file} holds no tensor, or one without a data type`);
  }
  return decodeTensor(message, null);
}
