import { describe, expect, test } from 'vitest';
import { buildModel, type Model } from '../../src/graph/index.ts';
import { type CostReport, describeCost } from '../../src/inspect/cost.ts';
import { presentCost } from '../../src/inspect/present-cost.ts';
import { inferTypes } from '../../src/ops/index.ts';

function costOf(model: Model): CostReport {
  return describeCost(model, inferTypes(model));
}

/** All texts of the blocks, in a row. */
function textOf(report: CostReport): string {
  return JSON.stringify(presentCost({ cost: report, inputs: [] }));
}

const model = buildModel({}, (b) => {
  const x = b.input('x', 'float32', ['n', 6]);
  const [w, v] = [b.input('w', 'float32', [6, 6]), b.input('v', 'float32', [6, 100])];
  const y = b.node('Relu', [b.node('MatMul', [x, w], {}, { name: 'small' })], {}, { name: 'relu' });
  b.output(b.node('MatMul', [y, v], {}, { name: 'large' }));
});

describe('the cost of a model', () => {
  const report = costOf(model);

  test('is by node, dearest first', () => {
    expect(report.byNode).toEqual([
      {
        graph: 'main',
        node: 'MatMul "large"',
        op: 'MatMul',
        class: 'matrix',
        times: 1,
        macs: '600*n',
        flops: '1200*n',
      },
      {
        graph: 'main',
        node: 'MatMul "small"',
        op: 'MatMul',
        class: 'matrix',
        times: 1,
        macs: '36*n',
        flops: '72*n',
      },
      {
        graph: 'main',
        node: 'Relu "relu"',
        op: 'Relu',
        class: 'elementwise',
        times: 1,
        macs: 0,
        flops: '6*n',
      },
    ]);
  });

  test('is by operator and kind of work, which add up', () => {
    expect(report.byOperator).toEqual({
      MatMul: { nodes: 2, macs: '636*n', flops: '1272*n' },
      Relu: { nodes: 1, macs: 0, flops: '6*n' },
    });
    expect(Object.keys(report.byClass)).toEqual(['matrix', 'elementwise']);
    expect([report.macs, report.flops]).toEqual(['636*n', '1278*n']);
  });

  test('has the memory of activations', () => {
    // At the last node: what it reads, of 6 n and 600 elements, and what it makes, of 100 n. At the
    // first, 48 n + 2544 bytes live, which is less for every n of 1 or more.
    expect(report.peakActivationBytes).toBe('424*n + 2400');
    expect(report.activations.unknownValues).toBe(0);
  });

  test('is shown with its unknown sizes explained, where it has any', () => {
    expect(textOf(report)).not.toContain('start with ?');
    const open = buildModel({}, (b) => {
      b.output(b.node('Relu', [b.input('images', 'float32', [null, 3])]));
    });
    expect(costOf(open).flops).toBe('3*?images:0');
    expect(textOf(costOf(open))).toContain('start with ?');
  });

  test('is not written out where too much is unknown', () => {
    const many = buildModel({}, (b) => {
      for (let at = 0; at < 300; at += 1) {
        b.output(b.node('Relu', [b.input(`x${at}`, 'float32', [`n${at}`, 3])]));
      }
    });
    const { flops, activations } = costOf(many);
    expect([flops, activations.totalBytes]).toEqual([null, null]);
    expect(textOf(costOf(many))).toContain('too many unknown sizes');
  });
});
