import { describe, expect, test } from 'vitest';
import { buildModel, tensorType } from '../../src/graph/index.ts';
import {
  compareModels,
  type OutputParity,
  type ParityResult,
  type ParitySettings,
} from '../../src/parity/index.ts';
import { openSession } from '../../src/runtime/index.ts';
import { encodeBfloat16, tensorFrom } from '../../src/tensor/index.ts';
import { numbersIn } from '../support/feeds.ts';
import { addLinear, feeds, float32, linear, saved, weights } from './models.ts';

function compare(
  [reference = '', candidate = '']: readonly string[],
  settings: Partial<ParitySettings> = {},
): Promise<ParityResult> {
  return compareModels({
    reference: { path: reference },
    candidate: { path: candidate },
    feeds: feeds(),
    profile: 'auto',
    ...settings,
  });
}

function verdicts({ outputs }: ParityResult): [string, OutputParity['verdict']][] {
  return outputs.map(({ name, verdict }) => [name, verdict]);
}

describe('comparing models', () => {
  test('the same file is exact, and an equal one passes as fp32', async () => {
    const [a = '', b = ''] = await saved(['a.onnx', linear()], ['b.onnx', linear()]);
    expect(await compare([a, a])).toMatchObject({ verdict: 'pass', profile: 'exact', samples: 3 });
    const result = await compare([a, b]);
    expect(result).toMatchObject({ verdict: 'pass', profile: 'fp32', warnings: [] });
    expect(result.outputs.map(({ name, total, maxAbs }) => [name, total, maxAbs])).toEqual([
      ['y', 18, 0],
      ['z', 18, 0],
    ]);
  });

  test('a changed weight fails, with the difference that it makes', async () => {
    const changed = weights.with(2, 2.001);
    const files = await saved(['a.onnx', linear()], ['b.onnx', linear(changed)]);
    const result = await compare(files);
    expect(verdicts(result)).toEqual([
      ['y', 'fail'],
      ['z', 'fail'],
    ]);
    // W[0, 2] is multiplied with x[·, 0], whose greatest value is 3.
    expect(result.outputs[0]?.maxAbs).toBeCloseTo(0.003, 6);
    expect(result.outputs[0]?.reasons[0]).toContain('elements differ');
  });

  test('swapped, missing and extra outputs fail', async () => {
    const build = (names: readonly [string, string], count = 2): ReturnType<typeof linear> =>
      buildModel({ opset: 17 }, (b) => {
        const x = b.input('x', 'float32', ['N', 2]);
        const y = addLinear(b, x, weights, names[0]);
        b.output(y, 'float32', ['N', 3]);
        if (count > 1)
          b.output(b.node('Neg', [y], {}, { outputs: [names[1]] }), 'float32', ['N', 3]);
      });
    const files = await saved(
      ['a.onnx', linear()],
      ['swapped.onnx', build(['z', 'y'])],
      ['one.onnx', build(['y', 'z'], 1)],
      ['renamed.onnx', build(['p', 'q'])],
    );
    const [a = '', swapped = '', one = '', renamed = ''] = files;
    expect(verdicts(await compare([a, swapped]))).toEqual([
      ['y', 'fail'],
      ['z', 'fail'],
    ]);
    const missing = await compare([a, one]);
    expect(verdicts(missing)).toEqual([
      ['y', 'pass'],
      ['z', 'fail'],
    ]);
    expect(missing.outputs[1]).toMatchObject({
      dtype: null,
      total: 0,
      reasons: ['the candidate does not have this output'],
    });
    expect(verdicts(await compare([one, a]))).toEqual([
      ['y', 'pass'],
      ['z', 'fail'],
    ]);
    expect(verdicts(await compare([a, renamed]))).toEqual(
      ['y', 'z', 'p', 'q'].map((name) => [name, 'fail']),
    );
    expect(await compare([a, renamed], { match: 'position' })).toMatchObject({ verdict: 'pass' });
    expect(await compare([a, swapped], { match: 'position' })).toMatchObject({ verdict: 'pass' });
  });

  test('inputs of other names need --match position', async () => {
    const other = buildModel({ opset: 17 }, (b) => {
      const y = addLinear(b, b.input('data', 'float32', ['N', 2]), weights, 'y');
      b.output(y, 'float32', ['N', 3]);
      b.output(b.node('Neg', [y], {}, { outputs: ['z'] }), 'float32', ['N', 3]);
    });
    const files = await saved(['a.onnx', linear()], ['b.onnx', other]);
    await expect(compare(files)).rejects.toMatchObject({
      code: 'INPUT_DATA',
      message: expect.stringContaining('"data"') as string,
      hint: expect.stringContaining('--match position') as string,
    });
    expect(await compare(files, { match: 'position' })).toMatchObject({ verdict: 'pass' });
  });

  test('float16 inputs and outputs fail, unless casting is asked for', async () => {
    const half = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float16', ['N', 2]);
      const wide = b.node('Cast', [x], { to: 1 });
      const y = addLinear(b, wide, weights, 'y32');
      b.output(b.node('Cast', [y], { to: 10 }, { outputs: ['y'] }), 'float16', ['N', 3]);
      const z = b.node('Neg', [y]);
      b.output(b.node('Cast', [z], { to: 10 }, { outputs: ['z'] }), 'float16', ['N', 3]);
    });
    const files = await saved(['a.onnx', linear()], ['b.onnx', half]);
    await expect(compare(files)).rejects.toMatchObject({
      code: 'INPUT_DATA',
      hint: expect.stringContaining('--cast-io') as string,
    });
    const result = await compare(files, { castIo: true });
    expect(result).toMatchObject({ verdict: 'pass', profile: 'fp16' });
    expect(result.warnings).toEqual([expect.stringContaining('rounded')]);
  });

  test('a candidate in ORT format is run, although only the runtime can read it', async () => {
    const [a = ''] = await saved(['a.onnx', linear()]);
    const ort = a.replace('.onnx', '.ort');
    const session = await openSession(a, { optimizedModelPath: ort });
    await session.close();
    const result = await compare([a, ort]);
    expect(result).toMatchObject({ verdict: 'pass', profile: 'fp32' });
    expect(result.profileReason).toContain('ORT format');
  });

  test('gives the outputs of every sample to who asks', async () => {
    const files = await saved(['a.onnx', linear()], ['b.onnx', linear()]);
    const seen: number[] = [];
    const progress: [number, number | null][] = [];
    await compare(files, {
      onSample: (index, { reference, candidate }) => {
        expect([...reference.keys(), ...candidate.keys()]).toEqual(['y', 'z', 'y', 'z']);
        seen.push(index);
      },
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(seen).toEqual([0, 1, 2]);
    expect(progress.at(-1)).toEqual([3, 3]);
  });

  test('outputs drawn by chance are inconclusive, and only those', async () => {
    const random = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', ['N', 2]);
      const noise = b.node('RandomNormalLike', [x]);
      b.output(b.node('Add', [x, noise], {}, { outputs: ['noisy'] }), 'float32', ['N', 2]);
      b.output(b.node('Neg', [x], {}, { outputs: ['plain'] }), 'float32', ['N', 2]);
    });
    const [a = ''] = await saved(['a.onnx', random]);
    const result = await compare([a, a]);
    expect(verdicts(result)).toEqual([
      ['noisy', 'inconclusive'],
      ['plain', 'pass'],
    ]);
    expect(result.verdict).toBe('inconclusive');
    expect(result.outputs[0]?.reasons).toContainEqual(expect.stringContaining('RandomNormalLike'));
  });

  test('nothing to compare is inconclusive', async () => {
    const [a = ''] = await saved(['a.onnx', linear()]);
    const nothing = new Map([['x', float32([0, 2], [])]]);
    const result = await compare([a, a], { feeds: [nothing] });
    expect(result.verdict).toBe('inconclusive');
    expect(result.outputs.map(({ verdict, reasons }) => [verdict, ...reasons])).toEqual(
      result.outputs.map(() => ['inconclusive', 'nothing was compared: it has no elements']),
    );
  });

  test('stops when it is interrupted', async () => {
    const [a = ''] = await saved(['a.onnx', linear()]);
    const control = new AbortController();
    const running = compare([a, a], {
      signal: control.signal,
      onSample: () => control.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('what the binding cannot pass', () => {
  test('bfloat16 is carried as float32 and compared as what it is', async () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'bfloat16', [3]);
      const wide = b.node('Cast', [x], { to: 1 });
      const y = b.node('Mul', [wide, b.initializer(float32([1], [3]), 'three')]);
      b.output(b.node('Cast', [y], { to: 16 }, { outputs: ['y'] }), 'bfloat16', [3]);
    });
    const [a = ''] = await saved(['a.onnx', model]);
    const x = tensorFrom('bfloat16', [3], encodeBfloat16(Float64Array.of(1, -2.5, 1e30)));
    let seen: number[] = [];
    const result = await compare([a, a], {
      feeds: [new Map([['x', x]])],
      onSample: (_, { reference }) => {
        seen = numbersIn(reference, 'y');
      },
    });
    expect(result).toMatchObject({ verdict: 'pass', profile: 'exact' });
    expect(result.outputs[0]).toMatchObject({ name: 'y', dtype: 'bfloat16', ulpMax: 0 });
    expect(seen.slice(0, 2)).toEqual([3, -7.5]);
    expect(result.warnings).toEqual([
      expect.stringContaining('input "x" is bfloat16'),
      expect.stringContaining('output "y" is bfloat16'),
    ]);
  });

  test('4-bit outputs come as what they are', async () => {
    const model = buildModel({ opset: 21, irVersion: 10 }, (b) => {
      const x = b.input('x', 'int8', [3]);
      b.output(b.node('Cast', [x], { to: 22 }, { outputs: ['y'] }), 'int4', [3]);
    });
    const [a = ''] = await saved(['a.onnx', model]);
    let seen: number[] = [];
    const result = await compare([a, a], {
      feeds: [new Map([['x', tensorFrom('int8', [3], Int8Array.of(-8, 7, -1))]])],
      onSample: (_, { reference }) => {
        seen = numbersIn(reference, 'y');
      },
    });
    expect(result.outputs[0]).toMatchObject({ dtype: 'int4', verdict: 'pass' });
    expect(seen).toEqual([-8, 7, -1]);
  });

  test('lists of maps are compared as the matrix of their values, and their keys', async () => {
    const build = (keys: readonly bigint[]): ReturnType<typeof linear> =>
      buildModel({ opset: { '': 17, 'ai.onnx.ml': 3 } }, (b) => {
        const x = b.input('x', 'float32', ['N', 2]);
        const maps = b.node(
          'ZipMap',
          [b.node('Softmax', [x], { axis: 1 })],
          { classlabels_int64s: keys },
          { domain: 'ai.onnx.ml', outputs: ['probabilities'] },
        );
        const map = { kind: 'map', keyType: 'int64', value: tensorType('float32', []) } as const;
        b.output(maps, { kind: 'sequence', element: map });
      });
    const [a = '', b = ''] = await saved(['a.onnx', build([0n, 1n])], ['b.onnx', build([0n, 2n])]);
    const same = await compare([a, a]);
    expect(same.outputs[0]).toMatchObject({
      name: 'probabilities',
      shape: [2, 2],
      total: 12,
      verdict: 'pass',
    });
    const other = await compare([a, b]);
    expect(other.outputs[0]).toMatchObject({
      verdict: 'fail',
      reasons: ['its maps have the keys 0, 2 instead of 0, 1'],
    });
  });

  test('sequences are compared tensor by tensor', async () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [2, 2]);
      const parts = b.node('SplitToSequence', [x], {}, { outputs: ['parts'] });
      b.output(parts, { kind: 'sequence', element: tensorType('float32', null) });
      b.output(b.node('Neg', [x], {}, { outputs: ['y'] }), 'float32', [2, 2]);
    });
    const [a = ''] = await saved(['a.onnx', model]);
    const result = await compare([a, a]);
    expect(verdicts(result)).toEqual([
      ['parts', 'pass'],
      ['y', 'pass'],
    ]);
    // Two rows of two elements in each of three samples.
    expect(result.outputs[0]?.total).toBe(12);
  });
});
