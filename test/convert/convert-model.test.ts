import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type ConvertConfig,
  type ConvertReport,
  convertModel,
  noConversion,
} from '../../src/convert/index.ts';
import { buildModel } from '../../src/graph/index.ts';
import { openModel, saveModel } from '../../src/onnx/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { filesBelow, fixtures, shared, temporaryFolder } from '../support/files.ts';

const model = (name: string): string => path.join(fixtures, 'models', `${name}.onnx`);
const external = path.join(fixtures, 'models', 'external', 'model.onnx');

function convert(
  input: string,
  output: string | null,
  config: Partial<ConvertConfig> = {},
): Promise<ConvertReport> {
  return convertModel(input, output, { ...noConversion, ...config });
}

const dataFile = (
  file: string,
  more: object = {},
): { external: Exclude<ConvertConfig['external'], string> } => ({
  external: { file, thresholdBytes: 1024, alignBytes: 4096, maxShardBytes: 1e12, ...more },
});

/** Every constant of the main graph, as hexadecimal text. */
function constants(file: string): Record<string, string> {
  const open = openModel(file);
  const entries = open.model.graph.initializers.map(({ name, initializer }) => {
    const bytes = initializer?.storage.strings ?? [initializer?.storage.bytes() ?? Buffer.of()];
    return [name, Buffer.concat(bytes as Uint8Array[]).toString('hex')];
  });
  open.close();
  return Object.fromEntries(entries) as Record<string, string>;
}

describe('a conversion that asks for nothing', () => {
  const files = [
    ...filesBelow(path.join(fixtures, 'models'), '.onnx'),
    ...filesBelow(path.join(shared, 'digits'), '.onnx'),
  ];

  test.each(files)('copies %s byte for byte', async (file) => {
    const out = path.join(temporaryFolder(), 'copy.onnx');
    const report = await convert(file, out);
    expect(fs.readFileSync(out).equals(fs.readFileSync(file))).toBe(true);
    expect(report.changes).toEqual([]);
    expect(report.output).toMatchObject({ path: out, sizeBytes: fs.statSync(file).size });
  });

  test('takes data files along to another folder, and only there', async () => {
    const folder = temporaryFolder();
    const report = await convert(external, path.join(folder, 'copy.onnx'));
    expect(fs.readdirSync(folder).toSorted()).toEqual(['copy.onnx', 'model.onnx.data']);
    expect(constants(path.join(folder, 'copy.onnx'))).toEqual(constants(external));
    expect(report.output?.dataFiles).toEqual([
      {
        path: path.join(folder, 'model.onnx.data'),
        sizeBytes: fs.statSync(`${external}.data`).size,
      },
    ]);
    const beside = await convert(path.join(folder, 'copy.onnx'), path.join(folder, 'second.onnx'));
    expect(beside.output?.dataFiles).toEqual([]);
    expect(fs.readdirSync(folder)).toHaveLength(3);
  });

  test('copies a model that is broken, and says so', async () => {
    const out = path.join(temporaryFolder(), 'copy.onnx');
    const report = await convert(model('broken-undefined'), out);
    expect(fs.readFileSync(out).equals(fs.readFileSync(model('broken-undefined')))).toBe(true);
    expect(report.findings.map((each) => each.code)).toContain('value-undefined');
    expect(report.notes.join()).toMatch(/has an error, which the result keeps/);
  });
});

describe('where weights lie', () => {
  test('goes out to shards and comes back in, byte for byte', async () => {
    const folder = temporaryFolder();
    const split = path.join(folder, 'split.onnx');
    const first = await convert(model('mlp'), split, dataFile('w.bin', { maxShardBytes: 2100 }));
    expect(first.verification).toMatchObject({ verdict: 'pass', profile: 'exact' });
    expect(first.output?.dataFiles.map((each) => path.basename(each.path))).toEqual([
      'w.bin',
      'w.bin_1',
    ]);
    expect(constants(split)).toEqual(constants(model('mlp')));
    const single = path.join(folder, 'single.onnx');
    const second = await convert(split, single, { external: 'embed', verify: 'always' });
    expect(second.verification.verdict).toBe('pass');
    expect(second.output?.dataFiles).toEqual([]);
    const alone = path.join(temporaryFolder(), 'alone.onnx');
    fs.copyFileSync(single, alone);
    expect(constants(alone)).toEqual(constants(model('mlp')));
  });

  test('a model without constants is told as such', async () => {
    const folder = temporaryFolder();
    const input = path.join(folder, 'm.onnx');
    const none = buildModel({}, (b) => {
      const x = b.input('x', 'float32', [1]);
      b.output(b.node('Neg', [x], {}, { outputs: ['y'] }), 'float32', [1]);
    });
    none.docString = 'to be taken out';
    await saveModel(none, input);
    const changes = { external: 'embed', strip: new Set(['doc'] as const) } as const;
    const { verification } = await convert(input, path.join(folder, 'n.onnx'), changes);
    expect(verification.reason).toBe('there are no constants that could differ');
  });

  test('small constants that the runtime needs are not put where it cannot see them', async () => {
    const folder = temporaryFolder();
    const input = path.join(folder, 'm.onnx');
    const padded = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [1, 2, 2, 2]);
      const pads = tensorFrom('int64', [8], BigInt64Array.of(0n, 0n, 1n, 1n, 0n, 0n, 1n, 1n));
      const y = b.node('Pad', [x, b.initializer(pads, 'pads')], {}, { outputs: ['y'] });
      b.output(y, 'float32', [1, 2, 4, 4]);
    });
    await saveModel(padded, input);
    const out = path.join(folder, 'out.onnx');
    const report = await convert(input, out, dataFile('w.bin', { thresholdBytes: 1 }));
    expect(report.verification.verdict).toBe('fail');
    expect(fs.readdirSync(folder)).toEqual(['m.onnx']);
  });

  test('a data file in a folder of its own', async () => {
    const folder = temporaryFolder();
    await convert(model('mlp'), path.join(folder, 'm.onnx'), dataFile('deep/er/w.bin'));
    expect(fs.existsSync(path.join(folder, 'deep', 'er', 'w.bin'))).toBe(true);
    const other = temporaryFolder();
    await convert(path.join(folder, 'm.onnx'), path.join(other, 'n.onnx'));
    expect(constants(path.join(other, 'n.onnx'))).toEqual(constants(model('mlp')));
  });

  test('a data file that belongs to nobody here is not overwritten', async () => {
    const folder = temporaryFolder();
    const out = path.join(folder, 'm.onnx');
    fs.writeFileSync(path.join(folder, 'w.bin'), 'precious');
    fs.writeFileSync(path.join(folder, 'w.bin_1'), 'precious too');
    await expect(convert(model('mlp'), out, dataFile('w.bin'))).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    });
    const shards = dataFile('v.bin', { maxShardBytes: 2100 });
    fs.renameSync(path.join(folder, 'w.bin_1'), path.join(folder, 'v.bin_1'));
    await expect(convert(model('mlp'), out, shards)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(fs.readFileSync(path.join(folder, 'w.bin'), 'utf8')).toBe('precious');
    expect(fs.readdirSync(folder).toSorted()).toEqual(['v.bin_1', 'w.bin']);
  });

  test('the data file of the model that is replaced is replaced with it', async () => {
    const folder = temporaryFolder();
    const out = path.join(folder, 'm.onnx');
    await convert(model('mlp'), out, dataFile('w.bin'));
    await convert(model('embedding'), out, dataFile('w.bin'));
    expect(fs.statSync(path.join(folder, 'w.bin')).size).toBe(50 * 8 * 4);
    expect(constants(out)).toEqual(constants(model('embedding')));
    await expect(
      convert(model('mlp'), path.join(folder, 'other.onnx'), dataFile('w.bin')),
    ).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  });

  test('another model with a data file of the same name in the way', async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, 'model.onnx.data'), 'other');
    for (const config of [{}, { metadata: new Map([['a', 'b']]) }]) {
      await expect(convert(external, path.join(folder, 'm.onnx'), config)).rejects.toMatchObject({
        code: 'FILE_EXISTS',
      });
    }
    expect(fs.readdirSync(folder)).toEqual(['model.onnx.data']);
  });

  test.each(['m.onnx', 'M.onnx', '../w.bin', 'C:\\w.bin'])('refuses the name %s', async (file) => {
    const folder = temporaryFolder();
    await expect(
      convert(model('mlp'), path.join(folder, 'm.onnx'), dataFile(file)),
    ).rejects.toMatchObject({ code: 'USAGE' });
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

describe('the input is never written to', () => {
  const edit = { metadata: new Map([['a', 'b']]) };

  test.each(['itself', 'symlink', 'hard link', 'its data file'])('%s', async (kind) => {
    const folder = temporaryFolder();
    const input = path.join(folder, 'model.onnx');
    const data = `${input}.data`;
    fs.copyFileSync(external, input);
    fs.copyFileSync(`${external}.data`, data);
    const before = [fs.readFileSync(input), fs.readFileSync(data)];
    const link = path.join(folder, 'link.onnx');
    if (kind === 'symlink') fs.symlinkSync(input, link);
    if (kind === 'hard link') fs.linkSync(input, link);
    const targets = new Map([
      ['itself', input],
      ['its data file', data],
    ]);
    const out = targets.get(kind) ?? link;
    for (const config of [{}, edit, dataFile('fresh.bin')]) {
      await expect(convert(input, out, config)).rejects.toMatchObject({ code: 'OUTPUT_IS_INPUT' });
    }
    expect([fs.readFileSync(input), fs.readFileSync(data)]).toEqual(before);
  });

  test('nor is its data file, by --external', async () => {
    const folder = temporaryFolder();
    await convert(external, path.join(folder, 'model.onnx'));
    await expect(
      convert(
        path.join(folder, 'model.onnx'),
        path.join(folder, 'n.onnx'),
        dataFile('model.onnx.data'),
      ),
    ).rejects.toMatchObject({ code: 'OUTPUT_IS_INPUT' });
  });
});

describe('edits are proven before they are written', () => {
  test('fixed sizes and new names give the same numbers', async () => {
    const out = path.join(temporaryFolder(), 'm.onnx');
    const report = await convert(model('mlp'), out, {
      dims: new Map([['batch', 3]]),
      rename: new Map([
        ['x', 'pixels'],
        ['y', 'logits'],
      ]),
    });
    expect(report.verification).toMatchObject({ verdict: 'pass', profile: 'exact', samples: 1 });
    expect(report.verification.outputs?.[0]).toMatchObject({ shape: [3, 10], mismatched: 0 });
    expect(report.changes.map((each) => each.pass)).toEqual(['fix-shapes', 'rename', 'rename']);
    const open = openModel(out);
    expect(open.model.graph.inputs.map((value) => value.name)).toEqual(['pixels']);
    expect(open.model.graph.outputs[0]?.type).toMatchObject({ shape: [3, 10] });
    open.close();
  });

  test('a shape that the graph cannot work with is not written', async () => {
    const folder = temporaryFolder();
    const input = path.join(folder, 'm.onnx');
    // The graph says nothing of the width, and multiplies with 4 rows.
    await saveModel(
      buildModel({ opset: 17 }, (b) => {
        const x = b.input('x', 'float32', ['rows', 'columns']);
        const flat = b.node('Reshape', [x, b.node('Constant', [], { value_ints: [-1, 4] })]);
        b.output(b.node('Identity', [flat], {}, { outputs: ['y'] }), 'float32', null);
      }),
      input,
    );
    const out = path.join(folder, 'out.onnx');
    const shapes = new Map([['x', [3, 3]]]);
    const report = await convert(input, out, { shapes });
    expect(report.verification).toMatchObject({ verdict: 'fail' });
    expect(report.verification.reason).toMatch(/not in the sizes asked for|cannot be run/);
    expect(report.output).toBeNull();
    expect(fs.readdirSync(folder)).toEqual(['m.onnx']);
    await convert(input, out, { shapes, verify: 'never' });
    expect(fs.existsSync(out)).toBe(true);
  });

  test('a model that the runtime does not load is converted, and the doubt is told', async () => {
    const out = path.join(temporaryFolder(), 'm.onnx');
    const rename = new Map([['x', 'z']]);
    const report = await convert(model('broken-operator'), out, { rename });
    expect(report.verification.verdict).toBe('inconclusive');
    expect(report.verification.reason).toMatch(/^the original cannot be run/);
    expect(fs.existsSync(out)).toBe(true);
  });

  test('an IR version that the runtime does not read cannot be proven', async () => {
    const out = path.join(temporaryFolder(), 'm.onnx');
    const report = await convert(model('mlp'), out, { irVersion: 14 });
    expect(report.verification.verdict).toBe('inconclusive');
    expect(report.irVersion).toEqual({ before: 8, after: 14 });
    expect(fs.existsSync(out)).toBe(true);
  });

  test('a dry run writes nothing and tells the size', async () => {
    const folder = temporaryFolder();
    const rename = new Map([['x', 'a-longer-name']]);
    const out = path.join(folder, 'm.onnx');
    const planned = await convert(model('mlp'), out, { rename, dryRun: true });
    expect(fs.readdirSync(folder)).toEqual([]);
    await convert(model('mlp'), out, { rename });
    expect(planned.output?.sizeBytes).toBe(fs.statSync(out).size);
  });
});

describe('operator sets', () => {
  const asked = (domain: string, version: number): Promise<ConvertReport> =>
    convert(model('mlp'), null, { opsets: new Map([[domain, version]]), dryRun: true });

  test('the version that it has is no change', async () => {
    expect((await asked('', 17)).changes).toEqual([]);
  });

  test('another version is refused, never done wrong', async () => {
    await expect(asked('', 18)).rejects.toMatchObject({ code: 'NOT_SUPPORTED', exit: 3 });
    await expect(asked('', 13)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    await expect(asked('ai.onnx.ml', 3)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('outputs that cannot be written', () => {
  test.each([
    ['a folder that is not there', path.join('nowhere', 'm.onnx'), 'FILE_NOT_FOUND'],
    ['a folder that is a file', path.join('file', 'm.onnx'), 'FILE_NOT_FOUND'],
    ['a folder in its place', 'folder', 'FILE_IS_DIRECTORY'],
  ])('%s', async (_, name, code) => {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, 'file'), '');
    fs.mkdirSync(path.join(folder, 'folder'));
    for (const config of [{}, { metadata: new Map([['a', 'b']]) }, dataFile('w.bin')]) {
      await expect(convert(model('mlp'), path.join(folder, name), config)).rejects.toMatchObject({
        code,
      });
    }
    expect(fs.readdirSync(folder).toSorted()).toEqual(['file', 'folder']);
  });

  test('an interruption leaves nothing behind', async () => {
    const folder = temporaryFolder();
    const controller = new AbortController();
    const config = { ...noConversion, ...dataFile('w.bin') };
    const services = {
      signal: controller.signal,
      onStep: (label: string) => {
        if (label.startsWith('writing')) controller.abort();
      },
    };
    await expect(
      convertModel(model('mlp'), path.join(folder, 'm.onnx'), config, services),
    ).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});
