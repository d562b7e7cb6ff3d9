import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { testIo } from '../cli/test-io.ts';
import { fixtures, temporaryFolder } from '../support/files.ts';

const digits = path.join(fixtures, 'digits');
const models = {
  'cnn.onnx': 'digits-cnn-dynamo-opset20.onnx',
  'cnn13.onnx': 'digits-cnn-torchscript-opset13.onnx',
  'vit.onnx': 'digits-vit-dynamo-opset20.onnx',
};

async function run(...argv: string[]): Promise<{ exit: number; out: string; err: string }> {
  const folder = temporaryFolder();
  for (const [name, source] of Object.entries(models)) {
    fs.copyFileSync(path.join(digits, source), path.join(folder, name));
  }
  const io = testIo({ cwd: folder });
  const exit = await main(['validate', ...argv], io);
  return { exit, out: io.out, err: io.err };
}

const real = ['--inputs', path.join(digits, 'eval.npz')];

describe('mlkit validate', () => {
  test('two exports of one network: exit 0, and how tight it could be', async () => {
    const { exit, out } = await run('cnn.onnx', 'cnn13.onnx');
    expect(exit).toBe(0);
    expect(out).toContain('validate cnn.onnx against cnn13.onnx');
    expect(out).toMatch(/profile +fp32/);
    expect(out).toMatch(/samples +8 random samples/);
    expect(out).toContain('ok: PASS: every output is within its limits');
    expect(out).toContain('tightest that passes: --atol logits:');
  });

  test('a model and itself: there is nothing to be tightened', async () => {
    const { exit, out } = await run('cnn.onnx', 'cnn.onnx', '--samples', '1');
    expect(exit).toBe(0);
    expect(out).toMatch(/profile +exact/);
    expect(out).not.toContain('tightest');
  });

  test('two networks: exit 1, why, and what would pass; and that does pass', async () => {
    const { exit, out } = await run('cnn.onnx', 'vit.onnx', '--samples', '2');
    expect(exit).toBe(1);
    expect(out).toContain('error: FAIL: output "logits": 20 of 20 elements lie outside');
    const [, flags = ''] = /what would pass: (.*)/.exec(out) ?? [];
    const again = await run('cnn.onnx', 'vit.onnx', '--samples', '2', ...flags.split(' '));
    expect(again.exit).toBe(0);
  });

  test('gives the fields of the contract as JSON', async () => {
    const labels = ['--labels', 'labels', '--max-drop', '1%'];
    const { exit, out } = await run('cnn.onnx', 'vit.onnx', ...real, ...labels, '--json');
    expect(exit).toBe(0);
    const report = JSON.parse(out) as Record<string, unknown>;
    expect(report).toMatchObject({
      schema: 1,
      kind: 'validate',
      tool: { name: 'mlkit' },
      model: { path: 'cnn.onnx', sizeBytes: 88484 },
      candidate: { path: 'vit.onnx' },
      verdict: 'pass',
      profile: 'fp32',
      samples: 10,
      config: { profile: 'auto', seed: 0, maxDropPct: 1 },
    });
    const outputs = report['outputs'] as Record<string, unknown>[];
    const fields =
      'name dtype shape maxAbs maxRel meanAbs rmse sqnrDb cosine ulpP99 mismatched total';
    const more = 'top1Agreement klMean nonFinite verdict minimumTolerance';
    expect(Object.keys(outputs[0]!)).toEqual(
      expect.arrayContaining(`${fields} ${more}`.split(' ')),
    );
    expect(Object.keys(report['accuracy'] as object)).toEqual(
      expect.arrayContaining(['reference', 'candidate', 'dropPct', 'rows', 'low', 'high']),
    );
  });

  test('limits for all outputs and for one', async () => {
    const loose = ['--atol', '100', '--rtol', 'log*:0', '--min-sqnr', 'logits:-50'];
    expect(await run('cnn.onnx', 'vit.onnx', ...loose)).toMatchObject({ exit: 0 });
    const cosine = await run('cnn.onnx', 'vit.onnx', ...loose, '--min-cosine', '0.9');
    expect(cosine.exit).toBe(1);
    expect(cosine.out).toContain('the cosine is');
    const top1 = await run('cnn.onnx', 'vit.onnx', ...loose, ...real, '--min-top1', '99%');
    expect(top1.exit).toBe(1);
    expect(top1.out).toMatch(/top-1 agreement is 98\.\d+% of 600 rows/);
    const kl = await run('cnn.onnx', 'vit.onnx', ...loose, '--max-kl', '1e-9');
    expect(kl.out).toContain('KL divergence is');
  });

  test.each([
    [['cnn.onnx'], 'nothing to compare'],
    [['cnn.onnx', 'vit.onnx', '--golden', '.'], '--golden'],
    [['cnn.onnx', '--labels', 'labels'], '--labels needs'],
    [['cnn.onnx', 'vit.onnx', '--max-drop', '1'], '--max-drop needs'],
    [['cnn.onnx', 'vit.onnx', '--atol', 'y:-1'], 'of at least 0'],
    [['cnn.onnx', 'vit.onnx', '--atol', ':1'], 'no name'],
    [['cnn.onnx', 'vit.onnx', '--min-top1', '2'], 'from 0 to 1'],
    [['cnn.onnx', 'vit.onnx', '--profile', 'fp64'], 'one of'],
  ])('%j is wrong usage', async (argv, words) => {
    const { exit, err } = await run(...argv);
    expect([exit, err]).toEqual([2, expect.stringContaining(words)]);
  });

  test('a model that cannot be run: exit 3', async () => {
    const broken = path.join(fixtures, 'models', 'broken-operator.onnx');
    expect(await run(broken, 'cnn.onnx')).toMatchObject({ exit: 3 });
    expect(await run('cnn.onnx', 'nowhere.onnx')).toMatchObject({ exit: 3 });
  });

  test('data that cannot decide: exit 4', async () => {
    const labels = ['--labels', 'labels', '--max-drop', '1%', '--samples', '1'];
    const { exit, out } = await run('cnn.onnx', 'cnn13.onnx', ...real, ...labels);
    expect(exit).toBe(4);
    expect(out).toContain('INCONCLUSIVE: 64 rows resolve steps of 1.563 points');
  });
});
