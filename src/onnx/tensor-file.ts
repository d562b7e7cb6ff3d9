import type { Tensor } from '../tensor/index.ts';
import { openDataFile } from './data-file.ts';

/**
 * Reads a file with one `TensorProto`, as in ONNX test data (`input_0.pb`). The bytes of a large one
 * are read when asked for, from a file that stays open.
 *
 * @throws MlkitError FILE_*, MODEL_MALFORMED, or INPUT_DATA when it holds something else.
 */
export function openTensorFile(file: string): Tensor {
  const value = openDataFile(file, 'TensorProto');
  if (value.kind !== 'tensor') throw new TypeError(`${file} was read as a tensor and is none`);
  return value.tensor;
}
