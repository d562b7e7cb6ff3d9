import type { Finding } from '../report/index.ts';
import { byteLengthOf } from '../tensor/index.ts';
import type { Constant } from './constants.ts';

/**
 * Constants whose type, shape, size or place make no sense.
 *
 * @param measureAll Whether to measure large ones too, of which those in typed fields must be read.
 */
export function checkConstants(constants: readonly Constant[], measureAll: boolean): Finding[] {
  return constants.flatMap((each) => checkOne(each, measureAll) ?? []);
}

function checkOne(constant: Constant, measureAll: boolean): Finding | null {
  const { name, tensor, graph, elements } = constant;
  const { elementType, dims, storage } = tensor;
  const finding = (
    code: string,
    message: string,
    verdicts: Pick<Finding, 'spec' | 'runtime'> = { spec: 'error' },
  ): Finding => ({
    code,
    severity: 'error',
    at: { graph, value: name },
    message: `constant "${name}" ${message}`,
    ...verdicts,
  });
  const rejected = { spec: 'error', runtime: 'rejects' } as const;
  if (elementType === null) return finding('tensor-type', 'has no element type that is known');
  if (elements === null) {
    return finding('tensor-shape', `has the impossible shape [${dims.join(', ')}]`);
  }
  const problem = storage.external?.problem;
  if (problem) {
    return finding('external-reference', `cannot be read: ${problem.message}`, rejected);
  }
  if (elementType === 'string') {
    const strings = storage.strings?.length ?? 0;
    if (strings === elements) return null;
    return finding('tensor-size', `has ${strings} strings for the shape [${dims.join(', ')}]`);
  }
  const need = byteLengthOf(elementType, elements);
  const has = measureAll ? tensor.byteLength : constant.bytes;
  if (has === need) return null;
  // onnx's checker lets bytes that are too many pass in the model file; the runtime does not.
  const isTolerated = has > need && storage.kind !== 'external';
  return finding(
    'tensor-size',
    `has ${has} bytes, but ${elementType}[${dims.join(', ')}] takes ${need}`,
    isTolerated ? { spec: 'ok', runtime: 'rejects' } : rejected,
  );
}
