import { describe, expect, onTestFinished, test } from 'vitest';
import { buildModel, type Model, tensorType, type ValueType } from '../../src/graph/index.ts';
import { openRunnable, type Runnable } from '../../src/parity/index.ts';
import type { Feeds } from '../../src/runtime/index.ts';
import {
  type DataType,
  dataTypes,
  isTensor,
  memoryStorage,
  packElements,
  stringTensor,
  Tensor,
  type TensorValue,
  tensorFrom,
} from '../../src/tensor/index.ts';
import { float32, saved } from './models.ts';

const sequenceOf = (dtype: DataType): ValueType => ({
  kind: 'sequence',
  element: tensorType(dtype, null),
});
const optionalOf = (element: ValueType): ValueType => ({ kind: 'optional', element });

async function opened(model: Model): Promise<Runnable> {
  const [file = ''] = await saved(['model.onnx', model]);
  const runnable = await openRunnable(file, { threads: 1 });
  onTestFinished(() => runnable.close());
  return runnable;
}

/** Type, sizes and elements of a value, to be compared at once. */
function plain(value: TensorValue | undefined): unknown {
  if (value === undefined || value === null) return value;
  if (!isTensor(value)) return value.map(plain);
  const elements = value.dtype === 'string' ? value.toStrings() : [...value.toFloat64()];
  return [value.dtype, [...value.dims], elements];
}

async function results(model: Model, feeds: Feeds = new Map()): Promise<Record<string, unknown>> {
  const outputs = await (await opened(model)).run(feeds);
  return Object.fromEntries([...outputs].map(([name, value]) => [name, plain(value)]));
}

function int(dtype: 'int8' | 'uint8' | 'bool', dims: readonly number[], values: readonly number[]) {
  const { arrayType } = dataTypes[dtype];
  return tensorFrom(dtype, dims, new (arrayType as Uint8ArrayConstructor)(values));
}

function int64(dims: readonly number[], values: readonly number[]): Tensor {
  return tensorFrom('int64', dims, BigInt64Array.from(values, BigInt));
}

function packed(dtype: 'int4' | 'uint4', values: readonly number[]): Tensor {
  const storage = memoryStorage(packElements(dtype, values));
  return new Tensor({ dtype, dims: [values.length], storage });
}

describe('sequences that a model gives', () => {
  /** Ragged sequences of a type: a matrix, a scalar and an empty vector. */
  const ragged = {
    float32: [float32([2, 2], [1, 2, 3, 4]), float32([], [5]), float32([0], [])],
    int64: [int64([2, 2], [1, 2, 3, 4]), int64([], [5]), int64([0], [])],
    bool: [int('bool', [2, 2], [1, 0, 0, 1]), int('bool', [], [1]), int('bool', [0], [])],
    string: [stringTensor([2, 2], ['a', '', 'ü', 'd']), stringTensor([], ['e'])],
  };

  test.each([11, 13, 24])('come element by element, opset %i', async (opset) => {
    const model = buildModel({ opset, irVersion: 8 }, (b) => {
      for (const [name, tensors] of Object.entries(ragged)) {
        const parts = tensors.map((tensor, at) => b.initializer(tensor, `${name}_${at}`));
        const sequence = b.node('SequenceConstruct', parts, {}, { outputs: [name] });
        b.output(sequence, sequenceOf(name as DataType));
      }
      const { code } = dataTypes.float32;
      const empty = b.node('SequenceEmpty', [], { dtype: code }, { outputs: ['empty'] });
      b.output(empty, sequenceOf('float32'));
    });
    const numbers = (dtype: string, last: number[][]) => [
      [dtype, [2, 2], last[0]],
      [dtype, [], last[1]],
      [dtype, [0], []],
    ];
    expect(await results(model)).toEqual({
      float32: numbers('float32', [[1, 2, 3, 4], [5]]),
      int64: numbers('int64', [[1, 2, 3, 4], [5]]),
      bool: numbers('bool', [[1, 0, 0, 1], [1]]),
      string: [
        ['string', [2, 2], ['a', '', 'ü', 'd']],
        ['string', [], ['e']],
      ],
      empty: [],
    });
  });

  test('have the length that the inputs give them', async () => {
    const runnable = await opened(
      buildModel({ opset: 17 }, (b) => {
        const x = b.input('x', 'float32', ['N', 2]);
        const split = b.node('SplitToSequence', [x], { axis: 0 }, { outputs: ['rows'] });
        b.output(split, sequenceOf('float32'));
        b.output(b.node('SequenceLength', [split], {}, { outputs: ['count'] }), 'int64', []);
      }),
    );
    const rows = (count: number) =>
      runnable.run(new Map([['x', float32([count, 2], [1, 2, 3, 4, 5, 6].slice(0, count * 2))]]));
    expect(plain((await rows(3)).get('rows'))).toEqual([
      ['float32', [1, 2], [1, 2]],
      ['float32', [1, 2], [3, 4]],
      ['float32', [1, 2], [5, 6]],
    ]);
    const one = await rows(1);
    expect(plain(one.get('rows'))).toEqual([['float32', [1, 2], [1, 2]]]);
    expect(plain(one.get('count'))).toEqual(['int64', [], [1]]);
    expect(runnable.notes).toEqual([
      'output "rows" is a sequence: its elements are read laid out one behind the other',
    ]);
  });

  test('may have thousands of elements', async () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', ['N', 200]);
      const split = b.node('SplitToSequence', [x], { axis: 0 }, { outputs: ['rows'] });
      b.output(split, sequenceOf('float32'));
    });
    const data = Float32Array.from({ length: 4000 * 200 }, (_, at) => at);
    const feeds = new Map([['x', tensorFrom('float32', [4000, 200], data)]]);
    const rows = (await (await opened(model)).run(feeds)).get('rows') as Tensor[];
    expect(rows).toHaveLength(4000);
    expect(rows[1234]?.dims).toEqual([1, 200]);
    expect(rows[1234]?.toFloat64()[7]).toBe(1234 * 200 + 7);
    expect(rows[3999]?.toFloat64()[199]).toBe(4000 * 200 - 1);
  });

  test('of types that no operator reads are told of', async () => {
    const model = buildModel({ opset: { '': 24 }, irVersion: 10 }, (b) => {
      const x = b.input('x', 'float32', ['N']);
      const narrow = b.node('Cast', [x], { to: dataTypes.bfloat16.code });
      const split = b.node('SplitToSequence', [narrow], {}, { outputs: ['parts'] });
      b.output(split, sequenceOf('bfloat16'));
      b.output(b.node('Neg', [x], {}, { outputs: ['y'] }), 'float32', ['N']);
    });
    const { outputs } = await opened(model).catch((error: unknown) => {
      // The runtime may refuse the operator in the first place.
      expect(String(error)).toContain('SplitToSequence');
      return { outputs: [] };
    });
    for (const { name, unpassable } of outputs) {
      if (name === 'parts') expect(unpassable).toContain('sequences and optionals of bfloat16');
      else expect(unpassable).toBeNull();
    }
  });
});

describe('sequences that a model takes', () => {
  /** y: the elements one behind the other; n: how many. */
  const joining = buildModel({ opset: 17 }, (b) => {
    const s = b.input('s', sequenceOf('float32'));
    const start = b.initializer(float32([0], []), 'none');
    const all = b.node('SequenceInsert', [s, start]);
    b.output(b.node('ConcatFromSequence', [all], { axis: 0 }, { outputs: ['y'] }), 'float32', [
      null,
    ]);
    b.output(b.node('SequenceLength', [s], {}, { outputs: ['n'] }), 'int64', []);
  });

  test('may have any length, and another one in each run', async () => {
    const runnable = await opened(joining);
    expect(runnable.inputs).toEqual([{ name: 's', kind: 'sequence', dtype: 'float32' }]);
    const run = async (...lengths: number[]) => {
      const elements = lengths.map((length, at) =>
        float32(
          [length],
          Array.from({ length }, () => at),
        ),
      );
      const outputs = await runnable.run(new Map([['s', elements]]));
      return [plain(outputs.get('y')), plain(outputs.get('n'))];
    };
    const expected = (values: number[], count: number) => [
      ['float32', [values.length], values],
      ['int64', [], [count]],
    ];
    expect(await run(2, 1)).toEqual(expected([0, 0, 1], 2));
    expect(await run()).toEqual(expected([], 0));
    expect(await run(1, 3, 0)).toEqual(expected([0, 1, 1, 1], 3));
    // More lengths than sessions are kept, and back to the first.
    expect(await run(1)).toEqual(expected([0], 1));
    expect(await run(1, 1, 1, 1)).toEqual(expected([0, 1, 2, 3], 4));
    expect(await run(1, 2)).toEqual(expected([0, 1, 1], 2));
  });

  test('are answered in order where several are asked for at once', async () => {
    const runnable = await opened(joining);
    const runs = [1, 2, 3, 4, 5].map((count) =>
      runnable.run(new Map([['s', Array.from({ length: count }, () => float32([1], [7]))]])),
    );
    const counts = (await Promise.all(runs)).map((outputs) => plain(outputs.get('n')));
    expect(counts).toEqual([1, 2, 3, 4, 5].map((count) => ['int64', [], [count]]));
  });

  test('may hold text, and be given back as they are', async () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const s = b.input('s', sequenceOf('string'));
      b.output(b.node('Identity', [s], {}, { outputs: ['t'] }), sequenceOf('string'));
    });
    const given = [stringTensor([2], ['x', '']), stringTensor([], ['ß'])];
    expect(await results(model, new Map([['s', given]]))).toEqual({
      t: [
        ['string', [2], ['x', '']],
        ['string', [], ['ß']],
      ],
    });
  });

  test('are held against what the model takes', async () => {
    const runnable = await opened(joining);
    const run = (value: TensorValue) => runnable.run(new Map([['s', value]]));
    await expect(run(float32([1], [1]))).rejects.toMatchObject({
      code: 'INPUT_DATA',
      message: expect.stringContaining('"s" is a tensor; it takes a sequence'),
    });
    await expect(run(null)).rejects.toThrow('"s" is nothing; it takes a sequence');
    await expect(run([int64([1], [1])])).rejects.toThrow('"s" is int64[1]; it takes float32');
    await expect(runnable.run(new Map())).rejects.toThrow('there is no data for input "s"');
  });
});

describe('optionals', () => {
  /** An optional of x where the flag is set, else one without a value. */
  const choosing = (element: ValueType) =>
    buildModel({ opset: 17 }, (b) => {
      const flag = b.input('flag', 'bool', []);
      const x = b.input('x', 'float32', [null]);
      const inner = element.kind === 'sequence' ? b.node('SequenceConstruct', [x, x]) : x;
      const there = b.subgraph('there', (then) => {
        then.output(then.node('Optional', [inner]), optionalOf(element));
      });
      const nothing = b.subgraph('nothing', (otherwise) => {
        const { graph } = otherwise;
        const node = graph.addNode({
          opType: 'Optional',
          inputs: [],
          outputs: [graph.model.names.allocate('nothing')],
          attributes: [{ name: 'type', type: 'type', value: element }],
        });
        const [value] = node.outputs;
        if (value) otherwise.output(value, optionalOf(element));
      });
      const chosen = b.node(
        'If',
        [flag],
        { then_branch: there, else_branch: nothing },
        { outputs: ['o'] },
      );
      b.output(chosen, optionalOf(element));
    });

  const given = (flag: boolean) =>
    new Map([
      ['flag', int('bool', [], [flag ? 1 : 0])],
      ['x', float32([2], [3, 4])],
    ]);

  test('that a model gives hold a tensor, a sequence or nothing', async () => {
    const tensor = await opened(choosing(tensorType('float32', [null])));
    expect(plain((await tensor.run(given(true))).get('o'))).toEqual(['float32', [2], [3, 4]]);
    expect((await tensor.run(given(false))).get('o')).toBeNull();
    const sequence = await opened(choosing(sequenceOf('float32')));
    expect(plain((await sequence.run(given(true))).get('o'))).toEqual([
      ['float32', [2], [3, 4]],
      ['float32', [2], [3, 4]],
    ]);
    expect((await sequence.run(given(false))).get('o')).toBeNull();
  });

  test('that a model takes may be there or not', async () => {
    const runnable = await opened(
      buildModel({ opset: 18 }, (b) => {
        const o = b.input('o', optionalOf(tensorType('float32', [null])));
        const q = b.input('q', optionalOf(sequenceOf('int64')));
        b.output(b.node('OptionalHasElement', [o], {}, { outputs: ['has'] }), 'bool', []);
        b.output(
          b.node('Identity', [o], {}, { outputs: ['same'] }),
          optionalOf(tensorType('float32', [null])),
        );
        b.output(
          b.node('Identity', [q], {}, { outputs: ['list'] }),
          optionalOf(sequenceOf('int64')),
        );
      }),
    );
    expect(runnable.inputs.map(({ kind }) => kind)).toEqual(['optional', 'optional-sequence']);
    const run = async (o: TensorValue, q: TensorValue) => {
      const outputs = await runnable.run(
        new Map([
          ['o', o],
          ['q', q],
        ]),
      );
      return ['has', 'same', 'list'].map((name) => plain(outputs.get(name)));
    };
    expect(await run(float32([2], [1, 2]), [int64([1], [5])])).toEqual([
      ['bool', [], [1]],
      ['float32', [2], [1, 2]],
      [['int64', [1], [5]]],
    ]);
    expect(await run(null, [])).toEqual([['bool', [], [0]], null, []]);
    expect(await run(null, null)).toEqual([['bool', [], [0]], null, null]);
    expect((await runnable.run(new Map())).get('same')).toBeNull();
    await expect(run(float32([1], [1]), float32([1], [1]))).rejects.toThrow(
      '"q" is a tensor; it takes an optional sequence',
    );
  });
});

describe('tensors of types that the binding does not know', () => {
  test('pass both ways, and int4 does not end the process', async () => {
    const model = buildModel({ opset: 21, irVersion: 10 }, (b) => {
      const four = b.input('four', 'int4', [3]);
      const wide = b.node('Cast', [four], { to: dataTypes.float32.code });
      b.output(b.node('Neg', [wide], {}, { outputs: ['y'] }), 'float32', [3]);
      const x = b.input('x', 'bfloat16', [2]);
      b.output(b.node('Identity', [x], {}, { outputs: ['same'] }), 'bfloat16', [2]);
      b.output(
        b.node('Cast', [wide], { to: dataTypes.int4.code }, { outputs: ['z'] }),
        'int4',
        [3],
      );
    });
    const feeds = new Map([
      ['four', packed('int4', [-8, 7, 1])],
      // 1.5 and -2 in bfloat16: the upper halves of 0x3fc00000 and 0xc0000000.
      ['x', tensorFrom('bfloat16', [2], Uint16Array.of(0x3fc0, 0xc000))],
    ]);
    expect(await results(model, feeds)).toEqual({
      y: ['float32', [3], [8, -7, -1]],
      same: ['bfloat16', [2], [1.5, -2]],
      z: ['int4', [3], [-8, 7, 1]],
    });
    const long = new Map([...feeds, ['four', packed('int4', [1, 2])]]);
    await expect(results(model, long)).rejects.toThrow('the data for input "four" is int8[2]');
    const wrong = new Map([...feeds, ['four', packed('uint4', [1, 2, 3])]]);
    await expect(results(model, wrong)).rejects.toThrow('"four" is uint4[3]; it takes int4');
  });
});

describe('maps', () => {
  const mapOf = (keyType: DataType, value: DataType): ValueType => ({
    kind: 'map',
    keyType,
    value: tensorType(value, []),
  });
  const ml = { '': 17, 'ai.onnx.ml': 1 };

  test('that DictVectorizer reads are fed as the row that it makes', async () => {
    const model = buildModel({ opset: ml }, (b) => {
      const x = b.input('x', mapOf('string', 'float32'));
      const domain = 'ai.onnx.ml';
      const row = b.node('DictVectorizer', [x], { string_vocabulary: ['b', 'a'] }, { domain });
      b.output(b.node('Neg', [row], {}, { outputs: ['y'] }), 'float32', [1, 2]);
    });
    expect(await results(model, new Map([['x', float32([1, 2], [1, 2])]]))).toEqual({
      y: ['float32', [1, 2], [-1, -2]],
    });
  });

  test('that others read cannot be fed', async () => {
    const model = buildModel({ opset: ml }, (b) => {
      const x = b.input('x', mapOf('int64', 'float32'));
      const y = b.node('CastMap', [x], {}, { domain: 'ai.onnx.ml', outputs: ['y'] });
      b.output(y, 'float32', [1, null]);
    });
    await expect(opened(model)).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      message: expect.stringContaining('input "x" cannot be fed: it is map(int64, float32[])'),
    });
  });

  test('that ZipMap makes are a matrix, also where it is given one row', async () => {
    const zip = (shape: readonly number[]) =>
      buildModel({ opset: ml }, (b) => {
        const x = b.input('x', 'float32', shape);
        const maps = b.node(
          'ZipMap',
          [x],
          { classlabels_int64s: [7n, 9007199254740993n] },
          { domain: 'ai.onnx.ml', outputs: ['maps'] },
        );
        b.output(maps, { kind: 'sequence', element: mapOf('int64', 'float32') });
      });
    const two = await opened(zip([2, 2]));
    expect(two.outputs[0]?.keys).toEqual(['7', '9007199254740993']);
    const found = await two.run(new Map([['x', float32([2, 2], [1, 2, 3, 4])]]));
    expect(plain(found.get('maps'))).toEqual(['float32', [2, 2], [1, 2, 3, 4]]);
    expect(await results(zip([2]), new Map([['x', float32([2], [1, 2])]]))).toEqual({
      maps: ['float32', [1, 2], [1, 2]],
    });
  });
});

describe('what cannot be passed', () => {
  const sparse: ValueType = { kind: 'sparse-tensor', elementType: 'float32', shape: [2, 2] };

  test('is told of, and the rest is run', async () => {
    const model = buildModel({ opset: { '': 17, 'com.microsoft': 1 } }, (b) => {
      const s = b.input('s', sparse);
      const x = b.input('x', 'float32', [2, 2]);
      const y = b.node('SparseToDenseMatMul', [s, x], {}, { domain: 'com.microsoft' });
      b.output(y, 'float32', [2, 2]);
    });
    await expect(opened(model)).rejects.toThrow(
      'input "s" cannot be fed: it is sparse float32[2, 2], which onnxruntime-node cannot pass',
    );
  });

  test('is an error where there is nothing else', async () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [1]);
      b.output(b.node('Identity', [x], {}, { outputs: ['y'] }), {
        kind: 'map',
        keyType: 'int64',
        value: tensorType('float32', []),
      });
    });
    await expect(opened(model)).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      message: expect.stringContaining('output "y" cannot be had: it is map(int64, float32[])'),
    });
  });
});

describe('inputs with a default', () => {
  test('keep it, or take what is fed', async () => {
    const runnable = await opened(
      buildModel({ opset: 17 }, (b) => {
        const x = b.input('x', 'float32', [2]);
        b.initializer(float32([2], [10, 20]), 'w');
        const w = b.input('w', 'float32', [2]);
        b.output(b.node('Add', [x, w], {}, { outputs: ['y'] }), 'float32', [2]);
      }),
    );
    const x = float32([2], [1, 2]);
    const w = float32([2], [5, 5]);
    expect(runnable.inputs.map(({ name }) => name)).toEqual(['x']);
    const run = async (feeds: Feeds) => plain((await runnable.run(feeds)).get('y'));
    expect(await run(new Map([['x', x]]))).toEqual(['float32', [2], [11, 22]]);
    expect(
      await run(
        new Map([
          ['x', x],
          ['w', w],
        ]),
      ),
    ).toEqual(['float32', [2], [6, 7]]);
    const stray = new Map([
      ['x', x],
      ['v', w],
    ]);
    await expect(run(stray)).rejects.toThrow('it has no input "v"');
  });
});
