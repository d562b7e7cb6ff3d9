import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { InspectReport } from '../../src/inspect/index.ts';
import { type TestIo, testIo } from '../cli/test-io.ts';
import { fixtures } from '../support/files.ts';

/* The command line of what is worked out: `--shapes` and `--cost`, with `--dim` and `--shape`. */

async function inspect(...argv: readonly string[]): Promise<{ exit: number; io: TestIo }> {
  const io = testIo({ cwd: path.join(fixtures, 'models') });
  return { exit: await main(['inspect', ...argv], io), io };
}

async function json(...argv: readonly string[]): Promise<InspectReport> {
  const { exit, io } = await inspect(...argv, '--json');
  expect([exit, io.err]).toEqual([0, '']);
  return JSON.parse(io.out) as InspectReport;
}

describe('--shapes', () => {
  test('tells the type of every value, and what the file says itself', async () => {
    const { shapes } = await json('mlp.onnx', '--shapes');
    expect(shapes).toEqual([
      { graph: 'main', name: 'x', type: 'float32', shape: ['batch', 16], isDeclared: true },
      {
        graph: 'main',
        name: 'matmul_out',
        type: 'float32',
        shape: ['batch', 32],
        producer: 'MatMul "MatMul"',
        isDeclared: false,
      },
      {
        graph: 'main',
        name: 'add_out',
        type: 'float32',
        shape: ['batch', 32],
        producer: 'Add "Add"',
        isDeclared: false,
      },
      {
        graph: 'main',
        name: 'relu_out',
        type: 'float32',
        shape: ['batch', 32],
        producer: 'Relu "Relu"',
        isDeclared: false,
      },
      {
        graph: 'main',
        name: 'y',
        type: 'float32',
        shape: ['batch', 10],
        producer: 'Gemm "Gemm"',
        isDeclared: true,
      },
    ]);
  });

  test.each([
    ['--dim', 'batch=3'],
    ['--shape', 'x=3x16'],
  ])('%s %s fixes sizes everywhere, and changes nothing of what the file says', async (...flag) => {
    const { shapes = [], inputs, config } = await json('mlp.onnx', '--shapes', ...flag);
    expect(shapes.map(({ shape }) => shape?.[0])).toEqual([3, 3, 3, 3, 3]);
    expect(inputs[0]?.shape).toEqual(['batch', 16]);
    expect(config).toMatchObject(
      flag[0] === '--dim' ? { dims: { batch: 3 } } : { inputShapes: { x: [3, 16] } },
    );
  });

  test('has the values of subgraphs, by the path of their graph', async () => {
    const { shapes = [], subgraphs } = await json('if-capture.onnx', '--shapes');
    const graphs = new Set(shapes.map(({ graph }) => graph));
    expect([...graphs]).toEqual(['main', ...subgraphs.map((each) => each.path)]);
    const { io } = await inspect('if-capture.onnx', '--shapes');
    expect(io.out).toMatch(/graph +value +type +shape +from\n/);
  });

  test('is a table without --json', async () => {
    const { exit, io } = await inspect('conv.onnx', '--shapes');
    expect(exit).toBe(0);
    expect(io.out).toMatch(/Values \(3\)\n+value +type +shape +from\n/);
    expect(io.out).toMatch(/conv_out +float32 +\[1, 4, 8, 8\] +Conv "Conv"\n/);
  });
});

describe('--cost', () => {
  test('counts work and memory, with sizes left open as symbols', async () => {
    const { cost } = await json('mlp.onnx', '--cost');
    // For one row: 16 × 32 and 32 × 10 MACs, a bias of 32 and one of 10, and 32 of Relu.
    const macs = 16 * 32 + 32 * 10;
    expect(cost).toMatchObject({
      macs: `${macs}*batch`,
      flops: `${2 * macs + 32 + 10 + 32}*batch`,
      // x and what MatMul makes of it; Add and Relu work in place.
      peakActivationBytes: `${4 * (16 + 32)}*batch`,
      activations: { totalBytes: `${4 * (16 + 3 * 32 + 10)}*batch`, unknownValues: 0 },
      byOperator: {
        MatMul: { nodes: 1, macs: `${16 * 32}*batch` },
        Gemm: { nodes: 1, macs: `${32 * 10}*batch`, flops: `${2 * 32 * 10 + 10}*batch` },
        Add: { nodes: 1, macs: 0, flops: '32*batch' },
        Relu: { nodes: 1, macs: 0, flops: '32*batch' },
      },
      byClass: { matrix: { nodes: 2 }, elementwise: { nodes: 2 } },
      branches: [],
      unknown: {},
    });
    expect(cost?.byNode.map((each) => each.node)).toEqual([
      'MatMul "MatMul"',
      'Gemm "Gemm"',
      'Add "Add"',
      'Relu "Relu"',
    ]);
  });

  test.each([
    ['--dim', 'batch=4'],
    ['--shape', 'x=4x16'],
  ])('%s %s makes them numbers', async (...flag) => {
    const { cost } = await json('mlp.onnx', '--cost', ...flag);
    expect(cost).toMatchObject({
      macs: 4 * 832,
      flops: 4 * 1738,
      peakActivationBytes: 4 * 192,
      byNode: [{ op: 'MatMul', macs: 4 * 512, times: 1 }, {}, {}, {}],
    });
    const { io } = await inspect('mlp.onnx', '--cost', ...flag);
    expect(io.out).toMatch(/MACs +3,328\n/);
    expect(io.out).toMatch(/MatMul +1 +2,048 +4,096 +58\.9%\n/);
  });

  test('goes with --shapes and --check, which are about the same model', async () => {
    const flags = ['--shapes', '--cost', '--check', '--no-runtime', '--dim', 'batch=2'];
    expect(await json('mlp.onnx', ...flags)).toMatchObject({
      verdict: 'pass',
      cost: { macs: 2 * 832 },
      shapes: [{ shape: [2, 16] }, {}, {}, {}, {}],
    });
  });
});

test('without either, nothing is worked out', async () => {
  const report = await json('mlp.onnx');
  expect(report).not.toHaveProperty('shapes');
  expect(report).not.toHaveProperty('cost');
});

test.each([
  [['--dim', 'batch=4'], /--dim has no meaning without --shapes, --cost or --select/],
  [['--shape', 'x=4x16', '--check'], /--shape has no meaning without --shapes, --cost or --select/],
  [['--cost', '--dim', 'bath=4'], /no dimension "bath"/],
  [['--cost', '--shape', 'x=4x17'], /16 .*cannot be made 17/],
  [['--shapes', '--shape', 'z=4'], /no input "z"/],
  [['--cost', '--dim', 'batch=2', '--shape', 'x=3x16'], /batch/],
  [['--cost', '--text'], /--cost would be lost/],
])('mlp.onnx %j is wrong usage', async (flags, message) => {
  const { exit, io } = await inspect('mlp.onnx', ...flags);
  expect([exit, io.out]).toEqual([2, '']);
  expect(io.err).toMatch(message);
});
