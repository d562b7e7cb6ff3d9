import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { openModel, saveModel } from '../../src/onnx/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { validate, validateDefaults, validationCases } from '../../src/validate/index.ts';
import { testIo } from '../cli/test-io.ts';
import { fixtures, temporaryFolder } from '../support/files.ts';

const digits = path.join(fixtures, 'digits');
const models = {
  'cnn.onnx': 'digits-cnn-dynamo-opset20.onnx',
  'cnn13.onnx': 'digits-cnn-torchscript-opset13.onnx',
  'vit.onnx': 'digits-vit-dynamo-opset20.onnx',
};

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  readonly folder: string;
}

function folderOfModels(): string {
  const folder = temporaryFolder();
  for (const [name, source] of Object.entries(models)) {
    fs.copyFileSync(path.join(digits, source), path.join(folder, name));
  }
  return folder;
}

async function runIn(folder: string, argv: readonly string[]): Promise<Ran> {
  const io = testIo({ cwd: folder });
  const exit = await main(['validate', ...argv], io);
  return { exit, out: io.out, err: io.err, folder };
}

function run(...argv: string[]): Promise<Ran> {
  return runIn(folderOfModels(), argv);
}

/** The network with one weight of its fourth convolution changed. */
async function writeChanged(folder: string): Promise<void> {
  const open = openModel(path.join(folder, 'cnn.onnx'));
  try {
    const { graph } = open.model;
    const node = graph.nodes.find(({ name }) => name === 'node_Conv_112');
    const weight = node?.inputs[1];
    if (!weight?.initializer) throw new Error('the fixture was changed');
    const values = Float32Array.from(weight.initializer.toFloat64());
    values[0] = (values[0] ?? 0) + 1;
    graph.setInitializer(weight, tensorFrom('float32', weight.initializer.dims, values));
    await saveModel(open.model, path.join(folder, 'cnn-changed.onnx'));
  } finally {
    open.close();
  }
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
      config: { profile: 'auto', seed: 0, maxDrop: { limitPct: 1, application: null } },
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
    [['cnn.onnx', '--golden', '.', '--matrix', 'threads=1,2'], 'two different questions'],
    [['cnn.onnx', 'vit.onnx', '--save-golden', 'g'], 'a candidate has no part in it'],
    [['cnn.onnx', '--matrix', 'threads=1'], 'one combination only'],
    [['cnn.onnx', '--matrix', 'speed=1,2'], 'speed'],
    [['cnn.onnx', 'vit.onnx', '--atol', '1', '--atol', '2'], '--atol is given twice'],
    [['cnn.onnx', 'vit.onnx', '--profile', 'exact', '--profile', 'int8'], 'given twice'],
    [['cnn.onnx', '--matrix', 'threads=1,2', '--threads', '2'], 'both say how many threads'],
    [['cnn.onnx', '--trace'], '--trace follows the difference of two models'],
    [['cnn.onnx', 'vit.onnx', '--top-k', '5'], '--top-k has no meaning without --labels'],
    [['cnn.onnx', '--save-golden', 'g', '--top-k', '5'], '--top-k has no meaning'],
    [['cnn.onnx', 'vit.onnx', '--force'], '--force has no meaning'],
    [['cnn.onnx', 'vit.onnx', ...real, '--labels', 'labels', '--max-drop', 'any'], '--max-drop'],
  ])('%j is wrong usage', async (argv, words) => {
    const { exit, err } = await run(...argv);
    expect([exit, err]).toEqual([2, expect.stringContaining(words)]);
  });

  test('a candidate that the runtime refuses fails; such a reference leaves it open', async () => {
    const broken = path.join(fixtures, 'models', 'broken-operator.onnx');
    const failed = await run('cnn.onnx', broken);
    expect(failed.exit).toBe(1);
    expect(failed.out).toContain('FAIL: the candidate cannot be loaded');
    const open = await run(broken, 'cnn.onnx');
    expect(open.exit).toBe(4);
    expect(open.out).toContain('INCONCLUSIVE: the reference cannot be loaded');
  });

  test('a file that is not there: exit 3', async () => {
    expect(await run('cnn.onnx', 'nowhere.onnx')).toMatchObject({ exit: 3 });
  });

  test('a model that takes too long is a result', async () => {
    const { exit, out } = await run('cnn.onnx', 'vit.onnx', '--timeout', '1ms');
    // Neither has the time to load; without the reference, nothing is known.
    expect([exit, out]).toEqual([4, expect.stringContaining('INCONCLUSIVE: the reference')]);
  });

  test('names the node that two models part at, and cuts it out', async () => {
    const folder = folderOfModels();
    await writeChanged(folder);
    const argv = ['cnn.onnx', 'cnn-changed.onnx', '--samples', '2', '--extract', 'repro.onnx'];
    const { exit, out } = await runIn(folder, argv);
    expect(exit).toBe(1);
    expect(out).toContain('the models diverge at Conv "node_Conv_112"');
    expect(
      fs
        .readdirSync(folder)
        .filter((name) => name.startsWith('repro'))
        .toSorted(),
    ).toEqual(['repro-inputs.npz', 'repro-reference.onnx', 'repro.onnx']);
    const [, command = ''] = /to see it: mlkit validate ([^\n]*)/.exec(out) ?? [];
    // Data files are found from the process's folder, which a test cannot change.
    const words = command.replace('repro-inputs', path.join(folder, 'repro-inputs')).split(' ');
    const again = await runIn(folder, words);
    expect([again.exit, again.out]).toEqual([1, expect.stringContaining('FAIL')]);
  });

  test('records, compares with what was recorded, and does not replace it unasked', async () => {
    const recorded = await run('cnn.onnx', '--save-golden', 'golden', '--samples', '2');
    const { folder } = recorded;
    expect([recorded.exit, recorded.out]).toEqual([0, expect.stringContaining('recorded in')]);
    expect(await runIn(folder, ['cnn13.onnx', '--golden', 'golden'])).toMatchObject({ exit: 0 });
    expect(await runIn(folder, ['vit.onnx', '--golden', 'golden'])).toMatchObject({ exit: 1 });
    const again = await runIn(folder, ['cnn.onnx', '--save-golden', 'golden']);
    expect([again.exit, again.err]).toEqual([3, expect.stringContaining('golden')]);
    const forced = await runIn(folder, ['vit.onnx', '--save-golden', 'golden', '--force']);
    expect(forced.exit).toBe(0);
    expect(await runIn(folder, ['vit.onnx', '--golden', 'golden'])).toMatchObject({ exit: 0 });
  });

  test('one model in several settings', async () => {
    const axes = ['--matrix', 'threads=1,2', '--matrix', 'precision=float32,bfloat16'];
    const { exit, out } = await run('cnn.onnx', ...axes, '--samples', '2');
    expect(exit).toBe(0);
    expect(out).toContain('3 combinations pass');
  });

  test('interrupted: a report of what was known by then, in every form asked for', async () => {
    const stop = new AbortController();
    const folder = folderOfModels();
    const io = testIo({ cwd: folder, signal: stop.signal, isErrTty: true });
    // The first sign of progress is the first sample.
    const interrupting = {
      ...io,
      stderr: (text: string) => {
        if (text.includes('sample 2')) stop.abort();
      },
    };
    const argv = ['cnn.onnx', 'cnn13.onnx', '--samples', '2000', '--json', '--report', 'r.xml'];
    expect(await main(['validate', ...argv], interrupting)).toBe(130);
    const report = JSON.parse(io.out) as Record<string, unknown>;
    expect(report).toMatchObject({ kind: 'validate', isComplete: false, verdict: 'inconclusive' });
    expect(report['samples']).toBeGreaterThan(0);
    expect(fs.readFileSync(path.join(folder, 'r.xml'), 'utf8')).toContain('interrupted after');
  });

  test('interrupted while it traces: what the comparison came to is told all the same', async () => {
    const folder = folderOfModels();
    await writeChanged(folder);
    const stop = new AbortController();
    const [reference, candidate] = ['cnn.onnx', 'cnn-changed.onnx'].map((name) =>
      path.join(folder, name),
    );
    const report = await validate(
      { ...validateDefaults, reference: reference ?? '', candidate: candidate ?? '', trace: true },
      {
        signal: stop.signal,
        onProgress: (step) => void (step.startsWith('sample ') || stop.abort()),
      },
    );
    expect(report).toMatchObject({ isComplete: false, verdict: 'fail', samples: 8 });
    expect(report.trace).toBeUndefined();
    expect(report.reasons[0]).toBe('interrupted before the trace was done');
    expect(validationCases(report).at(-1)).toMatchObject({
      outcome: 'skipped',
      message: 'interrupted before the trace was done',
    });
  });

  test('interrupted between recorded sets: what was compared by then', async () => {
    const folder = folderOfModels();
    await runIn(folder, ['cnn.onnx', '--save-golden', 'golden']);
    const stop = new AbortController();
    const golden = path.join(folder, 'golden');
    const report = await validate(
      { ...validateDefaults, reference: path.join(folder, 'cnn.onnx'), golden },
      { signal: stop.signal, onProgress: (_, done) => void (done === 2 && stop.abort()) },
    );
    expect(report).toMatchObject({ isComplete: false, samples: 2, verdict: 'inconclusive' });
    expect(report.reasons).toEqual(['interrupted after 2 of 8 sets']);
    expect(report.outputs).toMatchObject([{ total: 20, mismatched: 0 }]);
    const message = 'interrupted after 2 of 8 sets';
    expect(validationCases(report).at(-1)).toMatchObject({ outcome: 'skipped', message });
  });

  test('interrupted while labels are counted: the accuracy of the rows until then', async () => {
    const stop = new AbortController();
    const inputs = [path.join(digits, 'eval.npz')];
    const reference = path.join(digits, models['cnn.onnx']);
    const report = await validate(
      { ...validateDefaults, reference, inputs, labels: 'labels' },
      { signal: stop.signal, onProgress: (_, done) => void (done === 2 && stop.abort()) },
    );
    expect(report).toMatchObject({ isComplete: false, samples: 2, rows: 128 });
    expect(report.accuracy).toMatchObject({ rows: 128 });
    expect(report.reasons).toEqual(['interrupted after 2 of 10 samples']);
    expect(validationCases(report)).toMatchObject([{ name: 'accuracy', outcome: 'skipped' }]);
  });

  test('a part that cannot be written is refused before the models run', async () => {
    const folder = folderOfModels();
    for (const file of ['cnn.onnx', 'no/r.onnx']) {
      const ran = await runIn(folder, ['cnn.onnx', 'vit.onnx', '--extract', file, '--json']);
      expect(ran.exit).toBe(file === 'cnn.onnx' ? 2 : 3);
      expect(JSON.parse(ran.out)).toMatchObject({ kind: 'error' });
    }
    const { err } = await runIn(folder, ['cnn.onnx', 'vit.onnx', '--extract', 'cnn.onnx']);
    expect(err).toContain('hint: Give --extract a path of its own.');
  });

  test('limits hold between the settings of one model', async () => {
    const argv = ['--matrix', 'precision=float32,float16', '--samples', '1'];
    expect(await run('cnn.onnx', ...argv)).toMatchObject({ exit: 0 });
    const strict = await run('cnn.onnx', ...argv, '--min-sqnr', '100');
    expect(strict).toMatchObject({ exit: 1 });
    expect(strict.out).toContain('must be at least 100 dB');
  });

  test('data that cannot decide: exit 4', async () => {
    const labels = ['--labels', 'labels', '--max-drop', '1%', '--samples', '1'];
    const { exit, out } = await run('cnn.onnx', 'cnn13.onnx', ...real, ...labels);
    expect(exit).toBe(4);
    expect(out).toContain('INCONCLUSIVE: 64 rows resolve steps of 1.563 points');
  });
});
