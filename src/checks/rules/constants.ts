import { byteLengthOf } from '../../tensor/index.ts';
import type { Check, Issue } from '../check.ts';
import type { Constant } from '../constants.ts';

type Code = 'tensor-type' | 'tensor-shape' | 'tensor-size' | 'external-reference';

export const constants: Check<Code> = {
  codes: ['tensor-type', 'tensor-shape', 'tensor-size', 'external-reference'],
  severity: 'error',
  summary: 'the type, shape, size or place of a constant makes no sense',
  run(facts) {
    return facts.constants.flatMap((each) => checkOne(each, facts.measureAll) ?? []);
  },
};

function checkOne(constant: Constant, measureAll: boolean): Issue<Code> | null {
  const { name, tensor, graph, elements } = constant;
  const { elementType, dims, storage } = tensor;
  const issue = (
    code: Code,
    message: string,
    verdicts: Pick<Issue, 'spec' | 'runtime'> = { spec: 'error' },
  ): Issue<Code> => ({
    code,
    at: { graph, value: name },
    message: `constant "${name}" ${message}`,
    ...verdicts,
  });
  const rejected = { spec: 'error', runtime: 'rejects' } as const;
  if (elementType === null) return issue('tensor-type', 'has no element type that is known');
  if (elements === null) {
    return issue('tensor-shape', `has the impossible shape [${dims.join(', ')}]`);
  }
  const problem = storage.external?.problem;
  if (problem) {
    return issue('external-reference', `cannot be read: ${problem.message}`, rejected);
  }
  if (elementType === 'string') {
    const strings = storage.strings?.length ?? 0;
    if (strings === elements) return null;
    return issue('tensor-size', `has ${strings} strings for the shape [${dims.join(', ')}]`);
  }
  const need = byteLengthOf(elementType, elements);
  const has = measureAll ? tensor.byteLength : constant.bytes;
  if (has === need) return null;
  // onnx's checker lets bytes that are too many pass in the model file; the runtime does not.
  const isTolerated = has > need && storage.kind !== 'external';
  return issue(
    'tensor-size',
    `has ${has} bytes, but ${elementType}[${dims.join(', ')}] takes ${need}`,
    isTolerated ? { spec: 'ok', runtime: 'rejects' } : rejected,
  );
}
