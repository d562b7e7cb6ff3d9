import { expect, test } from 'vitest';
import {
  type Accuracy,
  parseMaxDrop,
  type ValidateReport,
  validationCases,
} from '../../src/validate/index.ts';

const accuracy: Accuracy = {
  task: 'classification',
  reference: 0.95,
  candidate: 0.93,
  dropPct: 2,
  dropLowPct: 1,
  dropHighPct: 3,
  rows: 1000,
  low: 0.9,
  high: 0.96,
  output: 'y',
  lost: 20,
  gained: 0,
  topK: null,
  threshold: null,
  classCount: 2,
  classes: [],
  confusions: [],
  notes: [],
  warnings: [],
};

function report(more: Partial<ValidateReport>): ValidateReport {
  return {
    schema: 1,
    kind: 'validate',
    tool: { name: 'mlkit', version: '1' },
    model: { path: 'dir\\a.onnx', sizeBytes: 1 },
    candidate: { path: 'b.onnx', sizeBytes: 1 },
    config: {},
    decidedBy: [],
    reasons: [],
    inputs: [],
    warnings: [],
    ...more,
  };
}

test('accuracy passes or fails by the limit, where there is one', () => {
  const cases = (limit: string | null) =>
    validationCases(
      report({
        accuracy,
        config: { maxDrop: limit === null ? null : parseMaxDrop(limit) },
        decidedBy: limit === null ? [] : ['accuracy'],
      }),
    );
  const told = { suite: 'dir/a.onnx and b.onnx', name: 'accuracy' };
  const both = { suite: 'dir/a.onnx and b.onnx', name: 'both models run', outcome: 'passed' };
  const output = '95.00% to 93.00% of 1000 rows, a drop of 2 points';
  expect(cases(null)).toEqual([both, { ...told, output, outcome: 'passed' }]);
  expect(cases('2.5%')).toEqual([both, { ...told, output, outcome: 'passed' }]);
  const [, failed] = cases('1%');
  expect(failed).toMatchObject({ ...told, outcome: 'failed' });
  expect(failed?.message).toContain('accuracy drops by 2 percentage points');
});

test('outputs that decide nothing are not tested', () => {
  const outputs = [
    { name: 'y', verdict: 'fail', reasons: ['r'], warnings: [], minimumTolerance: { flags: '' } },
  ] as unknown as NonNullable<ValidateReport['outputs']>;
  expect(validationCases(report({ outputs, decidedBy: ['accuracy'] }))).toMatchObject([
    { name: 'both models run' },
  ]);
  expect(validationCases(report({ outputs, decidedBy: ['outputs'] }))).toMatchObject([
    { name: 'output y', outcome: 'failed', message: 'r' },
    { name: 'both models run' },
  ]);
});
