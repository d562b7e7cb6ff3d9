import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { buildModel } from '../../src/graph/index.ts';
import type { Finding } from '../../src/report/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { fixtures, temporaryFolder } from '../support/files.ts';
import { writeModel } from '../support/write-model.ts';
import { testIo } from './test-io.ts';

/* `--check` of inspect and convert: the same answer, whichever is asked. */

const models = path.join(fixtures, 'models');

interface Checked {
  readonly config: Readonly<Record<string, unknown>>;
  readonly model: { readonly path: string };
  readonly verdict: string;
  readonly check: Readonly<Record<string, string>>;
  readonly requirements: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
}

interface Run {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

function withNan(): string {
  const model = buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', [2]);
    const w = b.initializer(tensorFrom('float32', [2], Float32Array.of(1, Number.NaN)), 'w');
    b.output(b.node('Add', [x, w], {}, { outputs: ['y'] }), 'float32', [2]);
  });
  return writeModel(model);
}

/** The model whose weights are in a data file, without it, in a folder `deep` of a new folder. */
function withoutData(): string {
  const folder = temporaryFolder();
  fs.mkdirSync(path.join(folder, 'deep'));
  const file = path.join(folder, 'deep', 'm.onnx');
  fs.copyFileSync(path.join(models, 'external', 'model.onnx'), file);
  return folder;
}

describe.each(['inspect', 'convert'])('%s --check', (command) => {
  async function run(cwd: string, ...argv: readonly string[]): Promise<Run> {
    const io = testIo({ cwd });
    const exit = await main([command, ...argv], io);
    return { exit, out: io.out, err: io.err };
  }

  async function json(cwd: string, ...argv: readonly string[]): Promise<Checked & Run> {
    const done = await run(cwd, ...argv, '--check', '--json');
    return { ...done, ...(JSON.parse(done.out) as Checked) };
  }

  const codes = ({ findings }: Checked): string[] => findings.map((each) => each.code);

  async function junitNames(...argv: readonly string[]): Promise<string[]> {
    const { out } = await run(models, ...argv, '--check', '--format', 'junit');
    return [...out.matchAll(/<testcase [^>]*name="([^"]*)"/g)].map(([, name = '']) => name);
  }

  test('of a sound model is short', async () => {
    const { exit, out, err } = await run(models, 'conv.onnx', '--check');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    const check = out.slice(out.indexOf('specification'));
    expect(check).toMatch(
      /^specification +valid\nonnxruntime +loads it\nrunning +nothing speaks against it\nneeds +opset 11, onnxruntime 1\.0 or later\n\nok: .*\n$/,
    );
  });

  test('has the fields that scripts read', async () => {
    expect(await json(models, 'mlp.onnx')).toMatchObject({
      exit: 0,
      config: { check: true, runtime: true, weights: false, target: null },
      model: { path: 'mlp.onnx' },
      verdict: 'pass',
      check: { spec: 'valid', runtime: 'loads', run: 'runs' },
      requirements: {
        opsets: { '': 14 },
        oldestRuntime: '1.12',
        missingKernels: [],
        customOperators: [],
      },
      findings: [{ code: 'dimension-dynamic', severity: 'info', runtime: 'accepts', spec: 'ok' }],
    });
  });

  test('reads the weights with --weights only', async () => {
    const file = withNan();
    expect(await json(models, file)).toMatchObject({ exit: 0, verdict: 'pass', findings: [] });
    expect(await json(models, file, '--weights')).toMatchObject({
      exit: 1,
      config: { weights: true },
      verdict: 'fail',
      check: { spec: 'valid', runtime: 'loads' },
      findings: [{ code: 'values-not-finite', severity: 'error', at: { value: 'w' } }],
    });
  });

  test('asks the runtime, unless --no-runtime is given', async () => {
    const asked = await json(models, 'broken-operator.onnx');
    expect(codes(asked)).toEqual(['operator-unknown', 'runtime-rejects']);
    const foreseen = await json(models, 'broken-operator.onnx', '--no-runtime');
    expect(codes(foreseen)).toEqual(['operator-unknown']);
    for (const each of [asked, foreseen]) {
      expect(each).toMatchObject({
        exit: 1,
        check: { spec: 'invalid', runtime: 'rejects', run: 'fails' },
      });
    }
    expect(foreseen.config).toMatchObject({ runtime: false });
    const { out } = await run(models, 'mlp.onnx', '--check', '--no-runtime');
    expect(out).toMatch(/onnxruntime +loads it, as far as can be foreseen\n/);
  });

  test('holds the model against the release that --target names', async () => {
    const old = await json(models, 'mlp.onnx', '--target', 'onnxruntime@1.10', '--no-runtime');
    expect(old).toMatchObject({
      exit: 1,
      config: { target: '1.10' },
      verdict: 'fail',
      // The verdict on the runtime is that of the one here.
      check: { spec: 'valid', runtime: 'loads' },
    });
    const target = old.findings.filter((each) => each.severity === 'error');
    expect(target).toMatchObject([{ code: 'target-opset' }]);
    expect(target[0]?.message).toMatch(/version 17 of ai\.onnx .*onnxruntime 1\.10 .*15$/);
    const fits = ['mlp.onnx', '--target', 'onnxruntime@1.12', '--no-runtime'];
    expect(await json(models, ...fits)).toMatchObject({ exit: 0, verdict: 'pass' });
  });

  test('calls files what the user calls them', async () => {
    const folder = withoutData();
    const file = path.join('deep', 'm.onnx');
    const report = await json(folder, file, '--weights');
    expect(report).toMatchObject({ exit: 1, model: { path: file } });
    const errors = report.findings.filter((each) => each.severity === 'error');
    expect(errors.map((each) => each.code)).toEqual(['external-missing', 'runtime-rejects']);
    expect(errors[0]?.message).toContain('it should be in deep;');
    expect(errors[1]?.message).toContain(`cannot load ${file}: `);
    for (const format of ['junit', 'sarif', 'github', 'markdown', 'html', 'table']) {
      const { out } = await run(folder, file, '--check', '--format', format);
      expect([format, out.includes('external-missing')]).toEqual([format, true]);
      expect([format, out.includes(path.basename(folder))]).toEqual([format, false]);
    }
    const here = await json(path.join(folder, 'deep'), 'm.onnx', '--no-runtime');
    expect(here.findings[0]?.message).toContain('it should be in the current folder;');
  });

  test('lists in JUnit what was looked for, and nothing else', async () => {
    const names = await junitNames('mlp.onnx');
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([
        'value-undefined',
        'operator-unknown',
        'shape-mismatch',
        'node-dead',
        'opset-old',
        'runtime-rejects',
      ]),
    );
    const added = (more: readonly string[]): string[] =>
      more.filter((name) => !names.includes(name));
    expect(added(await junitNames('mlp.onnx', '--weights'))).toEqual(
      expect.arrayContaining(['values-not-finite', 'values-all-zero', 'external-checksum']),
    );
    expect(
      added(await junitNames('mlp.onnx', '--no-runtime', '--target', 'onnxruntime@1.20')),
    ).toEqual(['target-opset', 'target-ir-version']);
    const foreseen = await junitNames('mlp.onnx', '--no-runtime');
    expect(names.filter((name) => !foreseen.includes(name))).toEqual([
      'runtime-rejects',
      'runtime-crashes',
    ]);
  });

  test('counts in JUnit what has failed', async () => {
    const { exit, out } = await run(models, 'broken-operator.onnx', '--check', '--format=junit');
    expect(exit).toBe(1);
    expect(out).toMatch(/<testsuites [^>]*failures="2" errors="0"/);
    expect(out).toMatch(/name="operator-unknown">\s*<failure message="ai\.onnx has no operator/);
  });

  test('gives SARIF a rule for each result, and where it is explained', async () => {
    const { out } = await run(models, 'broken-operator.onnx', '--check', '--format', 'sarif');
    const { runs } = JSON.parse(out) as {
      runs: [
        {
          tool: { driver: { rules: { id: string; help: { text: string } }[] } };
          results: { ruleId: string; ruleIndex: number }[];
        },
      ];
    };
    const [{ tool, results }] = runs;
    expect(results.map((each) => each.ruleId)).toEqual(['operator-unknown', 'runtime-rejects']);
    for (const { ruleId, ruleIndex } of results) {
      const rule = tool.driver.rules[ruleIndex];
      expect(rule?.id).toBe(ruleId);
      expect(rule?.help.text).toContain(`docs/findings.md#${ruleId}`);
    }
    expect(tool.driver.rules.length).toBeGreaterThan(80);
  });

  test.each([
    [['mlp.onnx', '--check', '--target', 'onnxruntime@9.9'], 2, /no runtime "onnxruntime@9\.9"/],
    [['mlp.onnx', '--check', '--target', 'tensorrt@8'], 2, /no runtime "tensorrt@8"/],
    [['mlp.onnx', '--weights'], 2, /--weights has no meaning without --check/],
    [['mlp.onnx', '--no-runtime'], 2, /--no-runtime has no meaning without --check/],
    [['mlp.onnx', '--target', 'onnxruntime@1.20'], 2, /--target has no meaning without --check/],
    [['gone.onnx', '--check'], 3, /no such file/],
    [['strings.onnx', 'mlp.onnx', '--check'], 2, /too many arguments/],
  ])('%j ends with %i', async (argv, exit, message) => {
    const done = await run(models, ...argv);
    expect(done).toMatchObject({ exit, out: '' });
    expect(done.err).toMatch(message);
  });
});
