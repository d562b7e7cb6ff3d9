import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type GraphBuilder, type Value, walkGraphs } from '../../../src/graph/index.ts';
import { type OpenModel, openModel } from '../../../src/onnx/index.ts';
import { inferTypes } from '../../../src/ops/index.ts';
import { hasAnonymous } from '../../../src/symbolic/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { shared } from '../../support/files.ts';
import { floats, ints, outcomeOf } from './outcome.ts';

/** How exporters reckon with shapes inside a graph, nodes as they write them. */

const ones = { value: tensorFrom('int64', [1], BigInt64Array.of(1n)) };

function sizeOf(b: GraphBuilder, x: Value, axis: number): Value {
  return b.node('Gather', [b.node('Shape', [x]), ints(b, [axis], [])], { axis: 0 });
}

function asList(b: GraphBuilder, size: Value): Value {
  return b.node('Unsqueeze', [size, ints(b, [0])]);
}

test('heads of an attention: Shape, Gather, Unsqueeze, Concat, Reshape, Transpose', () => {
  const { types, problems } = outcomeOf(17, (b) => {
    const x = b.input('x', 'float32', ['batch', 'seq', 768]);
    const [batch, seq] = [asList(b, sizeOf(b, x, 0)), asList(b, sizeOf(b, x, 1))];
    const split = b.node('Concat', [batch, seq, ints(b, [12]), ints(b, [64])], { axis: 0 });
    const heads = b.node('Transpose', [b.node('Reshape', [x, split])], { perm: [0, 2, 1, 3] });
    const back = b.node('Transpose', [heads], { perm: [0, 2, 1, 3] });
    const width = b.node('Mul', [sizeOf(b, heads, 1), sizeOf(b, heads, 3)]);
    const joined = b.node('Concat', [batch, ints(b, [-1]), asList(b, width)], { axis: 0 });
    return [heads, b.node('Reshape', [back, joined])];
  });
  expect(types).toEqual(['float32[batch, 12, seq, 64]', 'float32[batch, seq, 768]']);
  expect(problems).toEqual([]);
});

test('expand(-1, n, -1): Equal and Where choose what stays', () => {
  const { types } = outcomeOf(17, (b) => {
    const x = b.input('x', 'float32', [1, 1, 'width']);
    const batch = asList(b, sizeOf(b, b.input('y', 'float32', ['batch', 3]), 0));
    const wanted = b.node('Concat', [batch, ints(b, [4]), ints(b, [-1])], { axis: 0 });
    const one = b.node('ConstantOfShape', [b.node('Shape', [wanted])], ones);
    const kept = b.node('Equal', [wanted, b.node('Mul', [one, ints(b, [-1], [])])]);
    return b.node('Expand', [x, b.node('Where', [kept, one, wanted])]);
  });
  expect(types).toEqual(['float32[batch, 4, width]']);
});

test('arange by older exporters: NonZero of ones', () => {
  const { types } = outcomeOf(11, (b) => {
    const seq = b.node('Gather', [
      b.node('Shape', [b.input('x', 'int64', ['batch', 'seq'])]),
      ints(b, [1]),
    ]);
    const found = b.node('NonZero', [b.node('ConstantOfShape', [seq], ones)]);
    const positions = b.node('Squeeze', [b.node('Transpose', [found], { perm: [1, 0] })], {
      axes: [1],
    });
    return b.node('Gather', [floats(b, Array.from({ length: 20 }, Number), [10, 2]), positions]);
  });
  expect(types).toEqual(['float32[seq, 2]']);
});

test('a causal mask: rows and columns of a constant', () => {
  const { types } = outcomeOf(17, (b) => {
    const past = sizeOf(b, b.input('past', 'float32', ['batch', 12, 'past', 64]), 2);
    const seq = sizeOf(b, b.input('x', 'float32', ['batch', 'seq', 768]), 1);
    const total = b.node('Add', [past, seq]);
    const start = b.node('Sub', [total, seq]);
    const mask = b.input('mask', 'bool', [1, 1, 1024, 1024]);
    const rows = b.node('Slice', [mask, asList(b, start), asList(b, total), ints(b, [2])]);
    return b.node('Slice', [rows, ints(b, [0]), asList(b, total), ints(b, [3])]);
  });
  expect(types).toEqual(['bool[1, 1, seq, min(1024, past + seq)]']);
});

test('pads by PyTorch: a list of pairs from the last axis, turned round', () => {
  const { types } = outcomeOf(17, (b) => {
    const x = b.input('x', 'float32', ['n', 3, 'h', 'w']);
    // (left, right, top, bottom) and zeros for the axes before.
    const rest = b.node('ConstantOfShape', [ints(b, [4])], {
      value: tensorFrom('int64', [1], BigInt64Array.of(0n)),
    });
    const pairs = b.node('Reshape', [
      b.node('Concat', [ints(b, [1, 2, 3, 4]), rest], { axis: 0 }),
      ints(b, [-1, 2]),
    ]);
    const turned = b.node('Slice', [
      pairs,
      ints(b, [-1]),
      ints(b, [Number.MIN_SAFE_INTEGER]),
      ints(b, [0]),
      ints(b, [-1]),
    ]);
    const flat = b.node('Reshape', [
      b.node('Transpose', [turned], { perm: [1, 0] }),
      ints(b, [-1]),
    ]);
    return b.node('Pad', [x, b.node('Cast', [flat], { to: 7 }), floats(b, [0], [])]);
  });
  expect(types).toEqual(['float32[n, 3, h + 7, w + 3]']);
});

test('positions and the first state of a recurrent layer', () => {
  const { types } = outcomeOf(17, (b) => {
    const x = b.input('x', 'float32', ['batch', 'seq', 8]);
    const positions = b.node('Range', [ints(b, [0], []), sizeOf(b, x, 1), ints(b, [1], [])]);
    const state = b.node('Concat', [ints(b, [2]), asList(b, sizeOf(b, x, 0)), ints(b, [16])], {
      axis: 0,
    });
    return [b.node('Unsqueeze', [positions, ints(b, [0])]), b.node('ConstantOfShape', [state])];
  });
  expect(types).toEqual(['int64[1, seq]', 'float32[2, batch, 16]']);
});

const digits = join(shared, 'digits');

describe.skipIf(!existsSync(digits))('models that PyTorch exported', () => {
  let opened: OpenModel | null = null;
  afterEach(() => opened?.close());

  test.each(
    ['cnn', 'lstm', 'vit'].flatMap((name) => [
      `digits-${name}-dynamo-opset20`,
      `digits-${name}-torchscript-opset13`,
    ]),
  )('%s: every shape follows from those of the inputs', (name) => {
    opened = openModel(join(digits, `${name}.onnx`));
    const { model } = opened;
    const produced: Value[] = [];
    for (const { graph } of walkGraphs(model)) {
      for (const value of graph.values()) {
        if (value.producer === null) continue;
        // Nothing that the file says of them is of use.
        graph.setType(value, null);
        produced.push(value);
      }
    }
    const inference = inferTypes(model);
    const open = produced.filter((value) => {
      const type = inference.typeOf(value);
      return type?.kind !== 'tensor' || type.shape === null || type.shape.some(hasAnonymous);
    });
    expect(open.map((value) => value.name)).toEqual([]);
    expect(inference.contradictions).toEqual([]);
    expect(produced.length).toBeGreaterThan(5);
  });
});
