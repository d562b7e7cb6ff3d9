import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readNpz } from '../../../src/feeds/index.ts';
import { openSession } from '../../../src/runtime/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { type LabelScoring, scoreLabels } from '../../../src/validate/accuracy/label-scoring.ts';
import { readLabels } from '../../../src/validate/accuracy/labels.ts';
import { fixtures } from '../../support/files.ts';

const digits = path.join(fixtures, 'digits');
const data = path.join(digits, 'eval.npz');

/** Runs a network on all rows, `batch` at a time. */
async function addTo(
  scoring: LabelScoring,
  side: 'reference' | 'candidate',
  file: string,
  batch: number,
): Promise<void> {
  const images = readNpz(data).get('input');
  const pixels = images?.toFloat64() ?? new Float64Array();
  const rows = images?.dims[0] ?? 0;
  const width = pixels.length / rows;
  const session = await openSession(path.join(digits, file), { threads: 1 });
  try {
    for (let row = 0; row < rows; row += batch) {
      const count = Math.min(batch, rows - row);
      const part = Float32Array.from(pixels.subarray(row * width, (row + count) * width));
      const dims = [count, ...(images?.dims.slice(1) ?? [])];
      const { outputs } = await session.run(
        new Map([['input', tensorFrom('float32', dims, part)]]),
      );
      scoring.add(side, { outputs }, count);
    }
  } finally {
    await session.close();
  }
}

describe('the digits, 600 rows', () => {
  // What their training measured, in another framework.
  test.each([
    ['cnn', 98.83, 599],
    ['vit', 98.33, 600],
    ['lstm', 93.17, 598],
  ])(
    '%s: %s percent in both exports, and %d among the first three',
    async (network, percent, inTop3) => {
      const labels = readLabels('labels', [data]);
      const scoring = scoreLabels(labels, { topK: 3, output: null });
      await addTo(scoring, 'reference', `digits-${network}-torchscript-opset13.onnx`, 64);
      await addTo(scoring, 'candidate', `digits-${network}-dynamo-opset20.onnx`, 600);
      const result = scoring.finish();
      if (result.task !== 'classification') throw new Error('these are classes');
      const { reference, candidate, topK } = result;
      expect((100 * reference).toFixed(2)).toBe(percent.toFixed(2));
      expect(candidate).toBe(reference);
      expect(result).toMatchObject({ rows: 600, dropPct: 0, lost: 0, gained: 0, classCount: 10 });
      // Counted in NumPy.
      expect(topK).toEqual({ k: 3, reference: inTop3 / 600, candidate: inTop3 / 600 });
      const wrong = result.classes.reduce((sum, each) => sum + each.rows * (1 - each.reference), 0);
      expect(wrong / 600).toBeCloseTo(1 - reference, 12);
    },
  );
});
