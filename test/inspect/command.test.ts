import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { InspectReport } from '../../src/inspect/index.ts';
import { openModel } from '../../src/onnx/index.ts';
import { printModel } from '../../src/text/index.ts';
import { type TestIo, testIo } from '../cli/test-io.ts';
import { root, temporaryFolder } from '../support/files.ts';

const models = path.join(root, 'fixtures', 'models');

interface Run {
  readonly exit: number;
  readonly io: TestIo;
}

async function inspect(...args: readonly string[]): Promise<Run> {
  const io = testIo({ cwd: models });
  return { exit: await main(['inspect', ...args], io), io };
}

async function json(...args: readonly string[]): Promise<InspectReport> {
  const { io } = await inspect(...args, '--json');
  return JSON.parse(io.out) as InspectReport;
}

describe('mlkit inspect', () => {
  test('prints the report on stdout, nothing on stderr, and exits with 0', async () => {
    const { exit, io } = await inspect('mlp.onnx');
    expect(exit).toBe(0);
    expect(io.out).toMatch(/^mlp\.onnx\n\nsize +3\.7 KiB\n/);
    expect(io.err).toBe('');
  });

  test('--json has the fields that scripts read', async () => {
    const report = await json('mlp.onnx');
    expect(report).toMatchObject({
      schema: 1,
      kind: 'inspect',
      tool: { name: 'mlkit' },
      model: { path: 'mlp.onnx', sizeBytes: fs.statSync(path.join(models, 'mlp.onnx')).size },
      irVersion: 8,
      producer: 'mlkit fixtures',
      opsets: { '': 17 },
      inputs: [{ name: 'x', type: 'float32', shape: ['batch', 16] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['batch', 10] }],
      nodes: 4,
      operators: { Add: 1, Gemm: 1, MatMul: 1, Relu: 1 },
      // 16 × 32 + 32 + 10 × 32 + 10
      parameters: 874,
      parameterBytes: 874 * 4,
      dtypes: { float32: 874 * 4 },
      subgraphs: [],
      functions: [],
      externalFiles: [],
      findings: [],
    });
    expect(report.config).toMatchObject({ nodes: false, stats: false });
    expect(report).not.toHaveProperty('nodeList');
    expect(report).not.toHaveProperty('tensors');
  });

  test('--nodes, --tensors and --stats add lists', async () => {
    expect(await json('mlp.onnx', '--nodes')).toMatchObject({
      nodes: 4,
      nodeList: [{}, {}, {}, {}],
    });
    const { tensors = [] } = await json('mlp.onnx', '--tensors');
    expect(tensors.map((each) => each.name)).toEqual(['w1', 'w2', 'b1', 'b2']);
    expect(tensors[0]).not.toHaveProperty('stats');
    const withStats = await json('all-types.onnx', '--stats');
    expect(withStats.tensors?.find((each) => each.dtype === 'bool')?.stats).toMatchObject({
      max: 1,
    });
  });

  test('--text is the model in textual syntax, in JSON in a field of its own', async () => {
    const open = openModel(path.join(models, 'if-capture.onnx'));
    const expected = printModel(open.model);
    open.close();
    const { io } = await inspect('if-capture.onnx', '--text');
    expect(io.out).toBe(`# if-capture.onnx\n\n${expected}\n`);
    expect(await json('if-capture.onnx', '--text')).toMatchObject({ text: expected });
  });

  test('--text alone: what else was asked for would be lost', async () => {
    const { exit, io } = await inspect('mlp.onnx', '--text', '--check');
    expect(exit).toBe(2);
    expect(io.err).toContain('--check would be lost');
    expect(await json('mlp.onnx', '--text', '--check')).toMatchObject({ verdict: 'pass' });
  });

  test('--check exits with 1 on errors; without it findings are only told', async () => {
    const checked = await inspect('broken-undefined.onnx', '--check');
    expect(checked.exit).toBe(1);
    expect(checked.io.out).toMatch(/error: .*which nothing defines/);
    const told = await inspect('broken-undefined.onnx');
    expect(told.exit).toBe(0);
    expect(told.io.out).toMatch(/error: .*which nothing defines/);
    expect((await inspect('mlp.onnx', '--check')).exit).toBe(0);
    expect(await json('broken-undefined.onnx', '--check')).toMatchObject({
      verdict: 'fail',
      check: { spec: 'invalid', runtime: 'rejects', run: 'fails' },
      findings: [
        { code: 'value-undefined', severity: 'error' },
        { code: 'runtime-rejects', severity: 'error', fix: 'See what is said of value-undefined.' },
      ],
    });
  });

  test('what is no model is named, with exit 3', async () => {
    const file = path.join(temporaryFolder(), 'model.onnx');
    const oid = 'a'.repeat(64);
    fs.writeFileSync(
      file,
      `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 124241889\n`,
    );
    const { exit, io } = await inspect(file, '--json');
    expect(exit).toBe(3);
    expect(JSON.parse(io.out)).toMatchObject({ kind: 'error', code: 'FOREIGN_FORMAT', exit: 3 });
    expect(io.err).toMatch(
      /is a Git LFS pointer to a file of 124241889 bytes.*\nhint: .*git lfs pull/,
    );
  });

  test('what is not there, or too much, is wrong usage or input', async () => {
    expect((await inspect('gone.onnx')).exit).toBe(3);
    expect((await inspect()).exit).toBe(2);
    expect((await inspect('mlp.onnx', 'conv.onnx')).exit).toBe(2);
    expect((await inspect('mlp.onnx', '--shape')).exit).toBe(2);
  });

  test('--help has examples', async () => {
    const { exit, io } = await inspect('--help');
    expect(exit).toBe(0);
    expect(io.out).toContain('mlkit inspect model.onnx --check');
  });
});
