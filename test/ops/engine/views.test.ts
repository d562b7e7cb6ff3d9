import { describe, expect, test } from 'vitest';
import { buildModel, type GraphBuilder, type Model, type Value } from '../../../src/graph/index.ts';
import { type InferenceView, inferTypes } from '../../../src/ops/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { ints, outputTypes, problems } from './models.ts';

const views = ['whole', 'runtime', 'onnx'] as const;

/** Types of the outputs as each of them sees it. */
function seen(model: Model): Record<string, string[]> {
  return Object.fromEntries(
    views.map((view) => [view, outputTypes(model, inferTypes(model, { view }))]),
  );
}

function seenProblems(model: Model): Record<InferenceView, string[]> {
  const of = (view: InferenceView) => problems(inferTypes(model, { view }));
  return { whole: of('whole'), runtime: of('runtime'), onnx: of('onnx') };
}

function one(opset: number, build: (b: GraphBuilder) => Value | readonly Value[]): Model {
  return buildModel({ opset: { '': opset, 'com.microsoft': 1 } }, (b) => {
    const built = build(b);
    for (const value of 'name' in built ? [built] : built) b.output(value);
  });
}

describe('others than oneself', () => {
  test('do not compute what shapes are made of', () => {
    const model = one(17, (b) => {
      const shape = b.node('Shape', [b.input('x', 'float32', [2, 3])]);
      return b.node('Reshape', [b.input('v', 'float32', [6]), shape]);
    });
    expect(seen(model)).toEqual({
      whole: ['float32[2, 3]'],
      runtime: ['float32[?, ?]'],
      onnx: ['float32[?, ?]'],
    });
  });

  test('of them, only the runtime knows its own operators', () => {
    const model = one(17, (b) => {
      const x = b.input('x', 'float32', [2, 3]);
      return b.node('Relu', [b.node('Gelu', [x], {}, { domain: 'com.microsoft' })]);
    });
    expect(seen(model)).toEqual({
      whole: ['float32[2, 3]'],
      runtime: ['float32[2, 3]'],
      onnx: ['?'],
    });
  });

  test('know constants; of those around a subgraph, ONNX does not know the elements', () => {
    const model = buildModel({}, (b) => {
      const x = b.input('x', 'float32', [2]);
      const axes = ints(b, [0]);
      b.output(b.node('Squeeze', [b.input('y', 'float32', [1, 2]), axes]));
      const condition = b.input('c', 'bool', []);
      const then_branch = b.subgraph('yes', (inner) => inner.output(inner.node('Relu', [x])));
      const else_branch = b.subgraph('no', (inner) =>
        inner.output(inner.node('Squeeze', [x, axes])),
      );
      b.output(b.node('If', [condition], { then_branch, else_branch }));
    });
    const told = [expect.stringContaining('axis 0 of [2] has size 2, not 1')];
    expect(seenProblems(model)).toEqual({ whole: told, runtime: told, onnx: [] });
    expect(seen(model)['onnx']?.[0]).toBe('float32[2]');
  });

  test('to the runtime, a default that callers may override is not known', () => {
    const model = one(17, (b) => {
      const shape = b.initializer(tensorFrom('int64', [2], BigInt64Array.of(3n, 2n)));
      b.graph.declareInput(shape);
      return b.node('Reshape', [b.input('v', 'float32', [6]), shape]);
    });
    expect(seen(model)).toEqual({
      whole: ['float32[3, 2]'],
      runtime: ['float32[?, ?]'],
      onnx: ['float32[3, 2]'],
    });
  });

  // As onnx.shape_inference of onnx 1.23 has it.
  test.each([
    [17, 'TopK', [2, 3, 4], 'int64', [1], ['float32[?, ?, ?]', 'int64[?, ?, ?]']],
    [13, 'Reshape', [2, 3], 'int64', [2], ['float32']],
    [14, 'Reshape', [2, 3], 'int64', [2], ['float32[?, ?]']],
    [13, 'ReduceSum', [4, 3], 'int64', [1], ['float32']],
    [13, 'Split', [4, 3], 'int64', [2], ['float32', 'float32']],
    [13, 'Unsqueeze', [4, 3], 'int64', [1], ['float32']],
    [18, 'CenterCropPad', [4, 3], 'int64', [2], ['float32']],
    [13, 'Tile', [4, 3], 'int64', [2], ['float32[?, ?]']],
    [13, 'CumSum', [4, 3], 'int64', [], ['float32[4, 3]']],
  ] as const)(
    'ONNX knows in opset %d of %s as much as it says',
    (opset, op, x, type, dims, types) => {
      const model = one(opset, (b) => {
        const inputs = [b.input('x', 'float32', x), b.input('i', type, dims)];
        return b.nodes(op, inputs, {}, { outputs: types.length });
      });
      expect(seen(model)['onnx']).toEqual(types);
    },
  );

  test('pass over a node of whose inputs they do not know enough', () => {
    const model = one(17, (b) => {
      const bounds = [b.input('s', 'int64', [1]), b.input('e', 'int64', [1])];
      return b.node('Slice', [b.input('x', 'float32', [2, 3]), ...bounds, ints(b, [5])]);
    });
    const found = seenProblems(model);
    expect(found.whole).toHaveLength(1);
    expect(found.onnx).toEqual([]);
  });

  test('do not know the shape of what a loop goes on with', () => {
    const model = buildModel({}, (b) => {
      const x = b.input('x', 'float32', [2, 4]);
      const body = b.subgraph('body', (inner) => {
        inner.input('i', 'int64', []);
        const condition = inner.input('goes_on', 'bool', []);
        const state = inner.input('state', { kind: 'unknown' });
        inner.output(inner.node('Identity', [condition]));
        inner.output(inner.node('Softmax', [state], { axis: 7 }));
      });
      const start = [b.input('n', 'int64', []), b.input('c', 'bool', []), x];
      b.output(b.node('Loop', start, { body }));
    });
    const found = seenProblems(model);
    expect(found.whole).toHaveLength(1);
    expect(found.onnx).toEqual([]);
  });
});
