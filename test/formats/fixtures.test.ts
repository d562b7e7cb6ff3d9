import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ForeignFile } from '../../src/formats/index.ts';
import { openModel } from '../../src/onnx/index.ts';
import { filesBelow, fixtures, shared } from '../support/files.ts';
import { codesOf, fixtureBytes, formatFixtures, readBytes } from './read.ts';

/** What the frameworks themselves say of the files; see fixtures/formats/make.py. */
interface Expected {
  readonly tensors?: readonly { name: string; dtype: string; shape: number[] }[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly operators?: Readonly<Record<string, number>>;
  readonly globals?: Readonly<Record<string, number>>;
  readonly inputs?: readonly (string | readonly [string, string, unknown[]])[];
  readonly outputs?: readonly (string | readonly [string, string, unknown[]])[];
}

const expected = JSON.parse(
  fs.readFileSync(path.join(formatFixtures, 'expected.json'), 'utf8'),
) as Record<string, Expected>;

function byName<T extends { readonly name: string }>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function tensorsOf({ tensors }: ForeignFile): Expected['tensors'] {
  return byName(
    tensors.map(({ name, dtype, shape }) => ({
      name,
      dtype: dtype ?? '',
      shape: [...(shape ?? [])],
    })),
  );
}

const withTensors = Object.entries(expected).flatMap(([name, { tensors }]) =>
  tensors === undefined ? [] : [[name, tensors] as const],
);
const withGlobals = Object.entries(expected).flatMap(([name, { globals }]) =>
  globals === undefined ? [] : [[name, globals] as const],
);

/** Old pickles do not begin in a way of their own; `inspect` goes by their names. */
const plainKinds: Readonly<Record<string, string>> = {
  'protocol-0.pkl': 'pickle',
  'protocol-1.pkl': 'pickle',
};

describe('what the framework says of a file', () => {
  test('is there for many', () => {
    expect(withTensors.length).toBeGreaterThan(10);
    expect(withGlobals.length).toBeGreaterThan(6);
  });

  test.each(withTensors)('%s: tensors', async (name, tensors) => {
    const file = await readBytes(fixtureBytes(name), plainKinds[name]);
    expect(tensorsOf(file)).toEqual(byName(tensors));
    expect(codesOf(file)).toEqual([]);
  });

  // Of an archive, what its data.pkl names.
  test.each(withGlobals)('%s: what its pickle names', async (name, globals) => {
    const file = await readBytes(fixtureBytes(name), plainKinds[name]);
    expect(Object.fromEntries((file.globals ?? []).map((each) => [each.name, each.count]))).toEqual(
      globals,
    );
    expect(new Set(file.globals?.map(({ kind }) => kind))).toEqual(new Set(['known']));
  });
});

describe('safetensors', () => {
  test('metadata and bytes', async () => {
    const file = await readBytes(fixtureBytes('types.safetensors'));
    expect(file).toMatchObject({
      format: 'safetensors',
      metadata: expected['types.safetensors']?.metadata,
    });
    const bytes = Object.fromEntries(file.tensors.map((each) => [each.name, each.bytes]));
    // 2x3 of two bytes, 4 of one, 4 of one, 5 of two, 3 of eight, 1 of eight, none.
    expect(bytes).toEqual({ bf16: 12, bool: 4, f8: 4, half: 10, index: 24, scalar: 8, u8: 0 });
  });
});

describe('PyTorch', () => {
  test.each(['checkpoint.pt', 'checkpoint-legacy.pt'])('%s: beside the weights', async (name) => {
    const file = await readBytes(fixtureBytes(name));
    expect(file.format).toBe('pytorch');
    expect(file.metadata).toMatchObject(expected[name]?.metadata ?? {});
    const tensor = (last: string) => file.tensors.find((each) => each.name.endsWith(last));
    expect(tensor('.tied')).toMatchObject({ sameAs: 'state_dict.head.weight', bytes: 96 });
    // A view with gaps has the bytes of its own elements.
    expect(tensor('.column')).toMatchObject({ shape: [3], bytes: 12 });
    expect(tensor('.column')?.sameAs).toBeUndefined();
  });

  test('an exported program', async () => {
    const file = await readBytes(fixtureBytes('net.pt2'));
    expect(file).toMatchObject({
      format: 'pt2',
      version: '8.20',
      metadata: { torch_version: '2.13.0+cpu', 'opset aten': '10' },
      operators: expected['net.pt2']?.operators,
    });
    expect(file.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['s77', 1, 4, 4] }]);
    expect(file.outputs).toEqual([{ name: 'linear', type: 'float32', shape: ['s77', 3] }]);
    expect(file.inputs?.map(({ name }) => name)).toEqual(expected['net.pt2']?.inputs);
    // Its sample inputs are a pickle, which is looked through, too.
    expect(file.globals?.map(({ name }) => name)).toContain('torch._utils._rebuild_tensor_v2');
  });

  test('a TorchScript archive', async () => {
    const file = await readBytes(fixtureBytes('net.torchscript.pt'));
    expect(file.format).toBe('torchscript');
    // The forward of make.py's network, as traced.
    expect(file.operators).toEqual({
      'aten._convolution': 1,
      'aten.batch_norm': 1,
      'aten.relu': 1,
      'aten.flatten': 1,
      'aten.linear': 1,
    });
  });
});

describe('NumPy', () => {
  test.each(['arrays.npz', 'arrays-compressed.npz'])('%s', async (name) => {
    const file = await readBytes(fixtureBytes(name));
    expect(file.format).toBe('npz');
    expect(codesOf(file)).toEqual([]);
    expect(file.globals).toBeUndefined();
    const zeros = { name: 'zeros', dtype: 'float32', shape: [500, 600], bytes: 1_200_000 };
    expect(byName(file.tensors)).toEqual([
      { name: 'fortran', dtype: 'float32', shape: [2, 3], bytes: 24 },
      { name: 'ints', dtype: 'int64', shape: [4], bytes: 32 },
      { name: 'scalar', dtype: 'float64', shape: [], bytes: 8 },
      { name: 'text', dtype: 'string', shape: [2], bytes: 16 },
      ...(name === 'arrays.npz' ? [] : [zeros]),
    ]);
  });

  test('an array of objects is a pickle', async () => {
    const file = await readBytes(fixtureBytes('objects.npy'));
    expect(file).toMatchObject({ format: 'npy', tensors: [{ dtype: 'object', shape: [2] }] });
    expect(codesOf(file)).toEqual(['array-objects']);
    expect(file.globals?.map(({ name }) => name)).toContain('numpy.ndarray');
  });

  test('arrays between the operations of a pickle, as joblib writes', async () => {
    const file = await readBytes(fixtureBytes('arrays.joblib'));
    expect(codesOf(file)).toEqual(['pickle-joblib']);
    expect(file.tensors).toEqual([
      { name: 'a', dtype: 'float64', shape: [30, 2], bytes: 480 },
      { name: 'objects', dtype: 'object', shape: [2], bytes: null },
      { name: 'b', dtype: 'int64', shape: [3], bytes: 24 },
    ]);
    // Named by the pickle of the array of objects, in the middle.
    expect(file.globals?.map(({ name }) => name)).toContain('numpy._core.multiarray._reconstruct');
  });
});

describe('ORT format', () => {
  const types: Readonly<Record<string, string>> = {
    'tensor(bool)': 'bool',
    'tensor(float)': 'float32',
    'seq(tensor(float))': 'seq(float32)',
  };

  test.each(['if-capture', 'sequence-output'])(
    '%s: as the runtime and its model say',
    async (name) => {
      const file = await readBytes(fixtureBytes(`${name}.ort`));
      expect(file.format).toBe('ort');
      expect(codesOf(file)).toEqual([]);
      for (const kind of ['inputs', 'outputs'] as const) {
        const told = (expected[`${name}.ort`]?.[kind] ?? []) as readonly [
          string,
          string,
          unknown[],
        ][];
        expect(told.length).toBeGreaterThan(0);
        expect(file[kind]).toEqual(
          told.map(([value, type, shape]) => ({
            name: value,
            type: types[type],
            shape: type.startsWith('tensor') ? shape : null,
          })),
        );
      }
      const open = openModel(path.join(fixtures, 'models', `${name}.onnx`));
      const { irVersion, opsets } = open.model;
      open.close();
      expect(file.metadata).toMatchObject({
        ir_version: String(irVersion),
        'opset ai.onnx': String(opsets.find(({ domain }) => domain === '')?.version),
      });
    },
  );

  test('subgraphs count', async () => {
    const file = await readBytes(fixtureBytes('if-capture.ort'));
    expect(file.operators).toEqual({ Add: 1, If: 1, Identity: 1, Mul: 1 });
  });
});

const sharedFiles = ['.pt2', '.torchscript.pt', '.npz', '.ort'].flatMap((suffix) =>
  filesBelow(shared, suffix),
);

describe.runIf(sharedFiles.length > 0)('files of others', () => {
  test.each(sharedFiles.map((file) => [path.relative(shared, file), file] as const))(
    '%s is read without findings',
    async (_, file) => {
      const content = await readBytes(fs.readFileSync(file));
      expect(codesOf(content)).toEqual([]);
      const { inputs = [], tensors } = content;
      expect(inputs.length + tensors.length).toBeGreaterThan(0);
      expect(tensors.every(({ shape, dtype }) => shape !== null && dtype !== null)).toBe(true);
    },
  );

  test.each(['cnn', 'vit', 'lstm'])('%s: the weights of all exports are the same', async (name) => {
    const digits = path.join(shared, 'digits', `digits-${name}`);
    const [program, script] = await Promise.all(
      ['.pt2', '.torchscript.pt'].map(async (suffix) =>
        readBytes(fs.readFileSync(digits + suffix)),
      ),
    );
    const shapes = (file: ForeignFile | undefined) =>
      byName(file?.tensors ?? []).map((each) => [each.name, each.dtype, each.shape]);
    expect(shapes(program)).toEqual(shapes(script));
    expect(shapes(program).length).toBeGreaterThan(5);
    expect(program?.inputs).toMatchObject([{ name: 'x', shape: ['s77', 1, 8, 8] }]);
  });
});
