import path from 'node:path';
import { expect, test } from 'vitest';
import { readNpz } from '../../src/feeds/index.ts';
import { openModel } from '../../src/onnx/index.ts';
import { applyPlan } from '../../src/quantize/apply.ts';
import { defaultConfig } from '../../src/quantize/config.ts';
import { planQuantization } from '../../src/quantize/plan.ts';
import { fixtures } from '../support/files.ts';
import { bytesOf, runModel } from './run-model.ts';

/** Real digits and a trained model: what quantization costs in answers. */

const digits = path.join(fixtures, 'digits');
const data = readNpz(path.join(digits, 'eval.npz'));
const images = data.get('input')?.data() as Float32Array;
const labels = [...(data.get('labels')?.toFloat64() ?? [])];

/** Share of the digits that a model knows. */
async function accuracy(model: Uint8Array): Promise<number> {
  const feeds = { input: { dims: [labels.length, 1, 8, 8], data: images } };
  const [scores] = [...(await runModel(model, feeds)).values()];
  if (scores === undefined) throw new Error('there is no output');
  const classes = scores.length / labels.length;
  const right = labels.filter((label, row) => {
    const own = scores.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own)) === label;
  });
  return right.length / labels.length;
}

const models = [
  'digits-vit-dynamo-opset20.onnx',
  'digits-vit-torchscript-opset13.onnx',
  'digits-lstm-dynamo-opset20.onnx',
  'digits-cnn-torchscript-opset13.onnx',
];

test.each(models.flatMap((file) => [[file, 'dynamic'] as const, [file, 'weight-only'] as const]))(
  '%s, %s: as accurate as in float to half a point',
  async (file, mode) => {
    const opened = openModel(path.join(digits, file));
    try {
      const before = await accuracy(bytesOf(opened.model));
      expect(before).toBeGreaterThan(0.9);
      const config = { ...defaultConfig, mode };
      const plan = planQuantization(opened.model, config);
      expect(plan.quantized.length).toBeGreaterThan(0);
      applyPlan(plan, opened.model, config);
      const after = await accuracy(bytesOf(opened.model));
      expect(Math.abs(after - before)).toBeLessThanOrEqual(0.005);
    } finally {
      opened.close();
    }
  },
);
