import { describe, expect, test } from 'vitest';
import {
  buildModel,
  checkStructure,
  type GraphBuilder,
  type Model,
  type Value,
} from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { openModel, readModel } from '../../src/onnx/index.ts';
import { openRunnable } from '../../src/parity/index.ts';
import { extractSubgraph } from '../../src/passes/index.ts';
import { isTensor, type Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { writeModel } from '../support/write-model.ts';

function float32(dims: readonly number[], values: readonly number[]): Tensor {
  return tensorFrom('float32', dims, Float32Array.from(values));
}

/** x → Mul 2 (a) → Add w (b) → Neg (c) → y = c + a; z = Relu(x). */
function chain(): Model {
  return buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', ['N', 2]);
    const two = b.initializer(float32([], [2]), 'two');
    const w = b.initializer(float32([2], [1, -3]), 'w');
    const a = b.node('Mul', [x, two], {}, { outputs: ['a'], name: 'mul' });
    const sum = b.node('Add', [a, w], {}, { outputs: ['b'], name: 'add' });
    const c = b.node('Neg', [sum], {}, { outputs: ['c'], name: 'neg' });
    const y = b.node('Add', [c, a], {}, { outputs: ['y'], name: 'last' });
    b.output(y, 'float32', ['N', 2]);
    b.output(b.node('Relu', [x], {}, { outputs: ['z'], name: 'side' }), 'float32', ['N', 2]);
  });
}

function valueOf(model: Model, name: string): Value {
  const value = model.graph.value(name);
  if (value === undefined) throw new Error(`no ${name}`);
  return value;
}

function cut(model: Model, inputs: readonly string[], outputs: readonly string[]): Model {
  const part = extractSubgraph(model, {
    inputs: inputs.map((name) => valueOf(model, name)),
    outputs: outputs.map((name) => valueOf(model, name)),
  });
  expect(checkStructure(part)).toEqual([]);
  return part;
}

/** Runs a model in onnxruntime. */
async function run(
  model: Model,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, number[]>> {
  const session = await openRunnable(writeModel(model), {});
  try {
    const outputs = await session.run(new Map(Object.entries(feeds)));
    return Object.fromEntries(
      [...outputs].map(([name, value]) => [name, isTensor(value) ? [...value.toFloat64()] : []]),
    );
  } finally {
    await session.close();
  }
}

describe('a part of a model', () => {
  test('has the nodes between its inputs and outputs, and their constants', async () => {
    const model = chain();
    const before = encodeModel(model).toBytes();
    const part = cut(model, ['a'], ['c']);
    expect(part.graph.nodes.map((node) => node.name)).toEqual(['add', 'neg']);
    expect(part.graph.inputs.map((value) => value.name)).toEqual(['a']);
    expect(part.graph.initializers.map((value) => value.name)).toEqual(['w']);
    // Its type is not written in the model, it follows from it.
    expect(part.graph.inputs[0]?.type).toEqual({
      kind: 'tensor',
      elementType: 'float32',
      shape: ['N', 2],
    });
    expect(await run(part, { a: float32([1, 2], [10, 20]) })).toEqual({ c: [-11, -17] });
    expect(encodeModel(model).toBytes()).toEqual(before);
  });

  test('stops at its inputs on every way, and may give several outputs', async () => {
    const part = cut(chain(), ['c', 'a'], ['y', 'a'].slice(0, 1));
    expect(part.graph.nodes.map((node) => node.name)).toEqual(['last']);
    const two = cut(chain(), ['x'], ['b', 'z']);
    expect(two.graph.outputs.map((value) => value.name)).toEqual(['b', 'z']);
    expect(await run(two, { x: float32([1, 2], [-1, 2]) })).toEqual({ b: [-1, 1], z: [0, 2] });
  });

  test('may begin at one output of a node and have the others made', async () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [4]);
      const half = b.initializer(tensorFrom('int64', [2], BigInt64Array.of(1n, 3n)), 'half');
      const [one, two] = b.nodes('Split', [x, half], {}, { outputs: ['one', 'two'] });
      if (!one || !two) throw new Error('no outputs');
      const sum = b.node('Add', [one, two], {}, { outputs: ['y'] });
      b.output(sum, 'float32', [3]);
    });
    const part = cut(model, ['x', 'one'], ['y']);
    expect(part.graph.inputs.map((value) => value.name)).toEqual(['x', 'one']);
    const given = { x: float32([4], [1, 2, 3, 4]), one: float32([1], [100]) };
    expect(await run(part, given)).toEqual({ y: [102, 103, 104] });
  });

  test('keeps inputs that it does not read, in the order given', () => {
    const part = cut(chain(), ['b', 'x', 'a'], ['c']);
    expect(part.graph.inputs.map((value) => value.name)).toEqual(['b', 'x', 'a']);
  });

  test('refuses what it cannot be cut at, and says why', () => {
    const model = chain();
    expect(() => cut(model, ['b'], ['y'])).toThrow(
      '"y" cannot be made of the inputs given for the part: it also depends on the model\'s input "x"',
    );
    expect(() => cut(model, ['a'], ['a'])).toThrow('"a" is both where the part begins and where');
    const other = chain();
    expect(() =>
      extractSubgraph(model, { inputs: [valueOf(other, 'a')], outputs: [valueOf(model, 'c')] }),
    ).toThrow('"a" is no value of the model\'s main graph');
    const unknown = buildModel({ opset: { '': 17, custom: 1 } }, (b) => {
      const x = b.input('x', 'float32', [2]);
      const made = b.node('Odd', [x], {}, { domain: 'custom', outputs: ['made'] });
      b.output(b.node('Neg', [made], {}, { outputs: ['y'] }), 'float32', [2]);
    });
    expect(() => cut(unknown, ['made'], ['y'])).toThrow('the part cannot begin at "made"');
    const made = valueOf(unknown, 'made');
    const part = extractSubgraph(unknown, {
      inputs: [made],
      outputs: [valueOf(unknown, 'y')],
      types: new Map([[made, { kind: 'tensor', elementType: 'float32', shape: [2] }]]),
    });
    expect(part.graph.nodes.length).toBe(1);
  });

  test('takes along what its subgraphs capture: a constant as one, a computed value as an input', async () => {
    const model = withBranches();
    const part = cut(model, ['a', 'flag'], ['y']);
    expect(part.graph.nodes.map((node) => node.opType)).toEqual(['If']);
    expect(part.graph.initializers.map((value) => value.name)).toEqual(['w']);
    const a = float32([2], [5, 7]);
    const yes = tensorFrom('bool', [], Uint8Array.of(1));
    const no = tensorFrom('bool', [], Uint8Array.of(0));
    expect(await run(part, { a, flag: yes })).toEqual({ y: [15, 14] });
    expect(await run(part, { a, flag: no })).toEqual({ y: [-5, -7] });
    // From the model's own inputs, what is captured is made in the part.
    const larger = cut(model, ['x', 'flag'], ['y']);
    expect(larger.graph.nodes.map((node) => node.opType)).toEqual(['Mul', 'If']);
    expect(() => cut(model, ['flag'], ['y'])).toThrow('depends on the model\'s input "x"');
  });

  test('has the functions that it calls, directly or not, and no others', async () => {
    const part = cut(withFunctions(), ['x'], ['y']);
    expect(part.functions.map((each) => each.name)).toEqual(['Outer', 'Inner']);
    expect(await run(part, { x: float32([2], [1, 2]) })).toEqual({ y: [4, 8] });
    expect(cut(withFunctions(), ['x'], ['z']).functions.map((each) => each.name)).toEqual([
      'Other',
    ]);
  });

  test('shares the constants of a file, and can be written and read again', () => {
    const big = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [1, 512]);
      const values = Float32Array.from({ length: 512 * 2048 }, (_, at) => at);
      const w = b.initializer(
        tensorFrom('float32', [512, 512], values.subarray(0, 512 * 512)),
        'w',
      );
      const v = b.initializer(tensorFrom('float32', [512, 2048], values), 'v');
      const a = b.node('MatMul', [x, w], {}, { outputs: ['a'] });
      b.output(b.node('MatMul', [a, v], {}, { outputs: ['y'] }), 'float32', [1, 2048]);
    });
    const open = openModel(writeModel(big));
    try {
      const part = cut(open.model, ['a'], ['y']);
      expect(open.bytesRead).toBeLessThan(300_000);
      const bytes = encodeModel(part).toBytes();
      expect(bytes.length).toBeLessThan(512 * 2048 * 4 + 1000);
      const again = readModel(bytes);
      expect(valueOf(again, 'v').initializer?.toFloat64().at(-1)).toBe(512 * 2048 - 1);
      expect(again.opsets).toEqual(open.model.opsets);
      expect(again.irVersion).toBe(open.model.irVersion);
    } finally {
      open.close();
    }
  });

  test('keeps constants that callers can override, and outputs that are constants', () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [2]);
      const w = b.initializer(float32([2], [1, 2]), 'w');
      b.graph.addInput('w', { kind: 'tensor', elementType: 'float32', shape: [2] });
      const a = b.node('Add', [x, w], {}, { outputs: ['a'] });
      b.output(b.node('Neg', [a], {}, { outputs: ['y'] }), 'float32', [2]);
    });
    const part = cut(model, ['x'], ['y', 'w']);
    expect(part.graph.inputs.map((value) => value.name)).toEqual(['x', 'w']);
    expect(part.graph.outputs.map((value) => value.name)).toEqual(['y', 'w']);
    const given = cut(model, ['x', 'w'], ['y']);
    expect(given.graph.initializers).toEqual([]);
  });
});

/** y = flag ? a·w : −a, where a = 2x is computed outside of the branches. */
function withBranches(): Model {
  return buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', [2]);
    const flag = b.input('flag', 'bool', []);
    const two = b.initializer(float32([], [2]), 'two');
    const w = b.initializer(float32([2], [3, 2]), 'w');
    const a = b.node('Mul', [x, two], {}, { outputs: ['a'] });
    const branch = (name: string, build: (inner: GraphBuilder) => Value) =>
      b.subgraph(name, (inner) => inner.output(build(inner), 'float32', [2]));
    const y = b.node(
      'If',
      [flag],
      {
        then_branch: branch('yes', (inner) => inner.node('Mul', [a, w], {}, { outputs: ['p'] })),
        else_branch: branch('no', (inner) => inner.node('Neg', [a], {}, { outputs: ['q'] })),
      },
      { outputs: ['y'] },
    );
    b.output(y, 'float32', [2]);
  });
}

/** y = Outer(x) = Inner(Inner(x)), Inner doubles; z = Other(x). */
function withFunctions(): Model {
  const model = buildModel({ opset: { '': 17, local: 1 }, irVersion: 8 }, (b) => {
    const x = b.input('x', 'float32', [2]);
    b.output(b.node('Outer', [x], {}, { domain: 'local', outputs: ['y'] }), 'float32', [2]);
    b.output(b.node('Other', [x], {}, { domain: 'local', outputs: ['z'] }), 'float32', [2]);
  });
  const define = (name: string, ops: readonly [string, string][]): void => {
    const body = buildModel({ opset: { '': 17, local: 1 } }, (b) => {
      const x = b.input('x', 'float32');
      b.output(
        ops.reduce(
          (value, [op, domain]) =>
            b.node(op, op === 'Add' ? [value, value] : [value], {}, { domain }),
          x,
        ),
      );
    }).graph;
    model.functions = [
      ...model.functions,
      {
        name,
        domain: 'local',
        overload: '',
        body,
        attributeNames: [],
        attributeDefaults: [],
        opsets: [
          { domain: '', version: 17 },
          { domain: 'local', version: 1 },
        ],
        docString: '',
        metadata: [],
      },
    ];
  };
  define('Outer', [
    ['Inner', 'local'],
    ['Inner', 'local'],
  ]);
  define('Other', [['Neg', '']]);
  define('Inner', [['Add', '']]);
  return model;
}
