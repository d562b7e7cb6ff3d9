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

const fixes: Readonly<Record<Code, string>> = {
  'tensor-type': 'Export the model again: nobody can say what these bytes are.',
  'tensor-shape': 'Export the model again, with sizes of 0 or more.',
  'tensor-size': 'Export the model again: its bytes and its shape are not of one tensor.',
  'external-reference': 'Save the model again: what it says of the place of its data is wrong.',
};

function checkOne(constant: Constant, measureAll: boolean): Issue<Code> | null {
  const { name, tensor, graph, role, elements } = constant;
  const { elementType, dims, storage } = tensor;
  const issue = (code: Code, message: string, spec: 'error' | 'ok' = 'error'): Issue<Code> => ({
    code,
    at: { graph, value: name },
    message: `constant "${name}" ${message}`,
    fix: fixes[code],
    spec,
    // What nothing reads the runtime drops before it looks at the bytes; types it reads at once.
    runtime: role === 'unused' && code !== 'tensor-type' ? 'accepts' : 'rejects',
  });
  if (elementType === null) return issue('tensor-type', 'has no element type that is known');
  if (elements === null) {
    return issue('tensor-shape', `has the impossible shape [${dims.join(', ')}]`);
  }
  const { external } = storage;
  if (external?.problem) {
    // onnx asks for a location, and looks at nothing else.
    const spec = external.location === '' ? 'error' : 'ok';
    return issue('external-reference', `cannot be read: ${external.problem.message}`, spec);
  }
  if (elementType === 'string') return checkStrings(constant, elements, issue);
  const need = byteLengthOf(elementType, elements);
  const has = measureAll ? tensor.byteLength : constant.bytes;
  if (has === need) return null;
  // onnx lets bytes that are too many pass, and does not measure data files; the runtime does.
  const isTolerated = storage.kind === 'external' || (has > need && need > 0);
  const message = `has ${has} bytes, but ${elementType}[${dims.join(', ')}] takes ${need}`;
  return issue('tensor-size', message, isTolerated ? 'ok' : 'error');
}

function checkStrings(
  { tensor: { dims, storage } }: Constant,
  elements: number,
  issue: (code: Code, message: string, spec?: 'error' | 'ok') => Issue<Code>,
): Issue<Code> | null {
  const strings = storage.strings?.length ?? 0;
  if (strings === elements) return null;
  const message = `has ${strings} strings for the shape [${dims.join(', ')}]`;
  return issue('tensor-size', message, strings > elements && elements > 0 ? 'ok' : 'error');
}
