import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { checkStructure, type Model } from '../../src/graph/index.ts';
import { openModel, tensorsOf } from '../../src/onnx/index.ts';
import { applyPlan } from '../../src/quantize/apply.ts';
import { defaultConfig } from '../../src/quantize/config.ts';
import { planQuantization } from '../../src/quantize/plan.ts';
import { filesBelow, fixtures, shared } from '../support/files.ts';
import { bytesOf } from './run-model.ts';

/** Models from everywhere: each is refused with a reason, left as it is, or becomes one that loads. */

const files = [
  ...filesBelow(path.join(fixtures), '.onnx'),
  ...filesBelow(path.join(shared, 'models'), '.onnx'),
];

async function loads(model: Model): Promise<boolean> {
  try {
    const settings = { logSeverityLevel: 4 as const, intraOpNumThreads: 1 };
    await (await InferenceSession.create(bytesOf(model), settings)).release();
    return true;
  } catch {
    return false;
  }
}

describe.each(['dynamic', 'weight-only'] as const)('%s', (mode) => {
  test.each(files.map((file) => [path.relative(path.dirname(fixtures), file), file]))(
    '%s',
    async (_, file) => {
      const [opened, untouched] = [openOrNull(file), openOrNull(file)];
      if (opened === null || untouched === null) return;
      try {
        const { model } = opened;
        // From memory, onnxruntime does not find data files.
        const isAlone = [...tensorsOf(model)].every(({ tensor }) => !tensor.storage.external);
        if (!isAlone) return;
        const config = { ...defaultConfig, mode };
        const before = checkStructure(model).length;
        const plan = planOrNull(() => planQuantization(model, config));
        if (plan === null || plan.quantized.length === 0) return;
        applyPlan(plan, model, config);
        expect(checkStructure(model).length).toBeLessThanOrEqual(before);
        expect(bytesOf(model).length).toBeLessThan(bytesOf(untouched.model).length);
        if (await loads(untouched.model)) expect(await loads(model)).toBe(true);
      } finally {
        opened.close();
        untouched.close();
      }
    },
  );
});

function openOrNull(file: string): ReturnType<typeof openModel> | null {
  return planOrNull(() => openModel(file));
}

/** Null for what mlkit refuses with an error of its own. */
function planOrNull<Result>(work: () => Result): Result | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof MlkitError) return null;
    throw error;
  }
}
