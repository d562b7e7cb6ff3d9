import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { buildModel, type Model } from '../../src/graph/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { fixtures, temporaryFolder } from '../support/files.ts';
import { writeModel } from '../support/write-model.ts';
import { testIo } from './test-io.ts';

/* `inspect --select` and `inspect --diff`, from the command line to what is printed. */

const models = path.join(fixtures, 'models');
const npz = path.join('..', 'formats', 'arrays.npz');

interface Run {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

async function inspect(...argv: readonly string[]): Promise<Run> {
  const io = testIo({ cwd: models });
  const exit = await main(['inspect', ...argv], io);
  return { exit, out: io.out, err: io.err };
}

async function json(...argv: readonly string[]): Promise<Run & { readonly report: unknown }> {
  const done = await inspect(...argv, '--json');
  return { ...done, report: JSON.parse(done.out) };
}

describe('--select', () => {
  test('lists the nodes that it is true of, with shapes that the file does not state', async () => {
    const { exit, out, err } = await inspect('mlp.onnx', '--select', 'op=Gemm');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toMatch(
      /^mlp\.onnx\n\nselected by +op=Gemm\nnodes +1 of 4\nconstants +0 of 4\n\nSelected nodes\n/,
    );
    // The file has types of x and y only.
    expect(out).toMatch(/^Gemm .*relu_out: float32\[batch, 32\].*y: float32\[batch, 10\]$/m);
    expect(out).not.toContain('MatMul');
  });

  test('lists the constants that it is true of, with the bytes of all', async () => {
    const { exit, out } = await inspect('mlp.onnx', '--select', 'kind=constant & bytes>1KiB');
    expect(exit).toBe(0);
    expect(out).toMatch(/nodes +0 of 4\nconstants +2 of 4\n/);
    // 16 × 32 and 10 × 32 floats.
    expect(out).toMatch(/^Selected constants \(3\.25 KiB\)$/m);
    expect(out).toMatch(/^w1 +float32 +\[16, 32\] +2 KiB$/m);
    expect(out).toMatch(/^w2 +float32 +\[10, 32\] +1\.25 KiB$/m);
    expect(out).not.toMatch(/^b[12] /m);
  });

  test('has the fields that scripts read', async () => {
    const { exit, report } = await json('mlp.onnx', '--select', 'attr.transB=1 | name=b2');
    expect(exit).toBe(0);
    const float32 = (name: string, ...shape: readonly unknown[]) => ({
      name,
      type: 'float32',
      shape,
    });
    expect(report).toMatchObject({
      kind: 'inspect',
      config: { select: 'attr.transB=1 | name=b2' },
      selected: {
        expression: 'attr.transB=1 | name=b2',
        nodes: [
          {
            graph: 'main',
            op: 'Gemm',
            inputs: [float32('relu_out', 'batch', 32), float32('w2', 10, 32), float32('b2', 10)],
            outputs: [float32('y', 'batch', 10)],
          },
        ],
        constants: [
          { graph: 'main', name: 'b2', dtype: 'float32', shape: [10], bytes: 40, stored: 'model' },
        ],
        total: { nodes: 4, constants: 4 },
      },
    });
  });

  test('sees the sizes that --dim fixes', async () => {
    const flags = ['mlp.onnx', '--select', 'shape=[4, ...]'];
    expect((await inspect(...flags)).out).toMatch(/nodes +0 of 4\n/);
    const { exit, out } = await inspect(...flags, '--dim', 'batch=4');
    expect(exit).toBe(0);
    expect(out).toMatch(/nodes +4 of 4\n/);
    expect(out).toContain('relu_out: float32[4, 32]');
  });

  test('that picks nothing is an answer', async () => {
    const { exit, out, err } = await inspect('mlp.onnx', '--select', 'op=Conv');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toMatch(/nodes +0 of 4\nconstants +0 of 4\n$/);
  });

  test('leaves the answer of --check what it is', async () => {
    const of = (file: string) => inspect(file, '--select', 'op=*', '--check', '--no-runtime');
    const [sound, broken] = [await of('mlp.onnx'), await of('broken-operator.onnx')];
    expect([sound.exit, broken.exit]).toEqual([2, 2]);
    const every = (file: string) => inspect(file, '--select', 'op~"*"', '--check', '--no-runtime');
    const [good, bad] = [await every('mlp.onnx'), await every('broken-operator.onnx')];
    expect([good.exit, bad.exit]).toEqual([0, 1]);
    expect(bad.out).toMatch(/nodes +1 of 1\n[\s\S]*specification +invalid\n[\s\S]*\(operator-unkn/);
  });

  // Where the caret must be, counted from the start of the expression.
  test.each([
    ['op=MatMul & nme=x', 12, /no field "nme"; did you mean name\?/],
    ['op=(', 3, /expected a value, found "\("/],
    ['dtype=floatt', 6, /did you mean float32\?/],
    ['op=Conv)', 7, /expected "&", "\|" or the end, found "\)"/],
  ])('%s is wrong usage, with a caret at character %i', async (expression, at, message) => {
    const { exit, out, err } = await inspect('mlp.onnx', '--select', expression);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).toContain(`--select, character ${at + 1}: `);
    expect(err).toContain(`\n  ${expression}\n  ${' '.repeat(at)}^\n`);
  });

  test('tells scripts of a wrong expression on stdout', async () => {
    const { exit, report } = await json('mlp.onnx', '--select', 'frob=1');
    expect(exit).toBe(2);
    expect(report).toMatchObject({ kind: 'error', code: 'USAGE', exit: 2 });
  });

  test.each([
    [['mlp.onnx', '--select', ''], 2, /the value of --select is empty/],
    [['mlp.onnx', '--select', 'op=Conv', '--text'], 2, /--select would be lost/],
    [[npz, '--select', 'op=Conv'], 2, /NumPy archive .*; --select is for ONNX models/],
    [['gone.onnx', '--select', 'op=Conv'], 3, /no such file/],
  ])('%j ends with %i', async (argv, exit, message) => {
    const done = await inspect(...argv);
    expect(done).toMatchObject({ exit, out: '' });
    expect(done.err).toMatch(message);
  });
});

/** `y = Relu(x + w)`, and with `isLonger` another Relu behind it. */
function sum(weights: readonly number[], isLonger = false): Model {
  return buildModel({ opset: 17 }, (b) => {
    const w = b.initializer(tensorFrom('float32', [3], Float32Array.from(weights)), 'w');
    const added = b.node('Add', [b.input('x', 'float32', [3]), w], {}, { name: 'add' });
    const relu = b.node('Relu', [added], {}, { name: 'relu' });
    b.output(isLonger ? b.node('Relu', [relu], {}, { name: 'more' }) : relu, 'float32', [3]);
  });
}

/** A copy of the model whose weights are in a data file, without that file. */
function withoutData(): string {
  const file = path.join(temporaryFolder(), 'model.onnx');
  fs.copyFileSync(path.join(models, 'external', 'model.onnx'), file);
  return file;
}

const external = path.join('external', 'model.onnx');

describe('--diff', () => {
  test('of a model and itself ends with 0', async () => {
    const { exit, out, err } = await inspect('mlp.onnx', '--diff', 'mlp.onnx');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toMatch(/^nodes +4 → 4, 4 of them correspond$/m);
    expect(out).toMatch(/^constants +4 → 4, 4 of 4 pairs compared are equal$/m);
    expect(out).toMatch(/\nok: the models are identical\n$/);
    expect(out).not.toContain('differences');
  });

  test('tells by how much weights differ, and ends with 1', async () => {
    const before = writeModel(sum([1, 2, 3]));
    const after = writeModel(sum([1, 2.5, 3]));
    const { exit, report } = await json(before, '--diff', after);
    expect(exit).toBe(1);
    expect(report).toMatchObject({
      model: { path: before },
      diff: {
        before: { path: before, nodes: 2, constants: 1 },
        after: { path: after, nodes: 2, constants: 1 },
        equivalence: 'different',
        verdict: 'different',
        isSame: false,
        matchedNodes: 2,
        weights: {
          compared: 1,
          equal: 0,
          changed: [
            { name: 'w', what: 'values', elements: 3, differing: 1, maxAbsDifference: 0.5 },
          ],
          unreadable: [],
        },
      },
    });
    // It is no gate of the model itself.
    expect(report).not.toHaveProperty('verdict');
    const { out } = await inspect(before, '--diff', after);
    expect(out).toMatch(/^Weights changed \(1\)$/m);
    expect(out).toMatch(/^w +float32\[3\] +float32\[3\] +3 +1 +0\.5$/m);
    expect(out).toMatch(/\nnote: the models are different\n$/);
  });

  test('names the nodes that only one of the two has', async () => {
    const before = writeModel(sum([1, 2, 3]));
    const after = writeModel(sum([1, 2, 3], true));
    const { exit, report } = await json(before, '--diff', after);
    expect(exit).toBe(1);
    expect(report).toMatchObject({
      diff: {
        nodesRemoved: [],
        nodesAdded: [{ op: 'Relu', nodes: [{ graph: 'main' }] }],
        weights: { compared: 1, equal: 1 },
      },
    });
    const { out } = await inspect(before, '--diff', after);
    expect(out).toMatch(/^nodes added +1$/m);
    expect(out).toMatch(/^Nodes added \(1\)$/m);
  });

  test('takes a model under other names and with its weights elsewhere for the same', async () => {
    const folder = temporaryFolder();
    const copy = path.join(folder, 'copy.onnx');
    const change = ['--rename', 'x=image', '--external', 'w.data', '--no-verify'];
    const io = testIo({ cwd: models });
    expect(await main(['convert', 'mlp.onnx', '-o', copy, ...change], io)).toBe(0);
    const { exit, out } = await inspect('mlp.onnx', '--diff', copy);
    expect(exit).toBe(0);
    expect(out).toMatch(/^main +input +x +image$/m);
    expect(out).toMatch(/^main +w1 +model +data-file$/m);
    expect(out).toMatch(/\nok: the models compute the same: only names, .*differ\n$/);
    const { report } = await json('mlp.onnx', '--diff', copy);
    expect(report).toMatchObject({ diff: { equivalence: 'same-graph', verdict: 'same' } });
  });

  test('of weights that cannot be read ends with 4', async () => {
    const copy = withoutData();
    const { exit, out } = await inspect(external, '--diff', copy);
    expect(exit).toBe(4);
    expect(out).toMatch(/^error: "w1" cannot be compared: .*"model\.onnx\.data" is missing/m);
    expect(out).toMatch(/\nwarning: .*, as far as was compared: 2 weights cannot be read\n$/);
    const { report } = await json(external, '--diff', copy);
    expect(report).toMatchObject({
      diff: {
        verdict: 'inconclusive',
        weights: { compared: 2, equal: 2, unreadable: [{ name: 'w1' }, { name: 'w2' }] },
      },
    });
  });

  test('ends with 1 where it is known that they differ, whatever could not be read', async () => {
    const { exit, report } = await json(withoutData(), '--diff', 'conv.onnx');
    expect(exit).toBe(1);
    expect(report).toMatchObject({ diff: { verdict: 'different' } });
  });

  test('counts as a test in JUnit, as an annotation and in SARIF', async () => {
    const junit = async (...argv: readonly string[]) =>
      (await inspect(...argv, '--format', 'junit')).out;
    expect(await junit('mlp.onnx', '--diff', 'conv.onnx')).toMatch(
      /<testsuite name="mlp\.onnx and conv\.onnx" tests="1" failures="1" errors="0" skipped="0">[\s\S]*name="same model">\s*<failure message="the models are different; /,
    );
    expect(await junit('mlp.onnx', '--diff', 'mlp.onnx')).toMatch(/tests="1" failures="0"/);
    expect(await junit(external, '--diff', withoutData())).toMatch(
      /failures="0" errors="0" skipped="1">[\s\S]*<skipped message="[^"]*could not be read: 2"/,
    );
    const of = ['mlp.onnx', '--diff', 'conv.onnx', '--format'];
    const { out } = await inspect(...of, 'github');
    expect(out).toMatch(/^::error file=mlp\.onnx,title=mlkit inspect%3A same model::.*different/);
    expect((await inspect(...of, 'sarif')).out).toMatch(
      /"level": "error",\s*"message": \{\s*"text": "mlp\.onnx and conv\.onnx: same model: failed: the models/,
    );
  });

  test.each([
    ['mlp.onnx', 'mlp.onnx', 0, 'pass', 'same'],
    ['mlp.onnx', 'conv.onnx', 1, 'pass', 'different'],
    ['broken-operator.onnx', 'broken-operator.onnx', 1, 'fail', 'same'],
    ['broken-operator.onnx', 'mlp.onnx', 1, 'fail', 'different'],
    // Only the first is checked.
    ['mlp.onnx', 'broken-operator.onnx', 1, 'pass', 'different'],
  ])('of %s and %s with --check ends with %i', async (first, other, exit, verdict, difference) => {
    const flags = [first, '--diff', other, '--check', '--no-runtime'];
    const { report, ...done } = await json(...flags);
    expect(done).toMatchObject({ exit, err: '' });
    expect(report).toMatchObject({ verdict, diff: { verdict: difference } });
    const { out } = await inspect(...flags);
    expect(out).toMatch(/^constants +\d+ → \d+, [\s\S]*^specification +(in)?valid$/m);
  });

  test('errors of the model outweigh what cannot be compared', async () => {
    const file = withoutData();
    const flags = ['--check', '--no-runtime'];
    expect((await inspect(file, '--diff', external, ...flags)).exit).toBe(1);
    expect((await inspect(external, '--diff', file, ...flags)).exit).toBe(4);
  });

  test.each([
    [['mlp.onnx', '--diff', 'gone.onnx'], 3, /gone\.onnx: there is no such file/],
    [['gone.onnx', '--diff', 'mlp.onnx'], 3, /gone\.onnx: there is no such file/],
    [['mlp.onnx', '--diff', npz], 3, /arrays\.npz is a NumPy archive .*, not an ONNX model/],
    [['mlp.onnx', '--diff', '.'], 3, /it is a directory/],
    [[npz, '--diff', 'mlp.onnx'], 2, /NumPy archive .*; --diff is for ONNX models/],
    [['mlp.onnx', '--diff', ''], 2, /the value of --diff is empty/],
    [['mlp.onnx', '--diff'], 2, /--diff/],
    [['mlp.onnx', '--diff', 'mlp.onnx', '--text'], 2, /--diff would be lost/],
    [['mlp.onnx', '--diff', 'mlp.onnx', '--dim', 'batch=1'], 2, /--dim has no meaning without/],
  ])('%j ends with %i', async (argv, exit, message) => {
    const done = await inspect(...argv);
    expect(done).toMatchObject({ exit, out: '' });
    expect(done.err).toMatch(message);
  });
});
