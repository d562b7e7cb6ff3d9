import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkModel } from '../../src/convert/index.ts';
import { fixtures, shared } from '../support/files.ts';

const model = (name: string): string => path.join(fixtures, 'models', `${name}.onnx`);

const asked = { runtime: true, values: false, target: null };

describe('checking', () => {
  test('a sound model', async () => {
    expect(await checkModel(model('conv'), asked)).toMatchObject({
      verdict: 'pass',
      check: { spec: 'valid', runtime: 'loads', run: 'runs' },
      requirements: { opsets: { '': 11 }, missingKernels: [], customOperators: [] },
      findings: [],
      opsets: { '': 11 },
    });
    const { findings } = await checkModel(model('mlp'), asked);
    expect(findings).toMatchObject([{ code: 'dimension-dynamic', severity: 'info' }]);
  });

  test('a structure that is wrong', async () => {
    const report = await checkModel(model('broken-undefined'), { ...asked, runtime: false });
    expect(report).toMatchObject({
      verdict: 'fail',
      // As foreseen: the runtime was not asked.
      check: { spec: 'invalid', runtime: 'rejects' },
    });
    expect(report.findings[0]).toMatchObject({ code: 'value-undefined', spec: 'error' });
  });

  test('an operator that does not exist', async () => {
    const report = await checkModel(model('broken-operator'), asked);
    expect(report.check).toEqual({ spec: 'invalid', runtime: 'rejects', run: 'fails' });
    expect(report.findings[0]).toMatchObject({ code: 'operator-unknown', spec: 'error' });
    expect(report.findings.at(-1)).toMatchObject({ code: 'runtime-rejects', runtime: 'rejects' });
  });

  const defects = path.join(shared, 'data', 'defects');
  test.runIf(fs.existsSync(defects))(
    'agrees with the runtime about models with one defect each',
    async () => {
      const { cases } = JSON.parse(
        fs.readFileSync(path.join(defects, 'verdicts.json'), 'utf8'),
      ) as { cases: { case: string; onnxruntimeLoads: string }[] };
      // Every eighth, as each takes a process of its own.
      const some = cases.filter((_, at) => at % 8 === 0);
      for (const { case: name, onnxruntimeLoads } of some) {
        const folder = path.join(defects, name);
        const file = fs.readdirSync(folder).find((each) => each.endsWith('.onnx')) ?? '';
        const { check } = await checkModel(path.join(folder, file), asked);
        const wanted = onnxruntimeLoads === 'accepts' ? 'loads' : 'rejects';
        expect([name, check.runtime]).toEqual([name, wanted]);
      }
    },
  );
});
