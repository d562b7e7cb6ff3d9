import { MlkitError } from '../errors.ts';
import type { Finding } from '../report/index.ts';
import { byteLengthOf } from '../tensor/index.ts';
import type { Constant } from './constants.ts';

/**
 * Data files that are opened to see whether what a constant says of its place makes sense: more
 * would use up the files that a process may have open.
 */
const mostFilesToTry = 64;

/** Constants whose type, shape, size or place make no sense. Their values are not read. */
export function checkConstants(constants: readonly Constant[]): Finding[] {
  const tried = new Set<string>();
  return constants.flatMap((each) => checkOne(each, tried) ?? []);
}

function checkOne(constant: Constant, tried: Set<string>): Finding | null {
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
  const problem = referenceProblem(constant, tried);
  if (problem !== null) {
    return finding('external-reference', `cannot be read: ${problem}`, rejected);
  }
  if (elementType === 'string') {
    const strings = storage.strings?.length ?? 0;
    if (strings === elements) return null;
    return finding('tensor-size', `has ${strings} strings for the shape [${dims.join(', ')}]`);
  }
  const need = byteLengthOf(elementType, elements);
  const has = storage.byteLength;
  if (has === need) return null;
  // onnx's checker lets bytes that are too many pass in the model file; the runtime does not.
  const isTolerated = has > need && storage.kind !== 'external';
  return finding(
    'tensor-size',
    `has ${has} bytes, but ${elementType}[${dims.join(', ')}] takes ${need}`,
    isTolerated ? { spec: 'ok', runtime: 'rejects' } : rejected,
  );
}

/**
 * What is wrong with what a constant says of its place (no such number of bytes, a key given
 * twice). Only asking for data tells, and costs a page of the data file when all is well; so only
 * those are asked that look as they do when a number was not understood.
 */
function referenceProblem({ tensor }: Constant, tried: Set<string>): string | null {
  const { external } = tensor.storage;
  if (external === undefined) return null;
  const { location, offset, length } = external;
  const isSuspect = location === '' || length === null || offset === 0;
  if (!isSuspect || (tried.size >= mostFilesToTry && !tried.has(location))) return null;
  try {
    for (const _ of tensor.storage.chunks(1)) break;
    tried.add(location);
    return null;
  } catch (error) {
    if (!(error instanceof MlkitError)) throw error;
    // What is wrong with the file itself is reported once for all its constants.
    return isAboutTensor(error, tensor.name) ? error.message : null;
  }
}

/** Whether an error speaks of the tensor's entries; those of files begin otherwise. */
function isAboutTensor(error: MlkitError, name: string): boolean {
  return (
    error.code === 'EXTERNAL_DATA' && error.message.startsWith(`tensor "${name}": external_data`)
  );
}
