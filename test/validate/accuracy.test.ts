import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringTensor, type Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { accuracyOf, dropInterval, judgeDrop } from '../../src/validate/accuracy.ts';
import { validate } from '../../src/validate/index.ts';
import { Scorer } from '../../src/validate/score.ts';
import { fixtures, temporaryFolder } from '../support/files.ts';
import { configFor, float32, int64, writeNpz } from './files.ts';

function outputs(all: Readonly<Record<string, Tensor>>): Map<string, Tensor> {
  return new Map(Object.entries(all));
}

describe('counting what is right', () => {
  test('takes the greatest score of each row, the first of equals', () => {
    const scorer = new Scorer(['0', '1', '0', '2']);
    const scores = float32([4, 3], [1, 1, 0, 0, 2, 1, 0, 0, 5, 0, Number.NaN, 9]);
    scorer.add(outputs({ hidden: float32([4], [1, 2, 3, 4]), scores }), 4);
    expect(scorer.output).toBe('scores');
    expect(scorer.right).toEqual([true, true, false, false]);
  });

  test('prefers classes that the model names itself', () => {
    const scorer = new Scorer(['cat', 'dog']);
    const probabilities = float32([2, 2], [1, 0, 0, 1]);
    const label = stringTensor([2], ['cat', 'cat']);
    scorer.add(outputs({ probabilities, label }), 2);
    expect([scorer.output, scorer.right]).toEqual(['label', [true, false]]);
  });

  test('goes on over samples, and refuses too few labels', () => {
    const scorer = new Scorer(['1', '0', '1']);
    const one = float32([2, 2], [0, 1, 1, 0]);
    scorer.add(outputs({ one }), 2);
    scorer.add(outputs({ one: float32([1, 2], [0, 1]) }), 1);
    expect(scorer.hits).toBe(3);
    expect(() => scorer.add(outputs({ one }), 2)).toThrow(/3 labels for at least 5 rows/);
  });

  test('refuses outputs without classes', () => {
    const scorer = new Scorer(['1']);
    expect(() => scorer.add(outputs({ y: float32([1, 1], [3]) }), 1)).toThrow(
      /no output has a class/,
    );
  });
});

describe('the drop', () => {
  const of = (pattern: string): boolean[] => Array.from(pattern, (each) => each === '1');

  test('counts rows that only one gets right; its interval is that of Agresti and Min', () => {
    const [reference, candidate] = [of('1111111100'), of('1111100010')];
    // 3 lost, 1 gained, 10 rows: (3 − 1) / 12 ± 1.96·√((3 + 1 + 1 − 4/12) / 144)
    const { value, low, high } = dropInterval(reference, candidate);
    expect(value).toBeCloseTo(20, 10);
    expect(low).toBeCloseTo(100 * (2 / 12 - 1.959964 * Math.sqrt((5 - 4 / 12) / 144)), 4);
    expect(high).toBeCloseTo(100 * (2 / 12 + 1.959964 * Math.sqrt((5 - 4 / 12) / 144)), 4);
  });

  function judged(rows: number, lost: number, maxDropPct: number): ReturnType<typeof judgeDrop> {
    const reference = new Scorer(Array.from({ length: rows }, () => '1'));
    const candidate = new Scorer(Array.from({ length: rows }, () => '1'));
    reference.right.push(...Array.from({ length: rows }, () => true));
    candidate.right.push(...Array.from({ length: rows }, (_, i) => i >= lost));
    return judgeDrop(accuracyOf(reference, candidate), maxDropPct);
  }

  test.each([
    [1000, 0, 1, 'pass', 0],
    [1000, 10, 1, 'pass', 1],
    [1000, 11, 1, 'fail', 0],
    [50, 0, 1, 'inconclusive', 0],
    [50, 1, 1, 'fail', 0],
    [50, 0, 0, 'pass', 1],
  ] as const)('%d rows, %d lost, %d%% allowed: %s', (rows, lost, max, verdict, warnings) => {
    const result = judged(rows, lost, max);
    expect([result.verdict, result.warnings.length]).toEqual([verdict, warnings]);
  });
});

const digits = path.join(fixtures, 'digits');
const cnn = path.join(digits, 'digits-cnn-dynamo-opset20.onnx');
const vit = path.join(digits, 'digits-vit-dynamo-opset20.onnx');
const lstm = path.join(digits, 'digits-lstm-torchscript-opset13.onnx');
const data = { inputs: [path.join(digits, 'eval.npz')], labels: 'labels' };

describe('accuracy on the digits', () => {
  test('of one model is what its training measured, and decides nothing', async () => {
    const report = await validate(configFor(lstm, data));
    expect(report).toMatchObject({
      accuracy: { candidate: null, dropPct: null, rows: 600, output: 'logits' },
      decidedBy: [],
      warnings: [],
    });
    expect(report.verdict).toBeUndefined();
    expect(report.accuracy?.reference).toBeCloseTo(0.9317, 4);
    expect(report.accuracy?.low).toBeLessThan(0.9317);
    expect(report.accuracy?.high).toBeGreaterThan(0.9317);
  });

  test('of two: 98.83% to 98.33% is a drop of half a point, in or out of the limit', async () => {
    const pair = { ...data, candidate: vit };
    const allowed = await validate(configFor(cnn, { ...pair, maxDropPct: 1 }));
    expect(allowed).toMatchObject({ verdict: 'pass', decidedBy: ['accuracy'], rows: 600 });
    expect(allowed.accuracy?.reference).toBeCloseTo(0.9883, 4);
    expect(allowed.accuracy?.candidate).toBeCloseTo(0.9833, 4);
    expect(allowed.accuracy?.dropPct).toBeCloseTo(0.5, 10);
    // The outputs themselves are nothing alike.
    expect(allowed.outputs?.[0]?.verdict).toBe('fail');
    const tight = await validate(configFor(cnn, { ...pair, maxDropPct: 0.4 }));
    expect(tight).toMatchObject({ verdict: 'fail', decidedBy: ['accuracy'] });
    expect(tight.reasons).toEqual([expect.stringContaining('drops by 0.5 percentage points')]);
    const both = await validate(configFor(cnn, { ...pair, maxDropPct: 1, profile: 'int8' }));
    expect(both).toMatchObject({ verdict: 'fail', decidedBy: ['outputs', 'accuracy'] });
    const outputsOnly = await validate(configFor(cnn, pair));
    expect(outputsOnly).toMatchObject({ verdict: 'fail', decidedBy: ['outputs'] });
  });

  test('the same network from two exporters passes', async () => {
    const other = path.join(digits, 'digits-cnn-torchscript-opset13.onnx');
    const report = await validate(configFor(cnn, { candidate: other, inputs: data.inputs }));
    expect(report).toMatchObject({ verdict: 'pass', profile: 'fp32' });
  });
});

describe('labels', () => {
  test('that are not there, or do not fit, are errors', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'data.npz');
    const input = float32(
      [2, 1, 8, 8],
      Array.from({ length: 128 }, () => 0),
    );
    const floats = tensorFrom('float32', [2], Float32Array.of(0.5, 1));
    writeNpz(file, { input, labels: int64([1]), floats });
    const check = (labels: string): Promise<unknown> =>
      validate(configFor(cnn, { inputs: [file], labels }));
    await expect(check('other')).rejects.toMatchObject({
      code: 'USAGE',
      hint: 'Its arrays are input, labels, floats.',
    });
    await expect(check('labels')).rejects.toMatchObject({ code: 'INPUT_DATA' });
    await expect(check('floats')).rejects.toThrow(/not all whole numbers/);
    await expect(check('input')).rejects.toThrow(/shape \[2, 1, 8, 8\]/);
    await expect(check(path.join(folder, 'no.npy'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });
});
