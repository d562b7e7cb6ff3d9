import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ModelFacts, type Verdicts, verdictsOf } from '../../src/checks/index.ts';
import { runThoroughChecks } from '../../src/checks/thorough.ts';
import { openModel } from '../../src/onnx/index.ts';
import { shared } from '../support/files.ts';

const defects = path.join(shared, 'data', 'defects');

interface Case {
  readonly case: string;
  readonly onnxCheckerFull: string;
  readonly onnxruntimeLoads: string;
  readonly onnxruntimeRuns: string;
}

/** What was recorded comes of what was fed, and not of the model. */
const fedWrongly: ReadonlySet<string> = new Set([
  '37-same-name-in-both-branches',
  '51-dim-value-0',
]);

function verdicts(name: string): Verdicts {
  const open = openModel(path.join(defects, name, 'model.onnx'));
  try {
    return verdictsOf(runThoroughChecks(new ModelFacts(open, { measureAll: true })));
  } finally {
    open.close();
  }
}

describe.skipIf(!fs.existsSync(defects))('models with one defect each', () => {
  const text = () => fs.readFileSync(path.join(defects, 'verdicts.json'), 'utf8');

  test('are judged as onnx and onnxruntime judge them', () => {
    const { cases } = JSON.parse(text()) as { cases: readonly Case[] };
    expect(cases).toHaveLength(77);
    for (const each of cases) {
      const isLoaded = each.onnxruntimeLoads === 'accepts';
      const runs = isLoaded && (each.onnxruntimeRuns === 'runs' || fedWrongly.has(each.case));
      expect([each.case, verdicts(each.case)]).toEqual([
        each.case,
        {
          spec: each.onnxCheckerFull === 'accepts' ? 'valid' : 'invalid',
          runtime: isLoaded ? 'loads' : 'rejects',
          run: runs ? 'runs' : 'fails',
        },
      ]);
    }
  });
});
