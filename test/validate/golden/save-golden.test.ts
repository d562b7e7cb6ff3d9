import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildModel, type Model, tensorType } from '../../../src/graph/index.ts';
import { openModel } from '../../../src/onnx/index.ts';
import type { MessageName } from '../../../src/onnx/schema.ts';
import { type TensorValue, tensorFrom } from '../../../src/tensor/index.ts';
import { featuresIn } from '../../../src/validate/golden/cpu-features.ts';
import {
  type GoldenMetadata,
  readGoldenMetadata,
} from '../../../src/validate/golden/golden-metadata.ts';
import { goldenProvenance } from '../../../src/validate/golden/golden-provenance.ts';
import { goldenWarnings } from '../../../src/validate/golden/golden-warnings.ts';
import { hashModelFiles } from '../../../src/validate/golden/hash-files.ts';
import {
  type GoldenRequest,
  type GoldenValues,
  saveGolden,
} from '../../../src/validate/golden/save-golden.ts';
import { validate } from '../../../src/validate/index.ts';
import { fixtures, temporaryFolder } from '../../support/files.ts';
import { foreignType } from '../../support/protobuf.ts';
import { configFor, float32, int64 } from '../files.ts';

const mlp = path.join(fixtures, 'models', 'mlp.onnx');

function requestFor(model: Model, fields: Partial<GoldenRequest> = {}): GoldenRequest {
  return {
    model,
    modelPath: mlp,
    runtime: { provider: 'cpu', optimization: 'all', threads: 2 },
    data: { description: 'random', seed: 7 },
    ...fields,
  };
}

/** x and y, of which y has a default; z, w and a sequence. */
function model(): Model {
  return buildModel({ opset: 17 }, (b) => {
    const withDefault = b.input('d', 'float32', [1]);
    withDefault.graph.setInitializer(withDefault, float32([1], [5]));
    const x = b.input('x', 'float32', ['N']);
    b.output(b.node('Neg', [x], {}, { outputs: ['z'] }), 'float32', ['N']);
    const s = b.node('SequenceConstruct', [x, withDefault], {}, { outputs: ['s'] });
    b.output(s, { kind: 'sequence', element: tensorType('float32', null) });
    b.output(b.node('Neg', [withDefault], {}, { outputs: ['w'] }), 'float32', [1]);
  });
}

function values(at: number): GoldenValues {
  return {
    inputs: new Map<string, TensorValue>([['x', float32([2], [at, 1])]]),
    outputs: new Map<string, TensorValue>([
      ['w', float32([1], [-5])],
      ['z', float32([2], [-at, -1])],
      ['s', [float32([2], [at, 1]), float32([1], [5])]],
    ]),
  };
}

function decoded(file: string, message: MessageName): Record<string, unknown> {
  const type = foreignType(message);
  const { raw_data: raw, ...rest } = type.toObject(type.decode(fs.readFileSync(file)), {
    longs: Number,
  }) as { raw_data?: Buffer };
  if (raw === undefined) return rest;
  return { ...rest, values: [...new Float32Array(Uint8Array.from(raw).buffer)] };
}

describe('recorded data', () => {
  test('is an ONNX test data set, numbered in the order of the model', async () => {
    const folder = path.join(temporaryFolder(), 'golden');
    const { metadata, sizeBytes } = await saveGolden(folder, requestFor(model()), [
      values(1),
      values(2),
    ]);
    const files = fs.readdirSync(folder, { recursive: true }).map((name) => String(name));
    const set = ['input_0.pb', 'output_0.pb', 'output_1.pb', 'output_2.pb'];
    expect(files.toSorted()).toEqual([
      'golden.json',
      ...[0, 1].flatMap((at) => [
        `test_data_set_${at}`,
        ...set.map((name) => path.join(`test_data_set_${at}`, name)),
      ]),
    ]);
    const second = path.join(folder, 'test_data_set_1');
    expect(decoded(path.join(second, 'input_0.pb'), 'TensorProto')).toEqual({
      name: 'x',
      dims: [2],
      data_type: 1,
      values: [2, 1],
    });
    expect(decoded(path.join(second, 'output_0.pb'), 'TensorProto')).toMatchObject({
      name: 'z',
      values: [-2, -1],
    });
    expect(decoded(path.join(second, 'output_1.pb'), 'SequenceProto')).toMatchObject({
      name: 's',
      elem_type: 1,
      tensor_values: [{ dims: [2] }, { dims: [1] }],
    });
    expect(decoded(path.join(second, 'output_2.pb'), 'TensorProto')).toMatchObject({ name: 'w' });
    const sizes = files.map((name) => fs.statSync(path.join(folder, name)));
    expect(sizes.reduce((sum, each) => sum + (each.isFile() ? each.size : 0), 0)).toBe(sizeBytes);
    expect(metadata).toMatchObject({ inputs: ['x'], outputs: ['z', 's', 'w'], sets: 2 });
  });

  test('puts inputs with a default after those without one', async () => {
    const folder = path.join(temporaryFolder(), 'golden');
    const inputs = new Map([...values(1).inputs, ['d', float32([1], [9])]] as const);
    await saveGolden(folder, requestFor(model()), [{ ...values(1), inputs }]);
    const named = (name: string): unknown =>
      decoded(path.join(folder, 'test_data_set_0', name), 'TensorProto')['name'];
    expect([named('input_0.pb'), named('input_1.pb')]).toEqual(['x', 'd']);
  });

  test('says what it was recorded with', async () => {
    const folder = path.join(temporaryFolder(), 'golden');
    const before = Date.now();
    const outputs = [{ name: 's', unpassable: 'it is a list of lists' }];
    const set = values(1);
    const without = new Map([...set.outputs].filter(([name]) => name === 'z'));
    const { metadata } = await saveGolden(folder, requestFor(model(), { outputs }), [
      { ...set, outputs: without },
    ]);
    expect(readGoldenMetadata(folder)).toEqual(metadata);
    const content = fs.readFileSync(mlp);
    expect(metadata).toMatchObject({
      schema: 1,
      kind: 'mlkit-golden',
      tool: { name: expect.any(String) as string },
      model: {
        files: [
          {
            name: 'mlp.onnx',
            sizeBytes: content.length,
            sha256: createHash('sha256').update(content).digest('hex'),
          },
        ],
      },
      missingOutputs: [
        { name: 's', reason: 'it is a list of lists' },
        { name: 'w', reason: 'the model did not give it' },
      ],
      data: { description: 'random', seed: 7 },
      runtime: { name: 'onnxruntime', provider: 'cpu', optimization: 'all', threads: 2 },
      machine: { platform: process.platform, arch: process.arch },
    });
    expect(metadata.runtime.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(Date.parse(metadata.date)).toBeGreaterThanOrEqual(before);
    expect(fs.readFileSync(path.join(folder, 'golden.json'), 'utf8')).not.toContain(fixtures);
  });

  test('hashes data files too', async () => {
    const file = path.join(fixtures, 'models', 'external', 'model.onnx');
    const open = openModel(file);
    const hashed = await hashModelFiles(file, open.model);
    open.close();
    const data = fs.readFileSync(`${file}.data`);
    expect(hashed.map(({ name }) => name)).toEqual(['model.onnx', 'model.onnx.data']);
    expect(hashed[1]).toMatchObject({
      sizeBytes: data.length,
      sha256: createHash('sha256').update(data).digest('hex'),
    });
  });
});

describe('a folder of recorded data', () => {
  const save = (folder: string, force = false): Promise<unknown> =>
    saveGolden(folder, requestFor(model(), { force }), [values(1)]);
  const setsIn = (folder: string): string[] =>
    fs.readdirSync(folder).filter((name) => name.startsWith('test_data_set'));

  test('may be there and empty', async () => {
    const folder = path.join(temporaryFolder(), 'golden');
    fs.mkdirSync(folder);
    await save(folder);
    expect(setsIn(folder)).toEqual(['test_data_set_0']);
  });

  test('is replaced whole, with --force', async () => {
    const folder = path.join(temporaryFolder(), 'golden');
    await saveGolden(folder, requestFor(model()), [values(1), values(2)]);
    await expect(save(folder)).rejects.toMatchObject({
      code: 'FILE_EXISTS',
      hint: expect.stringContaining('--force') as string,
    });
    expect(setsIn(folder)).toHaveLength(2);
    await save(folder, true);
    expect(setsIn(folder)).toHaveLength(1);
    expect(fs.readdirSync(path.dirname(folder))).toEqual(['golden']);
  });

  test.each([
    ['files of someone else', { 'a.txt': '' }, /not empty/],
    ['a golden.json of someone else', { 'golden.json': '{"kind":"other"}' }, /not empty/],
    ['a damaged golden.json of someone else', { 'golden.json': '{' }, /not empty/],
    [
      'recorded data and something else',
      { 'golden.json': '{"kind":"mlkit-golden"}', 'notes.md': '' },
      /it holds notes\.md/,
    ],
  ])('that holds %s stays, also with --force', async (_, content, message) => {
    const folder = path.join(temporaryFolder(), 'golden');
    fs.mkdirSync(folder);
    for (const [name, text] of Object.entries(content)) {
      fs.writeFileSync(path.join(folder, name), text);
    }
    let asked = 0;
    function* sets(): Iterable<GoldenValues> {
      asked += 1;
      yield values(1);
    }
    await expect(saveGolden(folder, requestFor(model(), { force: true }), sets())).rejects.toThrow(
      expect.objectContaining({
        code: 'FILE_EXISTS',
        message: expect.stringMatching(message) as string,
      }),
    );
    expect(asked).toBe(0);
    expect(fs.readdirSync(folder).toSorted()).toEqual(Object.keys(content).toSorted());
    expect(fs.readdirSync(path.dirname(folder))).toEqual(['golden']);
  });

  test('cannot be a file, or lie in no folder', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'file');
    fs.writeFileSync(file, 'text');
    await expect(save(file)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    await expect(save(path.join(folder, 'no', 'golden'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    expect(fs.readdirSync(folder)).toEqual(['file']);
  });

  test.each([
    ['fails', new Error('the model crashed'), 'the model crashed'],
    ['is interrupted', null, 'interrupted'],
  ])('is not left by halves when what is recorded %s', async (_, failure, message) => {
    const folder = path.join(temporaryFolder(), 'golden');
    await save(folder);
    const controller = new AbortController();
    async function* sets(): AsyncIterable<GoldenValues> {
      yield values(8);
      await Promise.resolve();
      if (failure !== null) throw failure;
      controller.abort();
      yield values(9);
    }
    const request = requestFor(model(), { force: true, signal: controller.signal });
    await expect(saveGolden(folder, request, sets())).rejects.toThrow(message);
    expect(fs.readdirSync(path.dirname(folder))).toEqual(['golden']);
    const input = path.join(folder, 'test_data_set_0', 'input_0.pb');
    expect(decoded(input, 'TensorProto')['values']).toEqual([1, 1]);
  });

  test('is not made where there is nothing to record', async () => {
    const folder = path.join(temporaryFolder(), 'golden');
    await expect(saveGolden(folder, requestFor(model()), [])).rejects.toMatchObject({
      code: 'INPUT_DATA',
    });
    const empty = { inputs: new Map(), outputs: new Map() };
    await expect(saveGolden(folder, requestFor(model()), [empty])).rejects.toThrow(/no output/);
    expect(fs.existsSync(folder)).toBe(false);
  });

  test('tells errors by the name that it was to have', async () => {
    const folder = path.join(temporaryFolder(), 'golden');
    const huge = tensorFrom('uint8', [1], Uint8Array.of(1)).with({
      dims: [2 ** 31],
      storage: { kind: 'inline', byteLength: 2 ** 31, bytes: () => new Uint8Array(), *chunks() {} },
    });
    const set = { ...values(1), outputs: new Map([['z', huge]]) };
    await expect(saveGolden(folder, requestFor(model()), [set])).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
    expect(fs.readdirSync(path.dirname(folder))).toEqual([]);
  });
});

describe('golden.json', () => {
  function readBack(text: string | null): GoldenMetadata | null {
    const folder = temporaryFolder();
    if (text !== null) fs.writeFileSync(path.join(folder, 'golden.json'), text);
    return readGoldenMetadata(folder);
  }

  test('may be missing, or belong to someone else', () => {
    expect(readBack(null)).toBeNull();
    expect(readBack('{"kind":"other"}')).toBeNull();
    expect(readBack('[1]')).toBeNull();
    expect(readGoldenMetadata(mlp)).toBeNull();
  });

  test.each([
    ['{', /no JSON/],
    ['{"kind":"mlkit-golden","schema":2}', /schema 2, and this mlkit knows 1/],
    ['{"kind":"mlkit-golden","schema":1,"model":{"files":[]}}', /fields are missing/],
  ])('that cannot be used is told: %s', (text, message) => {
    expect(() => readBack(text)).toThrow(
      expect.objectContaining({
        code: 'INPUT_DATA',
        message: expect.stringMatching(message) as string,
      }),
    );
  });
});

describe('what differs from when data was recorded', () => {
  const machine = {
    platform: 'linux',
    arch: 'x64',
    cpuModel: 'A',
    cpuFeatures: ['avx2', 'avx512_vnni', 'fma'],
  };
  const runtime = {
    name: 'onnxruntime',
    version: '1.30.0',
    provider: 'cpu',
    optimization: 'all',
    threads: 2,
  } as const;
  const file = { name: 'm.onnx', sizeBytes: 3, sha256: 'a1' };
  const data = { name: 'm.data', sizeBytes: 9, sha256: 'b2' };
  const before: GoldenMetadata = {
    schema: 1,
    kind: 'mlkit-golden',
    tool: { name: 'mlkit', version: '1' },
    model: { files: [file, data] },
    inputs: ['x'],
    outputs: ['y'],
    missingOutputs: [],
    sets: 1,
    data: { description: 'random', seed: 0 },
    runtime,
    machine,
    date: '2025-01-01T00:00:00.000Z',
  };
  const now = { files: [file, data], runtime, machine };

  test.each([
    ['nothing', now, []],
    [
      'a name and the number of threads',
      { ...now, files: [{ ...file, name: 'n.onnx' }, data], runtime: { ...runtime, threads: 1 } },
      [],
    ],
    [
      'the model',
      { ...now, files: [{ ...file, sha256: 'c3' }, data] },
      [/recorded from m\.onnx: m\.onnx has other content/],
    ],
    [
      'its data',
      { ...now, files: [file, { ...data, sha256: 'c3' }] },
      [/m\.data has other content/],
    ],
    ['a data file less', { ...now, files: [file] }, [/had more files: m\.data/]],
    [
      'the runtime',
      { ...now, runtime: { ...runtime, version: '1.31.0', provider: 'cuda' as const } },
      [/onnxruntime 1\.30\.0, and this is 1\.31\.0/, /provider cpu, and this is cuda/],
    ],
    [
      'optimization',
      { ...now, runtime: { ...runtime, optimization: 'disabled' as const } },
      [/level all, and this is disabled/],
    ],
    [
      'instruction sets',
      { ...now, machine: { ...machine, cpuFeatures: ['avx2', 'fma'] } },
      [
        /^recorded with avx512_vnni, which this machine lacks: quantized results may differ by steps$/,
      ],
    ],
    [
      'more instruction sets',
      { ...now, machine: { ...machine, cpuFeatures: [...machine.cpuFeatures, 'amx_bf16'] } },
      [
        /^this machine has amx_bf16, which the recording one lacked: results may differ in the last digits$/,
      ],
    ],
    [
      'the architecture',
      { ...now, machine: { ...machine, arch: 'arm64', cpuFeatures: ['asimd'] } },
      [/recorded on x64, and this machine is arm64/],
    ],
    [
      'a CPU that says nothing',
      { ...now, machine: { ...machine, cpuModel: 'B', cpuFeatures: null } },
      [/recorded on A, and this is B/],
    ],
  ] as const)('%s', (_, later, expected) => {
    const warnings = goldenWarnings(before, later);
    expect(warnings).toHaveLength(expected.length);
    for (const [at, pattern] of expected.entries()) expect(warnings[at]).toMatch(pattern);
  });

  test('instruction sets are read as Linux names them, those that all cores have', () => {
    const x86 = 'processor: 0\nflags\t\t: fpu sse2 avx2 avx512_vnni fma amx_int8 smep rdpid\n';
    expect(featuresIn(x86)).toEqual(['amx_int8', 'avx2', 'avx512_vnni', 'fma']);
    const arm = 'Features\t: fp asimd asimddp sve crc32\n\nFeatures\t: fp asimd asimddp\n';
    expect(featuresIn(arm)).toEqual(['asimd', 'asimddp']);
    expect(featuresIn('no such line')).toBeNull();
  });
});

describe('where recorded data comes from', () => {
  test('is the same here and now, and another model is told', async () => {
    const folder = path.join(temporaryFolder(), 'golden');
    const { runtime } = requestFor(model());
    const { metadata } = await saveGolden(folder, requestFor(model()), [values(1)]);
    const subject = { model: model(), path: mlp, runtime };
    expect(await goldenProvenance(folder, subject)).toEqual({ metadata, warnings: [] });
    const set = path.join(folder, 'test_data_set_0');
    expect(await goldenProvenance(set, subject)).toEqual({ metadata, warnings: [] });
    const other = path.join(fixtures, 'models', 'conv.onnx');
    expect((await goldenProvenance(folder, { ...subject, path: other }))?.warnings).toEqual([
      'the model was changed since the data was recorded from mlp.onnx: conv.onnx has other content',
    ]);
  });

  test('is not known of data of others', async () => {
    const folder = path.join(temporaryFolder(), 'set');
    fs.mkdirSync(folder);
    const { runtime } = requestFor(model());
    expect(await goldenProvenance(folder, { model: model(), path: mlp, runtime })).toBeNull();
  });
});

describe('recording and comparing', () => {
  test.each(['mlp', 'sequence-output'])('%s: what was recorded passes', async (name) => {
    const file = path.join(fixtures, 'models', `${name}.onnx`);
    const golden = path.join(temporaryFolder(), 'golden');
    const { saved } = await validate(configFor(file, { saveGolden: golden, samples: 2 }));
    expect(saved).toMatchObject({ path: golden, sets: 2 });
    const report = await validate(configFor(file, { golden }));
    expect(report).toMatchObject({ verdict: 'pass', samples: 2, outputs: [{ maxAbs: 0 }] });
    const input = path.join(golden, 'test_data_set_1', 'input_0.pb');
    fs.copyFileSync(path.join(golden, 'test_data_set_0', 'input_0.pb'), input);
    expect(await validate(configFor(file, { golden }))).toMatchObject({ verdict: 'fail' });
  });
});

test('recorded integers stay what they are', async () => {
  const folder = path.join(temporaryFolder(), 'golden');
  const built = buildModel({ opset: 17 }, (b) => {
    b.output(b.node('Neg', [b.input('i', 'int64', ['N'])], {}, { outputs: ['o'] }), 'int64', ['N']);
  });
  await saveGolden(folder, requestFor(built), [
    { inputs: new Map([['i', int64([2 ** 40])]]), outputs: new Map([['o', int64([-(2 ** 40)])]]) },
  ]);
  const type = foreignType('TensorProto');
  const bytes = fs.readFileSync(path.join(folder, 'test_data_set_0', 'output_0.pb'));
  const { raw_data: raw, data_type: code } = type.toObject(type.decode(bytes)) as {
    raw_data: Buffer;
    data_type: number;
  };
  expect([code, raw.readBigInt64LE()]).toEqual([7, -(2n ** 40n)]);
});
