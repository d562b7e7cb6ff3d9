import { MlkitError } from '../../errors.ts';
import type { SparseTensor } from '../../graph/index.ts';
import { messageOrigin } from '../../onnx/index.ts';
import { elementCountOf } from '../../tensor/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck } from '../graph-facts.ts';

type Code = 'sparse-values' | 'sparse-shape' | 'sparse-indices' | 'sparse-order';

/** More indices than that are not looked at one by one. */
const mostIndices = 1024 * 1024;

interface Problem {
  readonly code: Code;
  readonly message: string;
  /** Whether the runtime makes something of it all the same. */
  readonly isReadable: boolean;
  readonly spec?: 'ok';
}

export const sparse: GraphCheck<Code> = {
  codes: ['sparse-values', 'sparse-shape', 'sparse-indices', 'sparse-order'],
  severity: 'error',
  summary: 'the values, indices or shape of a sparse constant are not as they must be',
  run({ facts: { graphs } }) {
    const issues: Issue<Code>[] = [];
    const check = (tensor: SparseTensor, graph: string, name: string): void => {
      const problem = problemOf(tensor, name);
      if (problem === null) return;
      const { code, message, isReadable, spec = 'error' } = problem;
      issues.push({
        code,
        at: { graph, value: name },
        message: `sparse constant "${name}" ${message}`,
        fix: 'Export the model again, or store the constant dense.',
        spec,
        runtime: isReadable ? 'accepts' : 'rejects',
      });
    };
    for (const { graph, path } of graphs) {
      for (const { sparseInitializer, name } of graph.initializers) {
        if (sparseInitializer !== null) check(sparseInitializer, path, name);
      }
      for (const node of graph.nodes) {
        for (const attribute of node.attributes) {
          const name = node.outputs[0]?.name ?? attribute.name;
          if (attribute.type === 'sparse-tensor') check(attribute.value, path, name);
          if (attribute.type !== 'sparse-tensors') continue;
          for (const each of attribute.value) check(each, path, name);
        }
      }
    }
    return issues;
  },
};

/** The first thing that is wrong: what comes after it makes no sense. */
function problemOf(tensor: SparseTensor, name: string): Problem | null {
  return valueProblem(tensor, name) ?? listProblem(tensor) ?? indexProblem(tensor);
}

function broken(code: Code, message: string, isReadable = false): Problem {
  return { code, message, isReadable };
}

function valueProblem({ values, dims }: SparseTensor, name: string): Problem | null {
  if (name === '') return broken('sparse-values', 'has no name');
  if (values.dims.length !== 1) {
    return broken('sparse-values', `has values of rank ${values.dims.length}; they are a list`);
  }
  if (dims.length === 0) return broken('sparse-shape', 'has no dimensions');
  if (dims.every((size) => size > 0)) return null;
  const isEmpty = values.dims[0] === 0 && dims.every((size) => size >= 0);
  const message = `has the shape [${dims.join(', ')}], not of sizes above 0`;
  return broken('sparse-shape', message, isEmpty);
}

function listProblem(tensor: SparseTensor): Problem | null {
  const { values, indices, dims } = tensor;
  const [count = 0] = values.dims;
  const [rows, width] = indices.dims;
  if (indices.elementType !== 'int64') {
    const of = indices.elementType ?? 'no known type';
    return broken('sparse-indices', `has indices of ${of}; they are int64`, true);
  }
  if (indices.dims.length !== 1 && indices.dims.length !== 2) {
    return broken('sparse-indices', `has indices of rank ${indices.dims.length}; they have 1 or 2`);
  }
  if (rows !== count) {
    return broken('sparse-indices', `has ${count} values and ${rows ?? 0} indices`);
  }
  if (width !== undefined && width !== dims.length) {
    const message = `has indices of ${width} dimensions and the rank ${dims.length}`;
    return broken('sparse-indices', message);
  }
  // Where there is nothing to point at, ONNX needs no indices; the runtime wants the empty list.
  if (count === 0 && messageOrigin(tensor)?.has('indices') === false) {
    return { ...broken('sparse-indices', 'has no list of indices'), spec: 'ok' };
  }
  return null;
}

function indexProblem({ indices, dims }: SparseTensor): Problem | null {
  const count = elementCountOf(indices.dims);
  if (count === null || count > mostIndices) return null;
  const numbers = readIndices(indices);
  if (numbers === null) return null;
  const isLinear = indices.dims.length === 1;
  const sizes = isLinear ? [elementCountOf(dims) ?? Number.MAX_SAFE_INTEGER] : dims;
  const width = sizes.length;
  let previous = -1;
  for (let at = 0; at < numbers.length; at += width) {
    let linear = 0;
    for (const [axis, size] of sizes.entries()) {
      const index = numbers[at + axis] ?? 0;
      if (index < 0 || index >= size) {
        const message = `has the index ${index} where only 0 to ${size - 1} are`;
        return { code: 'sparse-indices', message, isReadable: false };
      }
      linear = linear * size + index;
    }
    if (linear <= previous) {
      const message = `has indices that do not ascend, from number ${at / width} on`;
      return { code: 'sparse-order', message, isReadable: true };
    }
    previous = linear;
  }
  return null;
}

/** Null where they cannot be read, which the checks of constants report. */
function readIndices(indices: SparseTensor['indices']): Float64Array | null {
  try {
    return indices.toFloat64();
  } catch (error) {
    if (error instanceof MlkitError) return null;
    throw error;
  }
}
