import { describe, expect, test } from 'vitest';
import { type OutputParity, outputCases, verificationCases } from '../../src/parity/index.ts';

function output(more: Partial<OutputParity>): OutputParity {
  // Of an output, only these are looked at here.
  return {
    name: 'y',
    verdict: 'pass',
    reasons: [],
    warnings: [],
    minimumTolerance: { atol: null, rtol: null, flags: '' },
    ...more,
  } as OutputParity;
}

describe('outputCases', () => {
  test('one for each output, with why it fails and what would help', () => {
    const cases = outputCases('s', [
      output({ warnings: ['proves little'] }),
      output({
        name: 'z',
        verdict: 'fail',
        reasons: ['too far', 'much too far'],
        minimumTolerance: { atol: 1, rtol: 0, flags: '--atol z:1' },
      }),
      output({ name: 'w', verdict: 'inconclusive', reasons: ['NaN'] }),
    ]);
    expect(cases).toEqual([
      { suite: 's', name: 'output y', outcome: 'passed', output: 'warning: proves little' },
      {
        suite: 's',
        name: 'output z',
        outcome: 'failed',
        message: 'too far',
        details: 'too far\nmuch too far\nwhat would pass: --atol z:1',
      },
      { suite: 's', name: 'output w', outcome: 'skipped', message: 'NaN', details: 'NaN' },
    ]);
  });
});

describe('verificationCases', () => {
  test('outputs that explain the verdict are all there is', () => {
    const outputs = [output({}), output({ name: 'z', verdict: 'fail' })];
    const names = verificationCases('s', { verdict: 'fail', reason: 'r', outputs }).map(
      ({ name }) => name,
    );
    expect(names).toEqual(['output y', 'output z']);
  });

  test.each([
    ['fail', 'failed'],
    ['inconclusive', 'skipped'],
    [null, 'skipped'],
  ] as const)('%s without such an output is a test of its own', (verdict, outcome) => {
    expect(verificationCases('s', { verdict, reason: 'r', outputs: [output({})] })).toEqual([
      { suite: 's', name: 'output y', outcome: 'passed' },
      { suite: 's', name: 'verification', outcome, message: 'r' },
    ]);
  });

  test('without outputs, a pass is one test', () => {
    expect(verificationCases('s', { verdict: 'pass', reason: 'r' })).toEqual([
      { suite: 's', name: 'verification', outcome: 'passed' },
    ]);
  });
});
