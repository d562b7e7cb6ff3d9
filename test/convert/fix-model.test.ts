import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type FixReport,
  type FixServices,
  type FixSettings,
  fixModel,
  presentFix,
} from '../../src/convert/index.ts';
import { buildModel, type Model } from '../../src/graph/index.ts';
import { openModel, saveModel } from '../../src/onnx/index.ts';
import { openSession } from '../../src/runtime/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { filesBelow, shared, temporaryFolder } from '../support/files.ts';
import { writeModel } from '../support/write-model.ts';

const settings: FixSettings = { dryRun: false, verify: 'auto', seed: 0 };

/** Mends a file into another folder. */
async function fix(
  input: string,
  changed: Partial<FixSettings> = {},
  services: FixServices = {},
): Promise<FixReport & { readonly file: string }> {
  const file = path.join(temporaryFolder(), 'fixed.onnx');
  return { ...(await fixModel(input, file, { ...settings, ...changed }, services)), file };
}

const codes = (findings: FixReport['findings']): string[] => findings.map((each) => each.code);
const edits = ({ changes }: FixReport): FixReport['changes'] =>
  changes.filter((each) => each.action !== 'blocked');

/** Wrong in six ways, and each of them can be mended. */
function broken(): Model {
  const model = buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', [64, -1]);
    const data = new Float32Array(64 * 64).map((_, at) => Math.sin(at));
    const [v, w] = ['v', 'w'].map((name) =>
      b.initializer(tensorFrom('float32', [64, 64], data), name),
    );
    const unread = b.initializer(tensorFrom('float32', [2], Float32Array.of(1, 2)), 'unread');
    const first = b.node('MatMul', [v ?? null, x], {}, { outputs: ['first'] });
    const second = b.node('MatMul', [w ?? null, first], {}, { outputs: ['second'] });
    b.node('Abs', [unread]);
    b.output(second);
    const [node] = b.graph.nodes;
    if (node) b.graph.moveNode(node, 'end');
  });
  model.graph.name = '';
  return model;
}

describe('mending a model', () => {
  test('mends all that it can, and proves that the result computes the same', async () => {
    const report = await fix(writeModel(broken()));
    expect(new Set(edits(report).map((each) => each.pass))).toEqual(
      new Set([
        'sort-nodes',
        'name-graphs',
        'remove-dead-nodes',
        'remove-unused-initializers',
        'merge-duplicates',
        'name-dimensions',
        'declare-shapes',
      ]),
    );
    expect(report).toMatchObject({
      kind: 'convert',
      config: { fix: true },
      verdict: 'pass',
      verification: { verdict: 'pass', profile: 'exact' },
      notes: [],
    });
    expect(codes(report.findingsBefore)).toContain('node-order');
    expect(codes(report.findings)).toEqual(['dimension-dynamic']);
    const { size } = fs.statSync(report.file);
    expect(report.output).toMatchObject({ path: report.file, sizeBytes: size });
    const mended = openModel(report.file);
    expect(mended.model.graph.initializers.map((each) => each.name)).toEqual(['v']);
    mended.close();
  });

  test('and mending it again changes nothing, not a byte', async () => {
    const once = await fix(writeModel(broken()));
    const twice = await fix(once.file);
    expect(twice.changes).toEqual([]);
    expect(twice.notes).toEqual([]);
    expect(twice.verification.verdict).toBeNull();
    expect(fs.readFileSync(twice.file)).toEqual(fs.readFileSync(once.file));
  });

  test('a dry run tells the same and writes nothing', async () => {
    const input = writeModel(broken());
    const dry = await fix(input, { dryRun: true });
    const real = await fix(input);
    expect(fs.existsSync(dry.file)).toBe(false);
    expect(dry.changes).toEqual(real.changes);
    expect(codes(dry.findings)).toEqual(codes(real.findings));
    expect(dry.output?.sizeBytes).toBe(real.output?.sizeBytes);
    const nowhere = await fixModel(input, null, { ...settings, dryRun: true });
    expect(nowhere).toMatchObject({ output: null, changes: real.changes });
  });

  test('what cannot be mended stays, and is told', async () => {
    const cycle = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [2]);
      const a = b.node('Add', [x, x]);
      const y = b.node('Add', [a, x]);
      const [first] = b.graph.nodes;
      if (first) b.graph.setInput(first, 1, y);
      b.output(y, 'float32', [2]);
    });
    const report = await fix(writeModel(cycle));
    expect(report.changes).toMatchObject([{ pass: 'sort-nodes', action: 'blocked' }]);
    expect(codes(report.findings)).toContain('node-order');
    expect(report.notes.join()).toMatch(/left, which no fix knows how to mend/);
  });

  test('weights that are not finite are told before and after', async () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const w = b.initializer(tensorFrom('float32', [2], Float32Array.of(1, Number.NaN)), 'w');
      b.node('Neg', [w]);
      b.output(b.node('Mul', [b.input('x', 'float32', [2]), w]), 'float32', [2]);
    });
    const report = await fix(writeModel(model));
    expect(codes(report.findingsBefore)).toEqual(['node-dead', 'values-not-finite']);
    expect(codes(report.findings)).toEqual(['values-not-finite']);
  });

  test('data files go along', async () => {
    const input = path.join(temporaryFolder(), 'model.onnx');
    await saveModel(broken(), input, { external: { file: 'w.bin', thresholdBytes: 1024 } });
    const report = await fix(input);
    expect(report.verdict).toBe('pass');
    expect(report.output?.dataFiles.map((each) => path.basename(each.path))).toEqual(['w.bin']);
    const session = await openSession(report.file);
    await session.close();
  });

  test('never onto the model itself', async () => {
    const input = writeModel(broken());
    const before = fs.readFileSync(input);
    await expect(fixModel(input, input, settings)).rejects.toMatchObject({
      code: 'OUTPUT_IS_INPUT',
    });
    expect(fs.readFileSync(input)).toEqual(before);
  });

  test('can be interrupted, and leaves nothing behind', async () => {
    const controller = new AbortController();
    controller.abort();
    const file = path.join(temporaryFolder(), 'fixed.onnx');
    const fixing = fixModel(writeModel(broken()), file, settings, { signal: controller.signal });
    await expect(fixing).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(fs.readdirSync(path.dirname(file))).toEqual([]);
  });

  test('is shown with what was found before and what is left', async () => {
    const report = await fix(writeModel(broken()));
    const blocked = { pass: 'p', node: null, action: 'blocked', reason: 'too hard' } as const;
    const shown = presentFix({ ...report, changes: [...report.changes, blocked] });
    const text = JSON.stringify(shown);
    expect(text).toContain('not mended: too hard');
    expect(text).toMatch(/findings before","\d errors?, \d warnings?, \d for information/);
    expect(text).toContain('findings now","0 errors, 0 warnings, 1 for information');
  });
});

const models = path.join(shared, 'models');
/** Real models that something can be mended in: what it is, and whether the runtime can compare. */
const mendable = [
  ['vespa-unbound', ['name-dimensions'], 'pass'],
  ['polygraphy-reduce-failing', ['merge-duplicates'], 'pass'],
  ['vittrack', ['merge-duplicates'], 'pass'],
  ['silero-vad-op18-ifless', ['remove-unused-initializers'], 'pass'],
  // The runtime loads not even the originals, so there is nothing to compare.
  ['sk-gpr-debug', ['declare-shapes'], 'inconclusive'],
  ['mlprodict-dft-error', ['remove-dead-nodes'], 'inconclusive'],
] as const;

const errorsIn = (findings: FixReport['findings']): number =>
  findings.filter((each) => each.severity === 'error').length;

describe.skipIf(!fs.existsSync(models))('real models', () => {
  test.each(mendable)('%s computes the same after %j, and needs it once', async (...expected) => {
    const [name, passes, verdict] = expected;
    const once = await fix(path.join(models, name, 'model.onnx'));
    expect([...new Set(edits(once).map((each) => each.pass))]).toEqual(passes);
    expect(once.verdict).toBe(verdict);
    expect(errorsIn(once.findings)).toBeLessThanOrEqual(errorsIn(once.findingsBefore));
    const twice = await fix(once.file);
    expect(edits(twice)).toEqual([]);
    expect(fs.readFileSync(twice.file).equals(fs.readFileSync(once.file))).toBe(true);
  });

  test('sound ones stay what they are, byte by byte', async () => {
    const small = filesBelow(models, '.onnx')
      .toSorted((a, b) => fs.statSync(a).size - fs.statSync(b).size)
      .filter((file) => fs.statSync(file).size > 1000)
      .filter((file) => !mendable.some(([name]) => path.dirname(file).endsWith(name)))
      .slice(0, 20);
    let same = 0;
    for (const file of small) {
      try {
        const report = await fix(file);
        expect(edits(report), file).toEqual([]);
        expect(report.verification.verdict, file).toBeNull();
        expect(fs.readFileSync(report.file).equals(fs.readFileSync(file)), file).toBe(true);
        same += 1;
      } catch (error) {
        // A file that is no model, or lacks its data, is refused before anything is written.
        const { code } = error as { code?: string };
        expect(['FOREIGN_FORMAT', 'EXTERNAL_DATA'], `${file}: ${String(error)}`).toContain(code);
      }
    }
    expect(same).toBeGreaterThanOrEqual(15);
  });

  const defects = filesBelow(path.join(shared, 'data', 'defects'), '.onnx');

  test('with defects that can be mended load afterwards', async () => {
    const numbers = ['18', '19', '50'];
    const files = defects.filter((file) => {
      return numbers.includes(path.basename(path.dirname(file)).slice(0, 2));
    });
    expect(files).toHaveLength(numbers.length);
    for (const file of files) {
      const report = await fix(file);
      expect(codes(report.findings.filter((each) => each.severity === 'error')), file).toEqual([]);
      const session = await openSession(report.file);
      await session.close();
    }
  });
});
