import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandTable } from '../../src/cli/commands/index.ts';
import { command } from '../../src/cli/commands/quantize.ts';
import { main } from '../../src/cli/main.ts';
import { testIo } from '../cli/test-io.ts';
import { fixtures, temporaryFolder } from '../support/files.ts';

const vit = path.join(fixtures, 'digits', 'digits-vit-dynamo-opset20.onnx');

async function quantize(...argv: string[]) {
  const folder = temporaryFolder();
  fs.copyFileSync(vit, path.join(folder, 'm.onnx'));
  const io = testIo({ cwd: folder, columns: 120 });
  const exit = await main(
    ['quantize', ...argv.map((each) => each.replace('m.onnx', path.join(folder, 'm.onnx')))],
    io,
  );
  return { exit, out: io.out, err: io.err, folder };
}

describe('mlkit quantize', () => {
  test('is in the table of commands as it describes itself', () => {
    const entry = commandTable.find(({ name }) => name === 'quantize');
    expect(entry).toMatchObject({ name: command.name, summary: command.summary });
  });

  // One run for both, as running and timing two models takes seconds.
  test('says in few lines what it cost and gained, and in a report in full', async () => {
    const argv = ['m.onnx', '-o', 'q.onnx', '--report', 'report.json'];
    const { exit, out, folder } = await quantize(...argv);
    expect(exit).toBe(0);
    expect(out).toMatch(/mode +dynamic, int8 \(MatMul and Gemm have \d+% of the weights/);
    expect(out).toMatch(/quantized +\d+ of 14 MatMul and Gemm/);
    expect(out).toMatch(/size +317 KiB → 1\d\d KiB \(0\.\d+x\)/);
    expect(out).toMatch(/accuracy +SQNR [34]\d\.\d dB, cosine 0\.999\d+: every output passes/);
    expect(out).toMatch(/speed +p50 .* → .* the time/);
    expect(fs.existsSync(path.join(folder, 'q.onnx'))).toBe(true);
    const report = JSON.parse(fs.readFileSync(path.join(folder, 'report.json'), 'utf8'));
    expect(report).toMatchObject({
      kind: 'quantize',
      config: { mode: 'auto' },
      verdict: 'pass',
      verification: { verdict: 'pass', outputs: [{ verdict: 'pass', shape: expect.anything() }] },
    });
    for (const metric of ['sqnrDb', 'cosine', 'maxAbs']) {
      expect(report.verification.outputs[0][metric]).toEqual(expect.any(Number));
    }
    for (const field of ['beforeP50Ms', 'afterP50Ms', 'ratio']) {
      expect(report.latency[field]).toEqual(expect.any(Number));
    }
  });

  test('gives the fields of the contract as JSON', async () => {
    const argv = ['m.onnx', '-o', 'q.onnx', '--mode', 'weight-only', '--no-verify', '--json'];
    const { exit, out, folder } = await quantize(...argv);
    expect(exit).toBe(0);
    const report = JSON.parse(out);
    const sizeBytes = fs.statSync(path.join(folder, 'q.onnx')).size;
    expect(report).toMatchObject({
      schema: 1,
      kind: 'quantize',
      tool: { name: 'mlkit' },
      model: { sizeBytes: fs.statSync(vit).size },
      config: { mode: 'weight-only', weights: 'int8', perTensor: false, symmetric: false, seed: 0 },
      output: { path: 'q.onnx', sizeBytes },
      size: { beforeBytes: fs.statSync(vit).size, afterBytes: sizeBytes },
      verification: { verdict: null },
      latency: null,
    });
    expect(report.plan.kept).not.toEqual([]);
    for (const each of report.plan.kept) {
      expect(each).toMatchObject({ node: expect.any(String), reason: expect.any(String) });
    }
  });

  test('a dry run tells what would become of each node', async () => {
    const { exit, out, folder } = await quantize('m.onnx', '--dry-run');
    expect(exit).toBe(0);
    expect(out).toContain('Quantized');
    expect(out).toMatch(/dynamic, int8 per column/);
    expect(out).toContain('Kept in float');
    expect(out).toContain('it has no weight: both factors are computed');
    expect(fs.readdirSync(folder)).toEqual(['m.onnx']);
  });

  test('what does not pass is not written, and that is exit status 1', async () => {
    const { exit, out, folder } = await quantize(
      'm.onnx',
      '-o',
      'q.onnx',
      '--mode',
      'dynamic',
      '--min-sqnr',
      '200',
    );
    expect(exit).toBe(1);
    expect(out).toContain('Nothing was written');
    expect(fs.readdirSync(folder)).toEqual(['m.onnx']);
  });

  test('nothing to quantize is exit status 1', async () => {
    const { exit, out } = await quantize(
      path.join(fixtures, 'models', 'conv.onnx'),
      '-o',
      'q.onnx',
    );
    expect(exit).toBe(1);
    expect(out).toContain('There is nothing to quantize');
  });

  test.each([
    [['m.onnx'], 2, /there is no output/],
    [['m.onnx', '-o', 'q.onnx', '--mode', 'static'], 3, /--mode static comes in a later version/],
    [['m.onnx', '-o', 'q.onnx', '--weights', 'int4'], 3, /--weights int4 comes in a later version/],
    [['m.onnx', '-o', 'q.onnx', '--mode', 'fast'], 2, /is not one of auto, dynamic, weight-only/],
    [['m.onnx', '-o', 'q.onnx', '--calibration', 'x.npz'], 2, /unknown option/],
    [['m.onnx', '-o', 'q.onnx', '--min-sqnr', 'high'], 2, /is not a number/],
    [['m.onnx', '-o', 'm.onnx'], 2, /it is read as an input/],
  ])('%j is refused', async (argv, exit, message) => {
    const run = await quantize(...argv);
    expect(run.exit).toBe(exit);
    expect(run.err).toMatch(message);
    expect(fs.readdirSync(run.folder)).toEqual(['m.onnx']);
  });

  test('has examples in its help', async () => {
    const { exit, out } = await quantize('--help');
    expect(exit).toBe(0);
    expect(out).toContain('mlkit quantize model.onnx -o model.int8.onnx');
    for (const flag of [
      '--mode',
      '--weights',
      '--per-tensor',
      '--symmetric',
      '--exclude',
      '--force',
    ]) {
      expect(out).toContain(flag);
    }
  });
});
