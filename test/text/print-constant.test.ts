import { describe, expect, test } from 'vitest';
import { buildModel } from '../../src/graph/index.ts';
import {
  computedStorage,
  type DataType,
  memoryStorage,
  stringTensor,
  Tensor,
  tensorFrom,
} from '../../src/tensor/index.ts';
import { printGraph, printNode } from '../../src/text/index.ts';

const floats = (...values: number[]): Tensor =>
  tensorFrom('float32', [values.length], Float32Array.from(values));

function constantText(tensor: Tensor, maxElements = 16): string {
  const { graph } = buildModel({}, (b) => void b.initializer(tensor, 'w'));
  return printGraph(graph, { maxElements }).split('\n')[1]?.trim() ?? '';
}

/** The line of a Constant that holds the tensor. */
function constantNodeText(value: Tensor): string {
  const { graph } = buildModel({}, (b) => {
    b.node('Constant', [], { value }, { name: '', outputs: ['y'] });
  });
  return printNode(graph.nodes[0]!);
}

describe('constants', () => {
  const made = (dtype: DataType, dims: number[], ...bytes: number[]): Tensor =>
    new Tensor({ name: 'w', dtype, dims, storage: memoryStorage(Uint8Array.from(bytes)) });

  // By hand from the bit layouts of the types.
  const cases: [string, Tensor, string][] = [
    ['int8', made('int8', [2], 255, 1), 'int8[2] w = {-1, 1}'],
    ['bool', made('bool', [2], 1, 0), 'bool[2] w = {1, 0}'],
    [
      'uint64',
      tensorFrom('uint64', [], BigUint64Array.of(2n ** 64n - 1n)),
      'uint64 w = {18446744073709551615}',
    ],
    ['double', tensorFrom('float64', [1], Float64Array.of(0.1)), 'double[1] w = {0.1}'],
    [
      'complex64',
      tensorFrom('complex64', [1], Float32Array.of(1, -0.5)),
      'complex64[1] w = {1, -0.5}',
    ],
    ['string', stringTensor([2], ['a', '"']), 'string[2] w = {"a", "\\""}'],
    ['nothing', floats(), 'float[0] w = {}'],
    [
      'float16',
      made('float16', [2], 0x00, 0x3c, 0x00, 0xc0),
      'float16[2] w = {15360, 49152}  # stands for 1, -2',
    ],
    ['bfloat16', made('bfloat16', [1], 0x80, 0x3f), 'bfloat16[1] w = {16256}  # stands for 1'],
    [
      'float8e5m2',
      made('float8e5m2', [2], 0x3c, 0x7c),
      'float8e5m2[2] w = {60, 124}  # stands for 1, inf',
    ],
    [
      'int4, two a byte',
      made('int4', [3], 0x2f, 0x01),
      'int4[3] w = {47, 1}  # stands for -1, 2, 1',
    ],
    [
      'uint2, four a byte',
      made('uint2', [5], 0b11100100, 1),
      'uint2[5] w = {228, 1}  # stands for 0, 1, 2, 3, 1',
    ],
    [
      'float6, one an entry',
      made('float6e2m3', [2], 0b10001000, 0b0000),
      'float6e2m3[2] w = {8, 2}  # stands for 1, 0.25',
    ],
  ];
  test.each(cases)('%s', (_, tensor, expected) => {
    expect(constantText(tensor)).toBe(expected);
  });

  test('with many elements are not read', () => {
    const storage = computedStorage(4 * 17, () => {
      throw new Error('was read');
    });
    const big = new Tensor({ dtype: 'float32', dims: [17], storage });
    expect(constantText(big)).toBe('float[17] w = {}  # 17 elements (68 B) not shown');
    expect(() => constantText(big, 17)).toThrow('was read');
    const text = constantNodeText(big);
    expect(text).toBe(
      'y = Constant <value: tensor = float[17] {}> ()  # value: 17 elements (68 B) not shown',
    );
    expect(constantText(floats(...Array.from({ length: 16 }, () => 1)))).not.toContain('#');
  });

  test('in data files are referred to and not read', () => {
    const unread = computedStorage(4, () => {
      throw new Error('was read');
    });
    const external = { location: 'a "b".bin', offset: 0, length: null, problem: null };
    const storage = { ...unread, kind: 'external', external } as const;
    const small = new Tensor({ dtype: 'float32', dims: [1], storage });
    expect(constantText(small)).toBe('float[1] w = ["location": "a \\"b\\".bin"]');
    const place = { ...storage, external: { ...external, offset: 8, length: 4, problem: null } };
    const text = constantNodeText(small.with({ storage: place }));
    expect(text).toBe(
      'y = Constant <value: tensor = float[1] = ["location": "a \\"b\\".bin", "offset": "8", "length": "4"]> ()',
    );
  });

  test('that are broken say how', () => {
    expect(constantText(made('float32', [2], 1, 2, 3))).toBe(
      'float[2] w = {}  # tensor "w" (float32[2]) needs 8 bytes and has 3',
    );
    expect(constantText(made('float32', [-2]))).toBe('float[-2] w = {}  # impossible shape');
    const strings = stringTensor([1], ['a', 'b']);
    expect(constantText(strings)).toBe('string[1] w = {}  # 2 strings for 1 elements');
  });

  test('that are sparse are told in a comment', () => {
    const { graph } = buildModel({}, (b) => void b.initializer(floats(1), 's'));
    const values = floats(1, 2);
    const indices = tensorFrom('int64', [2], BigInt64Array.of(0n, 3n));
    graph.setSparseInitializer(graph.value('s')!, { values, indices, dims: [2, 5] });
    expect(printGraph(graph)).toBe(
      'main () => () <  # sparse constant s: float32[2, 5], 2 elements stored\n> {\n}',
    );
  });

  test('that callers may override are inputs and constants', () => {
    const { graph } = buildModel({}, (b) => {
      b.initializer(floats(1), 'w');
      b.input('w', 'float32', ['N']);
    });
    expect(printGraph(graph)).toBe('main (float[N] w) => () <\n  float[1] w = {1}\n> {\n}');
  });
});
