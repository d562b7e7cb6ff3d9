import { zippedMaps } from '../../feeds/index.ts';
import {
  formatType,
  type Graph,
  GraphBuilder,
  tensorType,
  type Value,
  type ValueType,
} from '../../graph/index.ts';
import type { DataType, Tensor } from '../../tensor/index.ts';
import { carry } from '../carry.ts';
import { addCast, carrierOf, obstacleInside, obstacleOf } from './carriers.ts';
import { emptyTensor, flattenSequence, splitFlattened } from './flatten-sequence.ts';
import { fetched, type OutputPassage, plainOutput, unpassableOutput } from './passage.ts';
import { declared } from './rewrite-input.ts';

/** An output as the model declares it, before anything was changed. */
export interface DeclaredOutput {
  readonly name: string;
  readonly type: ValueType | null;
}

/** What is to become of an output. Outputs are replaced last, as their places shift. */
export interface RewrittenOutput {
  readonly passage: OutputPassage;
  /** What the model is to return in its place; null: what it returns already. */
  readonly values: readonly Value[] | null;
}

/**
 * Adds what makes tensors of an output, so that the binding can pass it: a Cast where it does not know
 * the type, nodes that lay a sequence out flat or open an optional, and for a list of maps the matrix
 * that it is made of.
 */
export function rewriteOutput(graph: Graph, value: Value, output: DeclaredOutput): RewrittenOutput {
  const { name, type } = output;
  const { kind, dtype, isOfTensors } = declared(type);
  if (!isOfTensors) return zipMapMatrix(graph, value, name) ?? unreachable(output, null);
  if (kind === 'tensor') {
    const obstacle = obstacleOf(dtype);
    if (obstacle !== null) return unreachable(output, obstacle);
    const carrier = dtype === null ? null : carrierOf(dtype);
    // The values that are fed in place of inputs have other names.
    if (dtype === null || carrier === null) {
      return value.name === name
        ? { passage: plainOutput(name), values: null }
        : { passage: renamedOutput(name, value.name), values: [value] };
    }
    return castOutput(graph, value, output, { dtype, carrier });
  }
  const obstacle = obstacleInside(dtype);
  if (obstacle !== null || dtype === null) return unreachable(output, obstacle);
  if (kind === 'sequence') return flatOutput(graph, value, name, dtype);
  return openedOutput(graph, value, { name, dtype, isSequence: kind === 'optional-sequence' });
}

function unreachable({ name, type }: DeclaredOutput, why: string | null): RewrittenOutput {
  const reason = why ?? 'which onnxruntime-node cannot pass';
  return { passage: unpassableOutput(name, `it is ${formatType(type)}, ${reason}`), values: null };
}

function renamedOutput(name: string, carrier: string): OutputPassage {
  return {
    ...plainOutput(name),
    fetches: [carrier],
    read: (outputs) => fetched(outputs, carrier).with({ name }),
  };
}

function castOutput(
  graph: Graph,
  value: Value,
  { name, type }: DeclaredOutput,
  { dtype, carrier }: { dtype: DataType; carrier: DataType },
): RewrittenOutput {
  const cast = addCast(graph, value, carrier);
  graph.setType(cast, tensorType(carrier, type?.kind === 'tensor' ? type.shape : null));
  return {
    values: [cast],
    passage: {
      ...plainOutput(name),
      note: `output "${name}" is ${dtype}: it is read as ${carrier}, through a Cast`,
      fetches: [cast.name],
      read: (outputs) => carry(fetched(outputs, cast.name), dtype, name),
    },
  };
}

function zipMapMatrix(graph: Graph, value: Value, name: string): RewrittenOutput | null {
  const maps = zippedMaps(value);
  if (maps === null) return null;
  const { scores, keys } = maps;
  // The scores may be an output already, and no value can be one twice.
  const node = graph.addNode({
    opType: 'Identity',
    inputs: [scores],
    outputs: [graph.model.names.allocate(`${name}_as_matrix`)],
  });
  const matrix = node.outputs[0] as Value;
  graph.setType(matrix, tensorType('float32', null));
  return {
    values: [matrix],
    passage: {
      ...plainOutput(name),
      keys,
      note: `output "${name}" is a list of maps: the matrix that it is made of is read instead`,
      fetches: [matrix.name],
      read: (outputs) => asRows(fetched(outputs, matrix.name)).with({ name }),
    },
  };
}

/** A list of one map is made of a row or of a matrix with one row. */
function asRows(tensor: Tensor): Tensor {
  return tensor.dims.length === 1 ? tensor.with({ dims: [1, ...tensor.dims] }) : tensor;
}

function flatOutput(graph: Graph, value: Value, name: string, dtype: DataType): RewrittenOutput {
  const parts = flattenSequence(new GraphBuilder(graph), value, dtype);
  declareFlat(graph, parts, dtype);
  const fetches = parts.map((part) => part.name);
  return {
    values: parts,
    passage: {
      ...plainOutput(name),
      note: `output "${name}" is a sequence: its elements are read laid out one behind the other`,
      fetches,
      read: (outputs) => joined(name, fetches, outputs),
    },
  };
}

function declareFlat(graph: Graph, parts: readonly Value[], dtype: DataType): void {
  for (const [at, part] of parts.entries()) {
    graph.setType(part, tensorType(at === 0 ? dtype : 'int64', [null]));
  }
}

function joined(
  name: string,
  fetches: readonly string[],
  outputs: ReadonlyMap<string, Tensor>,
): Tensor[] {
  const [data = '', sizes = '', ranks = ''] = fetches;
  return splitFlattened(
    name,
    fetched(outputs, data),
    fetched(outputs, sizes),
    fetched(outputs, ranks),
  );
}

/** Whether the optional has a value, and the value, or empty tensors in its place. */
function openedOutput(
  graph: Graph,
  value: Value,
  { name, dtype, isSequence }: { name: string; dtype: DataType; isSequence: boolean },
): RewrittenOutput {
  const builder = new GraphBuilder(graph);
  const isThere = builder.node('OptionalHasElement', [value]);
  graph.setType(isThere, tensorType('bool', []));
  const types: readonly DataType[] = isSequence ? [dtype, 'int64', 'int64'] : [dtype];
  const present = builder.subgraph('present', (inner) => {
    const element = inner.node('OptionalGetElement', [value]);
    const parts = isSequence ? flattenSequence(inner, element, dtype) : [element];
    for (const [at, part] of parts.entries()) {
      inner.output(part, types[at] ?? dtype, isSequence ? [null] : null);
    }
  });
  const absent = builder.subgraph('absent', (inner) => {
    for (const type of types) {
      const nothing = inner.node('Constant', [], { value: emptyTensor(type) });
      inner.output(nothing, type, [0]);
    }
  });
  const parts = builder.nodes(
    'If',
    [isThere],
    { then_branch: present, else_branch: absent },
    { outputs: types.length },
  );
  for (const [at, part] of parts.entries()) {
    graph.setType(part, tensorType(types[at] ?? dtype, isSequence ? [null] : null));
  }
  const fetches = parts.map((part) => part.name);
  return {
    values: [isThere, ...parts],
    passage: {
      ...plainOutput(name),
      note: `output "${name}" is an optional: whether it is there and what it holds are read apart`,
      fetches: [isThere.name, ...fetches],
      read(outputs) {
        if (fetched(outputs, isThere.name).data()[0] !== 1) return null;
        if (isSequence) return joined(name, fetches, outputs);
        return fetched(outputs, fetches[0] ?? '').with({ name });
      },
    },
  };
}
