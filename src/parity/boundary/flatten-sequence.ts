import { MlkitError } from '../../errors.ts';
import { type GraphBuilder, tensorType, type Value } from '../../graph/index.ts';
import {
  byteLengthOf,
  type DataType,
  memoryStorage,
  stringStorage,
  Tensor,
  tensorFrom,
} from '../../tensor/index.ts';

/** Since this opset the state of a Loop can be a sequence. */
const sequenceStateOpset = 13;

/**
 * Nodes that lay a sequence out flat, whatever its length: its elements one behind the other, their
 * shapes one behind the other, and their ranks. {@link splitFlattened} undoes it.
 *
 * @returns Three tensors of rank 1: elements, sizes (int64), ranks (int64).
 */
export function flattenSequence(
  builder: GraphBuilder,
  sequence: Value,
  dtype: DataType,
): readonly [Value, Value, Value] {
  const { model } = builder.graph;
  const none = builder.initializer(emptyTensor(dtype), model.names.allocate('no_elements'));
  const noSizes = builder.initializer(emptyTensor('int64'), model.names.allocate('no_sizes'));
  // Adding to a tensor copies it in every turn; adding to a sequence does not.
  const growsSequence = (model.opset('') ?? 0) >= sequenceStateOpset;
  const start = growsSequence ? builder.node('SequenceConstruct', [none]) : none;
  const body = builder.subgraph('flatten', (inner) => {
    const { names } = model;
    const list = tensorType(dtype, [null]);
    const state = growsSequence ? ({ kind: 'sequence', element: list } as const) : list;
    const turn = inner.input(names.allocate('turn'), 'int64', []);
    const goOn = inner.input(names.allocate('go_on'), 'bool', []);
    const data = inner.input(names.allocate('data'), state);
    const sizes = inner.input(names.allocate('sizes'), 'int64', [null]);
    const ranks = inner.input(names.allocate('ranks'), 'int64', [null]);
    const element = inner.node('SequenceAt', [sequence, turn]);
    const flatShape = inner.initializer(int64List([-1n]), names.allocate('flat'));
    const flat = inner.node('Reshape', [element, flatShape]);
    const shape = inner.node('Shape', [element]);
    const rank = inner.node('Shape', [shape]);
    const grown = growsSequence
      ? inner.node('SequenceInsert', [data, flat])
      : inner.node('Concat', [data, flat], { axis: 0 });
    inner.output(inner.node('Identity', [goOn]), 'bool', []);
    inner.output(grown, state);
    inner.output(inner.node('Concat', [sizes, shape], { axis: 0 }), 'int64', [null]);
    inner.output(inner.node('Concat', [ranks, rank], { axis: 0 }), 'int64', [null]);
  });
  const length = builder.node('SequenceLength', [sequence]);
  const [all, sizes, ranks] = builder.nodes(
    'Loop',
    [length, null, start, noSizes, noSizes],
    { body },
    { outputs: 3 },
  );
  if (all === undefined || sizes === undefined || ranks === undefined) {
    throw new RangeError('Loop was given three outputs and has fewer');
  }
  const data = growsSequence ? builder.node('ConcatFromSequence', [all], { axis: 0 }) : all;
  return [data, sizes, ranks];
}

/** A tensor of rank 1 without elements. */
export function emptyTensor(dtype: DataType): Tensor {
  const storage = dtype === 'string' ? stringStorage([]) : memoryStorage(new Uint8Array(0));
  return new Tensor({ dtype, dims: [0], storage });
}

function int64List(values: readonly bigint[]): Tensor {
  return tensorFrom('int64', [values.length], BigInt64Array.from(values));
}

/**
 * The elements of a sequence from what {@link flattenSequence} has made of it. They share its memory.
 *
 * @throws MlkitError RUNTIME_RUN when the three do not fit together.
 */
export function splitFlattened(name: string, data: Tensor, sizes: Tensor, ranks: Tensor): Tensor[] {
  const all = Array.from(sizes.toFloat64());
  let [sizeAt, elementAt] = [0, 0];
  const elements = Array.from(ranks.toFloat64(), (rank) => {
    const dims = all.slice(sizeAt, sizeAt + rank);
    const count = dims.reduce((product, size) => product * size, 1);
    sizeAt += rank;
    elementAt += count;
    return part(name, data, dims, [elementAt - count, elementAt]);
  });
  if (sizeAt === all.length && elementAt === data.elementCount) return elements;
  throw new MlkitError('RUNTIME_RUN', `the sequence "${name}" did not come out whole`, {
    hint: 'This is not a fault of the model. Please report it.',
  });
}

function part(
  name: string,
  { dtype, storage }: Tensor,
  dims: readonly number[],
  [start, end]: readonly [number, number],
): Tensor {
  const { strings } = storage;
  const own =
    strings === undefined
      ? memoryStorage(
          storage.bytes().subarray(byteLengthOf(dtype, start), byteLengthOf(dtype, end)),
        )
      : stringStorage(strings.slice(start, end));
  return new Tensor({ name, dtype, dims, storage: own });
}
