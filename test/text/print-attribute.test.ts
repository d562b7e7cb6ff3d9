import { describe, expect, test } from 'vitest';
import {
  attributeFrom,
  buildModel,
  type Graph,
  type GraphBuilder,
  tensorType,
} from '../../src/graph/index.ts';
import { stringTensor, type Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { printNode } from '../../src/text/index.ts';

const floats = (...values: number[]): Tensor =>
  tensorFrom('float32', [values.length], Float32Array.from(values));

/** The line of the one node that `make` adds. */
function nodeText(make: (builder: GraphBuilder) => void, maxElements?: number): string {
  const { graph } = buildModel({}, make);
  return printNode(graph.nodes[0]!, maxElements === undefined ? {} : { maxElements });
}

function attributeText(...attributes: Parameters<Graph['setAttribute']>[1][]): string {
  const { graph } = buildModel({}, () => {});
  const node = graph.addNode({ opType: 'Op', name: '', inputs: [], outputs: ['y'], attributes });
  return printNode(node);
}

describe('attributes', () => {
  test('of every type', () => {
    const type = tensorType('float32', ['N']);
    const { graph } = buildModel({}, () => {});
    const node = graph.addNode({
      opType: 'Op',
      name: '',
      inputs: [],
      outputs: [],
      attributes: [
        attributeFrom('i', -(2n ** 63n)),
        attributeFrom('f', 0.1),
        attributeFrom('s', 'a "b" \\c'),
        attributeFrom('t', floats(1, 2)),
        { name: 'tp', type: 'type', value: type },
        attributeFrom('is', [1, 2]),
        { name: 'none', type: 'ints', value: [] },
        attributeFrom('fs', { floats: [1, -0, NaN, Infinity, -Infinity, 1e-7, 16777216, 1e30] }),
        attributeFrom('ss', ['', 'b']),
        { name: 'ts', type: 'tensors', value: [floats(1), stringTensor([], ['x'], 'named')] },
        { name: 'tps', type: 'types', value: [type, { kind: 'sequence', element: type }] },
      ],
    });
    expect(printNode(node)).toBe(
      ' = Op <i: int = -9223372036854775808, f: float = 0.1, s: string = "a \\"b\\" \\\\c", ' +
        't: tensor = float[2] {1, 2}, tp: type_proto = float[N], is: ints = [1, 2], none: ints = [], ' +
        'fs: floats = [1, -0, nan, inf, -inf, 1e-7, 16777216, 1e+30], ss: strings = ["", "b"], ' +
        'ts: tensors = [float[1] {1}, string named {"x"}], ' +
        'tps: type_protos = [float[N], seq(float[N])]> ()',
    );
  });

  test('floats read back as the same float32', () => {
    const values = [1 / 3, 0.1, 1e-45, 1.17549435e-38, 3.4028234663852886e38, 123456789, 1.00000012]
      .concat([2 ** -126, 8589973e9, 0.3, 33554434, 1e10])
      .map(Math.fround);
    const text = attributeText({ name: 'fs', type: 'floats', value: values });
    const read = (/\[(.*)\]/.exec(text)?.[1] ?? '').split(', ').map(Number).map(Math.fround);
    expect(read).toEqual(values);
    expect(text).toContain('0.1, 1.4013e-45');
    expect(text).toContain(' 1.0000001,');
  });

  test('what the syntax has no place for is left out, and said', () => {
    const sparse = {
      values: floats(1),
      indices: tensorFrom('int64', [1], new BigInt64Array(1)),
      dims: [2],
    };
    expect(
      attributeText(
        attributeFrom('ok', 1),
        attributeFrom('not ok', 3),
        { name: 's', type: 'sparse-tensor', value: sparse },
        { name: 'ss', type: 'sparse-tensors', value: [sparse] },
        { name: 'u', type: 'undefined' },
        { name: 'tp', type: 'type', value: { kind: 'unknown' } },
        { name: 'tps', type: 'types', value: [{ kind: 'unknown' }] },
      ),
    ).toBe(
      'y = Op <ok: int = 1> ()  # left out: attribute "not ok": int = 3; ' +
        'left out: attribute s: sparse_tensor; left out: attribute ss: sparse_tensors; ' +
        'left out: attribute u: of unknown type; left out: attribute tp: type_proto; ' +
        'left out: attribute tps: type_protos',
    );
  });

  test('names of tensors are said in a comment where they cannot stand', () => {
    expect(attributeText(attributeFrom('value', floats(1).with({ name: 'a/b' })))).toBe(
      'y = Op <value: tensor = float[1] {1}> ()  # value: named "a/b"',
    );
  });

  test('bytes that are no text are shown in hex', () => {
    expect(attributeText({ name: 's', type: 'string', value: Uint8Array.of(0xff, 0, 0x41) })).toBe(
      'y = Op <s: string = "ff0041"> ()  # s: 3 bytes that are no text, in hex',
    );
  });

  test('long lists and strings are cut', () => {
    const attributes = {
      is: Array.from({ length: 17 }, (_, at) => at),
      s: 'x'.repeat(16 * 64 + 1),
      short: 'y'.repeat(16 * 64),
    };
    const text = nodeText((b) => void b.node('Op', [], attributes, { name: '', outputs: ['o'] }));
    expect(text).toContain('is: ints = []');
    expect(text).toContain(`s: string = "${'x'.repeat(1024)}…"`);
    expect(text).toContain(`short: string = "${'y'.repeat(1024)}"`);
    expect(text).toMatch(/ # is: 17 values not shown; s: 1 KiB of text not shown in full$/);
    const all = nodeText((b) => void b.node('Op', [], attributes, { outputs: ['o'] }), Infinity);
    expect(all).not.toContain('#');
  });
});
