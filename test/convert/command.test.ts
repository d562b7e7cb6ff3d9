import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { testIo } from '../cli/test-io.ts';
import { fixtures, temporaryFolder } from '../support/files.ts';

const mlp = path.join(fixtures, 'models', 'mlp.onnx');

interface Run {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  readonly folder: string;
}

/** `mlkit convert` in a folder of its own that has a copy of the perceptron as m.onnx. */
async function convert(...argv: string[]): Promise<Run> {
  const folder = temporaryFolder();
  fs.copyFileSync(mlp, path.join(folder, 'm.onnx'));
  const io = testIo({ cwd: folder });
  const exit = await main(['convert', ...argv], io);
  return { exit, out: io.out, err: io.err, folder };
}

describe('mlkit convert', () => {
  test('says what changed, where it went and whether it was proven', async () => {
    const { exit, out, folder } = await convert('m.onnx', '-o', 'n.onnx', '--dim', 'batch=1');
    expect(exit).toBe(0);
    expect(out).toContain('the dimension "batch" is 1, in 2 places');
    expect(out).toMatch(/written +n\.onnx \([\d.]+ KiB/);
    expect(out).toMatch(/verified +yes: the output is the same bit for bit/);
    expect(fs.readdirSync(folder).toSorted()).toEqual(['m.onnx', 'n.onnx']);
  });

  test('gives the fields of the contract as JSON', async () => {
    const flags = ['--ir-version', '7', '--strip', 'doc', '--set-metadata', 'a=b=c', '--json'];
    const data = ['--external', 'w.bin', '--external-threshold', '1KB'];
    const { exit, out } = await convert('m.onnx', '-o', 'n.onnx', ...flags, ...data);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      schema: 1,
      kind: 'convert',
      model: { path: 'm.onnx', sizeBytes: fs.statSync(mlp).size },
      output: { path: 'n.onnx', dataFiles: [{ path: 'w.bin', sizeBytes: 3328 }] },
      opsets: { before: { '': 17 }, after: { '': 17 } },
      irVersion: { before: 8, after: 7 },
      changes: [
        { pass: 'set-metadata', node: null, action: 'rewritten' },
        { pass: 'ir-version', node: null, action: 'rewritten' },
      ],
      verification: { verdict: 'pass' },
      verdict: 'pass',
      config: { metadata: { a: 'b=c' } },
    });
  });

  test('checks, and answers with the exit status', async () => {
    expect(await convert('m.onnx', '--check', '--json')).toMatchObject({ exit: 0 });
    const broken = path.join(fixtures, 'models', 'broken-undefined.onnx');
    const { exit, out } = await convert(broken, '--check', '--json');
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      check: { spec: 'invalid', runtime: 'rejects', run: 'fails' },
      verdict: 'fail',
    });
  });

  test('a finding is told in full on a narrow terminal', async () => {
    const broken = path.join(fixtures, 'models', 'broken-operator.onnx');
    const report = JSON.parse((await convert(broken, '--check', '--json')).out) as {
      findings: { code: string; fix: string }[];
    };
    const io = testIo({ isTty: true, columns: 40 });
    expect(await main(['convert', broken, '--check'], io)).toBe(1);
    const lines = io.out.split('\n');
    const text = lines.map((line) => line.trim()).join(' ');
    for (const { code, fix } of report.findings) expect(text).toContain(`${fix} (${code};`);
  });

  test('data files that are asked for and not needed are told of', async () => {
    const { exit, out, folder } = await convert(
      'm.onnx',
      '-o',
      'n.onnx',
      '--external',
      'w.bin',
      '--external-threshold',
      '1GB',
    );
    expect(exit).toBe(0);
    expect(out).toContain('There is no w.bin: no initializer has 954 MiB or more.');
    expect(fs.readdirSync(folder).toSorted()).toEqual(['m.onnx', 'n.onnx']);
  });

  test('an IR version too low names the feature', async () => {
    const { exit, err, folder } = await convert('m.onnx', '-o', 'n.onnx', '--ir-version', '3');
    expect(exit).toBe(3);
    expect(err).toMatch(
      /initializers that are no inputs \(initializer "w1" and 3 other places\) needs IR 4/,
    );
    expect(fs.readdirSync(folder)).toEqual(['m.onnx']);
  });

  test('a verification that was asked for and cannot be had is exit status 4', async () => {
    const broken = path.join(fixtures, 'models', 'broken-operator.onnx');
    const asked = await convert(broken, '-o', 'n.onnx', '--rename', 'x=z', '--verify');
    expect(asked.exit).toBe(4);
    expect((await convert(broken, '-o', 'n.onnx', '--rename', 'x=z')).exit).toBe(0);
  });

  test.each([
    [['m.onnx'], 2, /no output/],
    [['m.onnx', '-o', 'm.onnx'], 2, /read as an input/],
    [['m.onnx', '-o', 'n.tflite'], 2, /does not write \.tflite/],
    [['m.onnx', '-o', 'n.onnx', '--opset', '18'], 3, /comes in a later version/],
    [['m.onnx', '-o', 'n.onnx', '--opset', 'ml=3'], 2, /does not import ai\.onnx\.ml/],
    [['m.onnx', '-o', 'n.onnx', '--dim', 'batch=dynamic'], 3, /comes in a later version/],
    [['m.onnx', '-o', 'n.onnx', '--dim', 'bath=1'], 2, /no dimension "bath"/],
    [['m.onnx', '-o', 'n.onnx', '--dim', 'batch=1', '--dim', 'batch=2'], 2, /given twice/],
    [['m.onnx', '-o', 'n.onnx', '--shape', 'x=1'], 2, /which has 2/],
    [['m.onnx', '-o', 'n.onnx', '--rename', 'x=y'], 2, /"y" already/],
    [['m.onnx', '-o', 'n.onnx', '--embed', '--external', 'w'], 2, /contradict/],
    [['m.onnx', '-o', 'n.onnx', '--align', '4096'], 2, /without --external/],
    [['m.onnx', '-o', 'n.onnx', '--external', 'w', '--align', '3'], 2, /power of two/],
    [['m.onnx', '-o', 'n.onnx', '--external', 'w', '--max-shard', '0'], 2, /no size/],
    [['m.onnx', '-o', 'n.ort', '--external', 'w'], 2, /has no data files/],
    [['m.onnx', '-o', 'n.onnx', '--strip', 'docs'], 2, /one of doc, metadata, value-info/],
    [['m.onnx', '-o', 'n.onnx', '--set-metadata', 'novalue'], 2, /KEY=VALUE/],
    [['m.onnx', '-o', 'n.onnx', '--ir-version', '99'], 2, /from 1 to 14/],
    [['m.onnx', '--check', '-o', 'n.onnx'], 2, /--check and --output/],
    [['m.onnx', '--check', '--ir-version', 'auto'], 2, /--check and --ir-version/],
    [['m.onnx', '--check', '--no-verify'], 2, /--check and --no-verify/],
    [['m.onnx', '--check', '--fix'], 2, /--check and --fix/],
    [
      ['m.onnx', '--fix', '-o', 'out.ort'],
      2,
      /--fix writes ONNX models, and out.ort is named as ort/,
    ],
    [['m.onnx', '--fix', '-o', 'out.json'], 2, /named as json/],
    [['m.onnx', '--weights', '-o', 'n.onnx'], 2, /--weights has no meaning without --check/],
    [['m.onnx', '--no-runtime', '-o', 'n.onnx'], 2, /--no-runtime has no meaning/],
    [['m.onnx', '--target', 'onnxruntime@1.10', '-o', 'n.onnx'], 2, /--target has no meaning/],
    [['m.onnx', '--check', '--target', 'onnxruntime@9.9'], 2, /no runtime "onnxruntime@9\.9"/],
    [['m.onnx', '--check', '--target', 'tensorrt'], 2, /no runtime "tensorrt"/],
    [['m.onnx', '-o', path.join('no', 'n.onnx')], 3, /there is no folder/],
    [['none.onnx', '-o', 'n.onnx'], 3, /no such file/],
  ])('%j ends with %i and writes nothing', async (argv, exit, message) => {
    const run = await convert(...argv);
    expect(run.err).toMatch(message);
    expect(run.exit).toBe(exit);
    expect(fs.readdirSync(run.folder)).toEqual(['m.onnx']);
  });
});
