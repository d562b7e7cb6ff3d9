import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildModel } from '../../src/graph/index.ts';
import { type InspectReport, presentInspection } from '../../src/inspect/index.ts';
import { renderReport } from '../../src/report/index.ts';
import { parseRuntimeTarget } from '../../src/schemas/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { root } from '../support/files.ts';
import { writeModel } from '../support/write-model.ts';
import { diffFiles } from './diff-pair.ts';
import { inspectFile } from './inspect-file.ts';

const digits = path.join(root, 'fixtures', 'digits');
const models = path.join(root, 'fixtures', 'models');

async function show(report: InspectReport, width: number | null = null): Promise<string> {
  const style = { color: (_: string, text: string) => text, width };
  return renderReport(report, () => presentInspection(report), 'table', style);
}

describe('the summary', () => {
  test('of a model with a function', async () => {
    const report = await inspectFile(path.join(models, 'function.onnx'));
    const text = await show({ ...report, model: { ...report.model, path: 'function.onnx' } });
    expect(text).toMatchInlineSnapshot(`
      "function.onnx

      size        183 B
      format      ONNX, IR 8, opset 17, local 1
      graph       main: 2 nodes, 1 function
      parameters  0

      Inputs
      name  type     shape
      ────  ───────  ─────
      x     float32  [4]

      Outputs
      name  type     shape
      ────  ───────  ─────
      y     float32  [4]

      Operators
      operator     nodes   share
      ───────────  ─────  ──────  ────────
      local.Twice      2  100.0%  function
      "
    `);
  });

  test.each([
    'digits-cnn-dynamo-opset20',
    'digits-lstm-dynamo-opset20',
    'digits-vit-dynamo-opset20',
  ])('%s fits on a screen', async (name) => {
    const text = await show(await inspectFile(path.join(digits, `${name}.onnx`)), 100);
    const lines = text.split('\n');
    expect(lines.length).toBeLessThanOrEqual(50);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('is the same each time', async () => {
    const file = path.join(digits, 'digits-vit-torchscript-opset13.onnx');
    const config = { nodes: true, stats: true, external: true };
    expect(await show(await inspectFile(file, config))).toBe(
      await show(await inspectFile(file, config)),
    );
  });

  test('cuts long lists and says how much it left out', async () => {
    const model = buildModel({ opset: { '': 17, custom: 1 } }, (b) => {
      for (let at = 0; at < 20; at += 1) {
        const x = b.input(`x${at}`, 'float32', [1]);
        b.output(b.node(`Op${at}`, [x], {}, { domain: 'custom', outputs: [`y${at}`] }));
      }
    });
    const text = await show(await inspectFile(writeModel(model)));
    expect(text).toContain('Inputs (20)');
    expect(text).toMatch(/and 8 more\n/);
    expect(text).toMatch(/and 8 more +8 +40\.0%/);
    expect(text).toMatch(/custom\.Op0 +1 +5\.0% +custom/);
    expect(text).not.toContain('x19');
  });

  test('shows no control characters of names', async () => {
    const evil = '\u001b[31mred\u0007\n';
    const model = buildModel({ opset: 17, name: evil, producer: evil }, (b) => {
      const x = b.input(`x${evil}`, 'float32', [evil]);
      const w = b.initializer(tensorFrom('float32', [1], new Float32Array(1), `w${evil}`));
      const y = b.node(`Add${evil}`, [x, w], {}, { outputs: [`y${evil}`], name: evil });
      b.output(y, 'float32', [evil]);
    });
    model.docString = evil;
    model.metadata = [[evil, evil]];
    const config = { nodes: true, stats: true, external: true, functions: true, check: true };
    const report = await inspectFile(writeModel(model), config);
    const withText = await inspectFile(writeModel(model), { text: true });
    for (const text of [await show(report), await show(report, 60), await show(withText)]) {
      expect(text).toContain('red');
      // oxlint-disable-next-line no-control-regex -- control characters are what this is about
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });
});

describe('what flags add', () => {
  const external = path.join(models, 'external', 'model.onnx');

  test('nodes, constants with values, and where they lie', async () => {
    const text = await show(
      await inspectFile(external, { nodes: true, stats: true, external: true, check: true }),
    );
    expect(text).toMatch(/Nodes \(\d+\)/);
    expect(text).toMatch(
      /constant +type +shape +size +min +max +mean +zeros +NaN +Inf +role +where/,
    );
    expect(text).toMatch(/model\.onnx\.data +3\.25 KiB/);
    const check = text.slice(text.indexOf('\nCheck\n'));
    expect(check).toMatch(/specification +valid\n/);
    expect(check).toMatch(/onnxruntime +loads it, as far as can be foreseen\n/);
    expect(check).toMatch(/needs +opset 14, onnxruntime 1\.12 or later\n/);
    expect(check).toMatch(/ok: 0 errors, 0 warnings\n$/);
  });

  test.each([
    ['onnxruntime@1.17', 'onnxruntime 1.17: versions are no obstacle'],
    ['onnxruntime@1.10', 'onnxruntime 1.10 does not load it'],
  ])('a check for %s says whether its versions allow it', async (target, said) => {
    // Opset 17 came with onnxruntime 1.13.
    const model = buildModel({ opset: 17, irVersion: 8 }, (b) => {
      b.output(b.node('Relu', [b.input('x', 'float32', [2])]), 'float32', [2]);
    });
    const config = { check: true, target: parseRuntimeTarget(target) };
    expect(await show(await inspectFile(writeModel(model), config))).toMatch(
      new RegExp(`^target +${said.replaceAll('.', '\\.')}$`, 'm'),
    );
  });

  test('a check is no success where onnxruntime does not load a model without errors', async () => {
    const model = buildModel({ opset: 99, irVersion: 8 }, (b) => {
      b.output(b.node('Relu', [b.input('x', 'float32', [2])]), 'float32', [2]);
    });
    const text = await show(await inspectFile(writeModel(model), { check: true }));
    expect(text).toMatch(/\nwarning: 0 errors, 1 warning, but onnxruntime does not load it\n$/);
    expect(text).not.toMatch(/^ok:/m);
  });

  test('say so when there is nothing to show', async () => {
    const text = await show(
      await inspectFile(path.join(models, 'mlp.onnx'), { functions: true, external: true }),
    );
    expect(text).toContain('The model has no functions of its own.');
    expect(text).toContain('The model has no data files.');
  });

  test('are shown beside a selection and a difference', async () => {
    const asked = { nodes: true, shapes: true, cost: true, tensors: true, external: true };
    const report = await inspectFile(external, { ...asked, select: 'op=Relu' });
    const plain = await inspectFile(external, asked);
    const lists =
      /\nNodes \(4\)\n[^]*\nValues \(5\)\n[^]*\nCost of one run\n[^]*\nConstants \(4\)\n[^]*\nData files \(1\)\n/;
    expect(await show(report)).toMatch(/^selected by +op=Relu$/m);
    expect(await show(report)).toMatch(lists);
    expect(await show({ ...plain, diff: await diffFiles(external, external) })).toMatch(lists);
    // The summary is left out.
    expect(await show(report)).not.toContain('\nOperators ');
  });

  test('cost tells how numbers are had, and only where there are none', async () => {
    const file = path.join(digits, 'digits-cnn-torchscript-opset13.onnx');
    const open = await show(await inspectFile(file, { cost: true }));
    expect(open).toContain('note: for numbers, fix the sizes: --dim batch=N\n');
    const fixed = await show(
      await inspectFile(file, { cost: true, dims: new Map([['batch', 2]]) }),
    );
    expect(fixed).not.toContain('--dim');
    // 48 filters of 32 × 3 × 3 at 4 × 4 places, twice.
    expect(fixed).toMatch(/^Conv "\/down\/down\.0\/Conv" +442,368 +886,272 +60\.3%$/m);
    expect(fixed).toMatch(/^node +MACs +FLOPs +share$/m);
  });

  test('cost tells how sizes without a name are fixed', async () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [1, 3, null, null]);
      b.output(b.node('Relu', [b.node('Add', [x, b.input('a b', 'float32', ['my size'])])]));
    });
    const file = writeModel(model);
    const text = await show(await inspectFile(file, { cost: true }));
    expect(text).toContain(
      'note: for numbers, fix the sizes: --dim "my size=N" --shape x=1x3xNxN\n',
    );
    const given = { dims: new Map([['my size', 5]]), inputShapes: new Map([['x', [1, 3, 4, 5]]]) };
    expect(await show(await inspectFile(file, { cost: true, ...given }))).toMatch(/^FLOPs +120 /m);
  });

  test('cost of nothing has no tables', async () => {
    const file = path.join(digits, 'digits-cnn-torchscript-opset13.onnx');
    const text = await show(await inspectFile(file, { cost: true, dims: new Map([['batch', 0]]) }));
    expect(text).toMatch(/^MACs +0$/m);
    expect(text).not.toContain('By operator');
    expect(text).not.toContain('Dearest nodes');
  });

  test('--text is a comment and the model, so that a parser takes all of it', async () => {
    const text = await show(await inspectFile(path.join(models, 'mlp.onnx'), { text: true }));
    expect(text).toMatch(/^# .*mlp\.onnx\n\n<\n/);
    expect(text).toContain('MatMul');
  });
});
