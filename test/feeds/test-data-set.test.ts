import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { planFeeds, readTestDataSet } from '../../src/feeds/index.ts';
import { buildModel, type Model, tensorType } from '../../src/graph/index.ts';
import { openModel } from '../../src/onnx/index.ts';
import {
  type Tensor,
  type TensorValue,
  tensorFrom,
  tensorsOfValue,
} from '../../src/tensor/index.ts';
import { filesBelow, shared, temporaryFolder } from '../support/files.ts';
import { foreignBytes } from '../support/protobuf.ts';

/** A file as protobufjs writes it: two float32 numbers. */
function pb(name: string, ...values: [number, number]): Uint8Array {
  return foreignBytes('TensorProto', { name, dims: [2], data_type: 1, float_data: values });
}

function folderWith(files: Readonly<Record<string, Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(files))
    fs.writeFileSync(path.join(folder, name), bytes);
  return folder;
}

/** Inputs a, w (with a default), b; and a sequence s where asked for. Output y = a + b. */
function model({ withSequence = false } = {}): Model {
  return buildModel({}, (b) => {
    const a = b.input('a', 'float32', [2]);
    b.initializer(tensorFrom('float32', [2], new Float32Array(2), 'w'));
    b.input('w', 'float32', [2]);
    if (withSequence) b.input('s', { kind: 'sequence', element: tensorType('float32', null) });
    const other = b.input('b', 'float32', [2]);
    b.output(b.node('Add', [a, other], {}, { outputs: ['y'] }), 'float32', [2]);
  });
}

function values(tensors: ReadonlyMap<string, TensorValue>): Record<string, number[]> {
  return Object.fromEntries(
    [...tensors].map(([name, tensor]) => [name, [...(tensor as Tensor).toFloat64()]]),
  );
}

describe('readTestDataSet', () => {
  test('goes by number, and inputs with a default do not count', () => {
    const folder = folderWith({
      'input_1.pb': pb('', 3, 4),
      'input_0.pb': pb('', 1, 2),
      'output_0.pb': pb('', 4, 6),
    });
    const set = readTestDataSet(folder, model());
    expect(values(set.inputs)).toEqual({ a: [1, 2], b: [3, 4] });
    expect(values(set.outputs)).toEqual({ y: [4, 6] });
    expect(set.skipped).toEqual([]);
  });

  test('goes by the name that a tensor has, also to an input with a default', () => {
    const folder = folderWith({
      'input_0.pb': pb('b', 1, 2),
      'input_1.pb': pb('a', 3, 4),
      'input_2.pb': pb('w', 5, 6),
    });
    const { inputs } = readTestDataSet(folder, model());
    expect(values(inputs)).toEqual({ a: [3, 4], b: [1, 2], w: [5, 6] });
  });

  test('sorts by number, not by text', () => {
    const many = buildModel({}, (b) => {
      for (let at = 0; at < 12; at += 1) b.input(`x${at}`, 'float32', [2]);
    });
    const files = Array.from({ length: 12 }, (_, at) => [`input_${at}.pb`, pb('', at, 0)] as const);
    const { inputs } = readTestDataSet(folderWith(Object.fromEntries(files)), many);
    expect((inputs.get('x10') as Tensor).toFloat64()[0]).toBe(10);
    expect((inputs.get('x2') as Tensor).toFloat64()[0]).toBe(2);
  });

  test('reads sequences, optionals and what no input is for', () => {
    const tensor = (...values: [number, number]) => ({
      dims: [2],
      data_type: 1,
      float_data: values,
    });
    const sequence = foreignBytes('SequenceProto', {
      elem_type: 1,
      tensor_values: [tensor(7, 8), tensor(9, 10)],
    });
    const folder = folderWith({
      'input_0.pb': pb('', 1, 2),
      'input_1.pb': sequence,
      'input_2.pb': pb('', 3, 4),
      'input_3.pb': pb('', 5, 6),
    });
    const { inputs, skipped } = readTestDataSet(folder, model({ withSequence: true }));
    expect([...inputs.keys()]).toEqual(['a', 's', 'b']);
    expect(tensorsOfValue(inputs.get('s') ?? null).map((each) => [...each.toFloat64()])).toEqual([
      [7, 8],
      [9, 10],
    ]);
    expect(skipped).toEqual([
      {
        name: 'input_3.pb',
        kind: 'input',
        value: null,
        reason: 'the model has no input for it',
        isWrong: true,
      },
    ]);
    const optional = buildModel({}, (b) => {
      const element = tensorType('float32', [2]);
      b.input('o', { kind: 'optional', element });
      b.input('p', { kind: 'optional', element: { kind: 'sequence', element } });
      b.input('q', { kind: 'optional', element });
    });
    const set = readTestDataSet(
      folderWith({
        'input_0.pb': foreignBytes('OptionalProto', { elem_type: 1, tensor_value: tensor(1, 2) }),
        'input_1.pb': foreignBytes('OptionalProto', {
          elem_type: 3,
          sequence_value: { elem_type: 1, tensor_values: [tensor(3, 4)] },
        }),
        'input_2.pb': foreignBytes('OptionalProto', { name: 'q' }),
      }),
      optional,
    );
    expect([...(set.inputs.get('o') as Tensor).toFloat64()]).toEqual([1, 2]);
    expect((set.inputs.get('p') as Tensor[]).map((each) => each.dims)).toEqual([[2]]);
    expect(set.inputs.get('q')).toBeNull();
  });

  test('brings maps into the order of the keys that the model knows', () => {
    const scalar = (value: number) => ({ dims: [1], data_type: 1, float_data: [value] });
    const map = (keys: readonly number[], values: readonly number[]) => ({
      key_type: 7,
      keys,
      values: { elem_type: 1, tensor_values: values.map(scalar) },
    });
    const ofMaps = buildModel({ opset: { '': 17, 'ai.onnx.ml': 1 } }, (b) => {
      const type = { kind: 'map', keyType: 'int64', value: tensorType('float32', []) } as const;
      const domain = 'ai.onnx.ml';
      const m = b.input('m', type);
      b.node('DictVectorizer', [m], { int64_vocabulary: [30, 10, 20] }, { domain });
      const scores = b.input('scores', 'float32', [null, 2]);
      const zipped = b.node('ZipMap', [scores], { classlabels_int64s: [5, 6] }, { domain });
      b.output(zipped, { kind: 'sequence', element: type });
    });
    const sequence = (...maps: ReturnType<typeof map>[]) =>
      foreignBytes('SequenceProto', { elem_type: 4, map_values: maps });
    const set = readTestDataSet(
      folderWith({
        'input_0.pb': foreignBytes('MapProto', map([10, 30, 99], [1, 2, 3])),
        'output_0.pb': sequence(map([5, 6], [0.25, 0.75]), map([6, 5], [1, 0])),
      }),
      ofMaps,
    );
    const [row] = [...set.inputs.values()] as Tensor[];
    expect([row?.dims, [...(row?.toFloat64() ?? [])]]).toEqual([
      [1, 3],
      [2, 1, 0],
    ]);
    const [matrix] = [...set.outputs.values()] as Tensor[];
    expect([matrix?.dims, [...(matrix?.toFloat64() ?? [])]]).toEqual([
      [2, 2],
      [0.25, 0.75, 0, 1],
    ]);
    const other = readTestDataSet(
      folderWith({ 'output_0.pb': sequence(map([5, 7], [0.25, 0.75])) }),
      ofMaps,
    );
    expect(other.skipped).toMatchObject([
      { isWrong: true, reason: expect.stringContaining('the keys 5, 7 instead of 5, 6') },
    ]);
  });

  test('leaves out what cannot be passed, with the reason', () => {
    const sparse = buildModel({}, (b) => {
      b.input('s', { kind: 'sparse-tensor', elementType: 'float32', shape: [2] });
    });
    const { skipped } = readTestDataSet(folderWith({ 'input_0.pb': pb('', 1, 2) }), sparse);
    expect(skipped).toMatchObject([
      { value: 's', isWrong: false, reason: expect.stringContaining('sparse float32[2]') },
    ]);
  });

  test('refuses a folder without such files, and two files for one input', () => {
    const wrong = (folder: string) => expect(() => readTestDataSet(folder, model()));
    wrong(temporaryFolder()).toThrow('no ONNX test data set');
    wrong(folderWith({ 'input_0.pb': pb('', 1, 2), 'input_1.pb': pb('a', 1, 2) })).toThrow(
      'second file for input "a"',
    );
    wrong(path.join(temporaryFolder(), 'absent')).toThrow('there is no such file');
  });

  const models = filesBelow(path.join(shared, 'onnx-backend', 'pytorch-operator'), 'model.onnx');
  test.skipIf(models.length === 0)("gives every input of ONNX's own tests its tensor", () => {
    for (const file of models) {
      const opened = openModel(file);
      const set = readTestDataSet(path.join(path.dirname(file), 'test_data_set_0'), opened.model);
      const required = opened.model.graph.inputs.filter((value) => value.initializer === null);
      expect([...set.inputs.keys()]).toEqual(required.map((value) => value.name));
      for (const value of required) {
        const shape = value.type?.kind === 'tensor' ? value.type.shape : null;
        expect((set.inputs.get(value.name) as Tensor).dims).toEqual(shape);
      }
      opened.close();
    }
  });
});

describe('planFeeds', () => {
  test('takes sequences and optionals from test data sets', () => {
    const element = tensorType('float32', [2]);
    const taking = buildModel({}, (b) => {
      b.input('x', 'float32', [2]);
      b.input('s', { kind: 'sequence', element });
      b.input('o', { kind: 'optional', element });
      b.input('p', { kind: 'optional', element });
    });
    const tensor = { dims: [2], data_type: 1, float_data: [5, 6] };
    const set = folderWith({
      'input_0.pb': pb('', 1, 2),
      'input_1.pb': foreignBytes('SequenceProto', { elem_type: 1, tensor_values: [tensor] }),
      'input_2.pb': foreignBytes('OptionalProto', { elem_type: 1, tensor_value: tensor }),
      'input_3.pb': foreignBytes('OptionalProto', {}),
    });
    const { feeds } = planFeeds(taking, { inputs: [set], seed: 0 });
    expect(feeds).toHaveLength(1);
    const [feed] = feeds;
    const found = [...(feed ?? [])].map(([name, value]) => [
      name,
      value === null ? null : tensorsOfValue(value).map((each) => [...each.toFloat64()]),
    ]);
    expect(Object.fromEntries(found)).toEqual({ x: [[1, 2]], s: [[5, 6]], o: [[5, 6]], p: null });
  });
});
