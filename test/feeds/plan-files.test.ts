import fs from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { type FeedOptions, type FeedPlan, planFeeds, writeNpy } from '../../src/feeds/index.ts';
import { buildModel, type Dimension, type Model } from '../../src/graph/index.ts';
import { openModel } from '../../src/onnx/index.ts';
import { type DataType, type Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { numbersIn, tensorIn } from '../support/feeds.ts';
import { shared, temporaryFolder } from '../support/files.ts';
import { foreignBytes } from '../support/protobuf.ts';

const golden = path.join(import.meta.dirname, 'golden');

type Inputs = Readonly<Record<string, readonly [DataType, readonly Dimension[] | null]>>;

function modelWith(inputs: Inputs): Model {
  return buildModel({}, (b) => {
    for (const [name, [dtype, dims]] of Object.entries(inputs)) {
      b.output(b.node('Identity', [b.input(name, dtype, dims)]));
    }
  });
}

/** 0, 1, 2, … */
function counting(...dims: number[]): Tensor {
  const count = dims.reduce((all, size) => all * size, 1);
  return tensorFrom(
    'float32',
    dims,
    Float32Array.from({ length: count }, (_, at) => at),
  );
}

function npz(arrays: Readonly<Record<string, Tensor>>): string {
  const file = path.join(temporaryFolder(), 'data.npz');
  const members = Object.entries(arrays).map(([name, tensor]) => [`${name}.npy`, writeNpy(tensor)]);
  fs.writeFileSync(file, zipSync(Object.fromEntries(members) as Record<string, Uint8Array>));
  return file;
}

function npy(tensor: Tensor, name = 'x.npy', folder = temporaryFolder()): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, writeNpy(tensor));
  return file;
}

function plan(
  model: Model,
  inputs: string | string[],
  options: Partial<FeedOptions> = {},
): FeedPlan {
  return planFeeds(model, { seed: 0, inputs: [inputs].flat(), ...options });
}

function errorOf(work: () => unknown): { code: string; text: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof MlkitError)
      return { code: error.code, text: `${error.message} ${error.hint}` };
    throw error;
  }
  return { code: 'none', text: '' };
}

/** Shape and first element of an input in each feed. */
function pieces({ feeds }: FeedPlan, name = 'x'): unknown[] {
  return feeds.map((feed) => [tensorIn(feed, name).dims, numbersIn(feed, name)[0]]);
}

const rowsOf2 = modelWith({ x: ['float32', ['batch', 2]] });

describe('forms of --inputs', () => {
  test('a .npz, whose other arrays are named in a note', () => {
    const result = plan(rowsOf2, path.join(golden, 'stored.npz'));
    expect(pieces(result)).toEqual([[[6, 2], 0]]);
    expect(result.rows).toBe(6);
    expect(result.notes.join()).toContain('labels');
    expect(result.description).toEqual([
      { name: 'x', dtype: 'float32', shape: [6, 2], source: 'file stored.npz' },
    ]);
    expect(result.symbols).toEqual(new Map([['batch', 6]]));
  });

  test('a .npz whose arrays have no names of their own', () => {
    const model = modelWith({ a: ['float32', [null, 2]], b: ['int64', [null]] });
    const { description } = plan(model, path.join(golden, 'positional.npz'));
    expect(description.map(({ name, shape }) => [name, shape])).toEqual([
      ['a', [6, 2]],
      ['b', [6]],
    ]);
    expect(description[0]?.source).toContain('by position');
  });

  test('NAME=file.npy, also where name and path have "=" in them', () => {
    const model = modelWith({ 'a=b': ['float32', [2]], c: ['float32', [2]] });
    const folder = temporaryFolder();
    const sources = [
      `a=b=${npy(counting(2), 'd=e.npy', folder)}`,
      `c=${npy(counting(2), 'c.npy', folder)}`,
    ];
    expect([...(plan(model, sources).feeds[0]?.keys() ?? [])]).toEqual(['a=b', 'c']);
  });

  test('one .npy for the one input', () => {
    expect(pieces(plan(rowsOf2, npy(counting(3, 2))))).toEqual([[[3, 2], 0]]);
    const two = modelWith({ x: ['float32', [2]], y: ['float32', [2]] });
    const error = errorOf(() => plan(two, npy(counting(2))));
    expect(error.code).toBe('USAGE');
    expect(error.text).toContain('x, y');
  });

  test('a folder of .npy and .npz files', () => {
    const model = modelWith({ 'in/a:0': ['float32', [2]], b: ['float32', [2]] });
    const folder = temporaryFolder();
    npy(counting(2), 'in_a_0.npy', folder);
    npy(counting(2), 'b.npy', folder);
    npy(counting(2), 'c.npy', folder);
    const result = plan(model, folder);
    expect([...(result.feeds[0]?.keys() ?? [])]).toEqual(['in/a:0', 'b']);
    expect(result.notes.join()).toContain('c');
  });

  test('test data sets: one, or all in a folder, in the order of their numbers', () => {
    const folder = temporaryFolder();
    for (const at of [0, 2, 10]) {
      const set = path.join(folder, `test_data_set_${at}`);
      fs.mkdirSync(set);
      const content = { dims: [1, 2], data_type: 1, float_data: [at, 0] };
      fs.writeFileSync(path.join(set, 'input_0.pb'), foreignBytes('TensorProto', content));
    }
    const all = plan(rowsOf2, folder);
    expect(pieces(all)).toEqual([0, 2, 10].map((at) => [[1, 2], at]));
    expect([all.rows, all.rowsPerFeed]).toEqual([3, [1, 1, 1]]);
    expect(pieces(plan(rowsOf2, path.join(folder, 'test_data_set_2')))).toEqual([[[1, 2], 2]]);
    expect(errorOf(() => plan(rowsOf2, [folder, npy(counting(1, 2))])).code).toBe('USAGE');
  });

  test('anything else is a usage error or a missing file', () => {
    const model = modelWith({ x: ['float32', [2]] });
    expect(errorOf(() => plan(model, `z=${npy(counting(2))}`))).toMatchObject({ code: 'USAGE' });
    expect(errorOf(() => plan(model, 'absent.npz')).code).toBe('FILE_NOT_FOUND');
    expect(errorOf(() => plan(model, 'x=absent.npy')).code).toBe('FILE_NOT_FOUND');
    expect(errorOf(() => plan(model, temporaryFolder())).code).toBe('INPUT_DATA');
    const text = path.join(temporaryFolder(), 'x.txt');
    fs.writeFileSync(text, '1 2');
    expect(errorOf(() => plan(model, text)).code).toBe('USAGE');
    const file = npy(counting(2));
    expect(errorOf(() => plan(model, [`x=${file}`, `x=${file}`])).code).toBe('USAGE');
  });
});

describe('matching', () => {
  test('an input without an array is an error that tells what was found and what is needed', () => {
    const model = modelWith({ image: ['float32', ['batch', 3]], size: ['int64', [2]] });
    const { code, text } = errorOf(() =>
      plan(model, npz({ img: counting(2, 3), size: counting(2) })),
    );
    expect(code).toBe('INPUT_DATA');
    expect(text).toContain('"image" float32[batch, 3]');
    expect(text).toContain('"img" float32[2, 3], "size" float32[2]');
  });

  test('types convert where values are kept, and the source says so', () => {
    const model = modelWith({ x: ['float32', [2]] });
    const doubles = tensorFrom('float64', [2], Float64Array.of(0.1, 2));
    const { description } = plan(model, npz({ x: doubles }));
    expect(description[0]).toMatchObject({
      dtype: 'float32',
      source: 'file data.npz (float64 as float32, rounded)',
    });
    const integers = modelWith({ x: ['int32', [2]] });
    const error = errorOf(() => plan(integers, npz({ x: doubles })));
    expect(error.text).toContain('its value 0.1 does not fit int32');
  });

  test('inputs with a default are fed when the data has them, from IR 4 on', () => {
    const withDefault = (irVersion: number): Model =>
      buildModel({ irVersion }, (b) => {
        const x = b.input('x', 'float32', [2]);
        b.initializer(tensorFrom('float32', [2], new Float32Array(2), 'w'));
        b.output(b.node('Add', [x, b.input('w', 'float32', [2])]));
      });
    const data = npz({ x: counting(2), w: counting(2) });
    expect([...(plan(withDefault(8), data).feeds[0]?.keys() ?? [])]).toEqual(['x', 'w']);
    expect([...(plan(withDefault(3), data).feeds[0]?.keys() ?? [])]).toEqual(['x']);
    expect([...(plan(withDefault(8), npz({ x: counting(2) })).feeds[0]?.keys() ?? [])]).toEqual([
      'x',
    ]);
  });
});

describe('rows', () => {
  test('a symbolic batch takes up to 64 rows, and the last feed what is left', () => {
    const result = plan(rowsOf2, npz({ x: counting(150, 2) }));
    expect(pieces(result)).toEqual([
      [[64, 2], 0],
      [[64, 2], 128],
      [[22, 2], 256],
    ]);
    expect([result.rows, result.rowsPerFeed, result.notes]).toEqual([150, [64, 64, 22], []]);
  });

  test('a symbolic batch takes as many rows as asked for', () => {
    const result = plan(rowsOf2, npz({ x: counting(5, 2) }), { batch: 2 });
    expect(result.rowsPerFeed).toEqual([2, 2, 1]);
    expect(plan(rowsOf2, npz({ x: counting(5, 2) }), { batch: 8 }).rowsPerFeed).toEqual([5]);
  });

  test('a fixed batch takes its rows, and drops what is left with a note', () => {
    const model = modelWith({ x: ['float32', [4, 2]] });
    const result = plan(model, npz({ x: counting(10, 2) }));
    expect(pieces(result)).toEqual([
      [[4, 2], 0],
      [[4, 2], 8],
    ]);
    expect([result.rows, result.notes.join()]).toEqual([
      8,
      expect.stringContaining('last 2 of 10'),
    ]);
    expect(errorOf(() => plan(model, npz({ x: counting(3, 2) }))).code).toBe('INPUT_DATA');
    expect(errorOf(() => plan(model, npz({ x: counting(10, 2) }), { batch: 5 })).code).toBe(
      'USAGE',
    );
  });

  test('--dim and --shape fix a symbolic batch', () => {
    const data = npz({ x: counting(10, 2) });
    expect(plan(rowsOf2, data, { dims: new Map([['batch', 4]]) }).rowsPerFeed).toEqual([4, 4]);
    expect(plan(rowsOf2, data, { shapes: new Map([['x', [5, 2]]]) }).rowsPerFeed).toEqual([5, 5]);
  });

  test('an array with one axis more holds a feed an entry', () => {
    const model = modelWith({ x: ['float32', [1, 2]], s: ['float32', []] });
    const result = plan(model, npz({ x: counting(3, 1, 2), s: counting(3) }));
    expect(pieces(result)).toEqual([0, 2, 4].map((first) => [[1, 2], first]));
    expect(pieces(result, 's')).toEqual([0, 1, 2].map((value) => [[], value]));
  });

  test('what fits as it is goes into every feed; a batch on another axis is cut there', () => {
    const model = modelWith({
      x: ['float32', ['batch', 2]],
      rate: ['float32', []],
      state: ['float32', [2, 'batch', 1]],
    });
    const data = npz({ x: counting(3, 2), rate: counting(), state: counting(2, 3, 1) });
    const result = plan(model, data, { batch: 2 });
    expect(pieces(result, 'rate')).toEqual([
      [[], 0],
      [[], 0],
    ]);
    expect(result.feeds.map((feed) => numbersIn(feed, 'state'))).toEqual([
      [0, 1, 3, 4],
      [2, 5],
    ]);
  });

  test('sequences and vectors are not cut', () => {
    const sequence = modelWith({ x: ['float32', ['seq_len', 1, 2]] });
    expect(plan(sequence, npz({ x: counting(100, 1, 2) })).feeds).toHaveLength(1);
    const vector = modelWith({ x: ['float32', ['samples']] });
    expect(plan(vector, npz({ x: counting(100) })).feeds).toHaveLength(1);
  });

  test('rows that do not go together are an error', () => {
    const model = modelWith({ x: ['float32', ['batch', 2]], y: ['float32', ['batch', 3]] });
    const error = errorOf(() => plan(model, npz({ x: counting(4, 2), y: counting(5, 3) })));
    expect(error).toMatchObject({ code: 'INPUT_DATA', text: expect.stringContaining('"x" has 4') });
  });

  test('other shapes are an error that shows both', () => {
    const { code, text } = errorOf(() => plan(rowsOf2, npz({ x: counting(4, 3) })));
    expect(code).toBe('INPUT_DATA');
    expect(text).toContain('float32[batch, 2]');
    expect(text).toContain('float32[4, 3]');
  });

  const digits = path.join(shared, 'digits');
  test.skipIf(!fs.existsSync(digits))('the digits data meets the digits networks', () => {
    const { model, close } = openModel(path.join(digits, 'digits-cnn-dynamo-opset20.onnx'));
    const result = plan(model, path.join(digits, 'eval.npz'));
    expect(result.rows).toBe(600);
    expect(tensorIn(result.feeds[9], 'input').dims).toEqual([24, 1, 8, 8]);
    close();
  });
});
