import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { parseMaxDrop, type ValidateReport, validate } from '../../../src/validate/index.ts';
import { fixtures, temporaryFolder } from '../../support/files.ts';
import { configFor, float32, int64, writeNpz } from '../files.ts';

const digits = path.join(fixtures, 'digits');
const cnn = path.join(digits, 'digits-cnn-dynamo-opset20.onnx');
const vit = path.join(digits, 'digits-vit-dynamo-opset20.onnx');
const lstm = path.join(digits, 'digits-lstm-torchscript-opset13.onnx');
const data = { inputs: [path.join(digits, 'eval.npz')], labels: 'labels' };

function classesOf({ accuracy }: ValidateReport): Extract<typeof accuracy, { low: number }> {
  if (accuracy?.task !== 'classification') throw new Error('these are classes');
  return accuracy;
}

describe('accuracy on the digits', () => {
  test('of one model is what its training measured, and decides nothing', async () => {
    const report = await validate(configFor(lstm, data));
    expect(report).toMatchObject({
      accuracy: { candidate: null, dropPct: null, rows: 600, output: 'logits' },
      decidedBy: [],
      warnings: [],
    });
    expect(report.verdict).toBeUndefined();
    const accuracy = classesOf(report);
    expect(accuracy.reference).toBeCloseTo(0.9317, 4);
    expect(accuracy.low).toBeLessThan(0.9317);
    expect(accuracy.high).toBeGreaterThan(0.9317);
  });

  test('of two: 98.83% to 98.33% is a drop of half a point, in or out of the limit', async () => {
    const pair = { ...data, candidate: vit };
    const allowed = await validate(configFor(cnn, { ...pair, maxDrop: parseMaxDrop('1%') }));
    expect(allowed).toMatchObject({ verdict: 'pass', decidedBy: ['accuracy'], rows: 600 });
    const accuracy = classesOf(allowed);
    expect(accuracy.reference).toBeCloseTo(0.9883, 4);
    expect(accuracy.candidate).toBeCloseTo(0.9833, 4);
    expect(accuracy.dropPct).toBeCloseTo(0.5, 10);
    // The outputs themselves are nothing alike.
    expect(allowed.outputs?.[0]?.verdict).toBe('fail');
    const tight = await validate(configFor(cnn, { ...pair, maxDrop: parseMaxDrop('0.4%') }));
    expect(tight).toMatchObject({ verdict: 'fail', decidedBy: ['accuracy'] });
    expect(tight.reasons).toEqual([expect.stringContaining('drops by 0.5 percentage points')]);
    const both = await validate(
      configFor(cnn, { ...pair, maxDrop: parseMaxDrop('1%'), profile: 'int8' }),
    );
    expect(both).toMatchObject({ verdict: 'fail', decidedBy: ['outputs', 'accuracy'] });
    // Three rows fewer of 600: the claim behind a name would take more rows.
    const claim = await validate(configFor(cnn, { ...pair, maxDrop: parseMaxDrop('production') }));
    expect(claim).toMatchObject({ verdict: 'inconclusive', decidedBy: ['accuracy'] });
    expect(claim.reasons).toEqual([expect.stringMatching(/class production.*rows would decide/)]);
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
    await expect(check('floats')).rejects.toThrow(/one number a row, and no output has as many/);
    const asClasses = configFor(cnn, { inputs: [file], labels: 'floats', task: 'classification' });
    await expect(validate(asClasses)).rejects.toThrow(/not all whole numbers/);
    await expect(check('input')).rejects.toThrow(/shape \[2, 1, 8, 8\]/);
    await expect(check(path.join(folder, 'no.npy'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });
});
