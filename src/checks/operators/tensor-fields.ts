import { RawMessage } from '../../onnx/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { Issue } from '../check.ts';
import type { Constant } from '../constants.ts';
import type { GraphCheck } from '../graph-facts.ts';

const valueFields = [
  'raw_data',
  'float_data',
  'int32_data',
  'string_data',
  'int64_data',
  'double_data',
  'uint64_data',
];

export const tensorFields: GraphCheck<'tensor-fields'> = {
  codes: ['tensor-fields'],
  severity: 'error',
  summary: 'a constant has elements in more than one place, or in a field that is not for them',
  run: ({ facts }) => facts.constants.flatMap((each) => checkOne(each) ?? []),
};

function checkOne(constant: Constant): Issue<'tensor-fields'> | null {
  const { tensor, name, graph } = constant;
  const message = messageOf(tensor);
  if (message === null) return null;
  const used = valueFields.filter((field) => hasElements(message, field));
  message.release();
  const found = problemOf(constant, used);
  if (found === null) return null;
  return {
    code: 'tensor-fields',
    at: { graph, value: name },
    message: `constant "${name}" ${found.what}`,
    fix: 'Export the model again.',
    spec: 'error',
    runtime: found.isReadable || constant.role === 'unused' ? 'accepts' : 'rejects',
  };
}

/** What its file has of it; null for a tensor that a program made. */
function messageOf({ origin }: Tensor): RawMessage | null {
  if (typeof origin !== 'object' || origin === null || !('message' in origin)) return null;
  return origin.message instanceof RawMessage ? origin.message : null;
}

function hasElements(message: RawMessage, field: string): boolean {
  return message.recordsOf(field).some((record) => record.end > record.start);
}

/** That of a tensor the wrong field alone is filled, its size tells. */
function problemOf(
  { tensor, elements }: Constant,
  used: readonly string[],
): { what: string; isReadable: boolean } | null {
  const fields = used.join(', ');
  if (tensor.storage.kind === 'external') {
    if (used.length === 0) return null;
    return {
      what: `has elements in the model file (${fields}) beside its data file`,
      isReadable: true,
    };
  }
  if (tensor.elementType === 'string' && used.includes('raw_data')) {
    return { what: 'is of strings, which raw_data cannot hold', isReadable: false };
  }
  if (elements === 0 || used.length < 2) return null;
  return { what: `has elements in ${used.length} fields: ${fields}`, isReadable: true };
}
