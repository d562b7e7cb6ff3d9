import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkModel } from '../../src/convert/index.ts';
import { inspectModel } from '../../src/inspect/index.ts';
import { openModel } from '../../src/onnx/index.ts';
import { plainConfig } from '../inspect/inspect-file.ts';
import { filesBelow, fixtures, shared } from '../support/files.ts';

async function bothChecks(file: string) {
  const open = openModel(file);
  try {
    const inspected = await inspectModel(open, { ...plainConfig, check: true });
    const converted = await checkModel(file, { runtime: false, values: false, target: null });
    return [inspected, converted].map(({ check, findings, verdict }) => ({
      check,
      findings,
      verdict,
    }));
  } finally {
    open.close();
  }
}

const models = filesBelow(fixtures, '.onnx');
const defects = path.join(shared, 'data', 'defects');

interface Verdicts {
  readonly cases: readonly { readonly case: string; readonly onnxCheckerFull: string }[];
}

describe('inspect --check and convert --check', () => {
  test('say the same of the fixtures', async () => {
    expect(models.length).toBeGreaterThan(10);
    for (const file of models) {
      const [inspected, converted] = await bothChecks(file);
      expect([file, converted]).toEqual([file, inspected]);
    }
  });

  test.skipIf(!fs.existsSync(defects))('say the same of models with one defect each', async () => {
    const text = fs.readFileSync(path.join(defects, 'verdicts.json'), 'utf8');
    const { cases } = JSON.parse(text) as Verdicts;
    const invalid: string[] = [];
    for (const { case: name, onnxCheckerFull } of cases) {
      const [inspected, converted] = await bothChecks(path.join(defects, name, 'model.onnx'));
      expect([name, converted]).toEqual([name, inspected]);
      const spec = onnxCheckerFull === 'accepts' ? 'valid' : 'invalid';
      expect([name, inspected?.check?.spec]).toEqual([name, spec]);
      if (spec === 'invalid') invalid.push(name);
    }
    expect(invalid.length).toBeGreaterThan(30);
  });
});
