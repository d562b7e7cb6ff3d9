import { describe, expect, test } from 'vitest';
import { planData } from '../../src/benchmark/plan-data.ts';
import { buildModel, type Dimension } from '../../src/graph/index.ts';
import { numbersIn, tensorIn } from '../support/feeds.ts';
import { testConfig } from './config.ts';

function addModel(...shapes: (readonly Dimension[])[]): ReturnType<typeof buildModel> {
  return buildModel({ opset: 17 }, (b) => {
    for (const [index, shape] of shapes.entries()) {
      const x = b.input(`x${index}`, 'float32', shape);
      b.output(b.node('Relu', [x]), 'float32', shape);
    }
  });
}

const shapesOf = (data: ReturnType<typeof planData>[number] | undefined) =>
  [...(data?.feeds[0]?.keys() ?? [])].map((name) => tensorIn(data?.feeds[0], name).dims);

describe('planData', () => {
  test('sets the first dimension where it is open', () => {
    const data = planData(addModel(['batch', 4]), testConfig('m', { batches: [1, 8] }));
    expect(data.map(({ batch }) => batch)).toEqual([1, 8]);
    expect(data.map((each) => shapesOf(each))).toEqual([[[1, 4]], [[8, 4]]]);
  });

  test('runs several different random inputs in turns, of the same shape', () => {
    const [data] = planData(addModel(['batch', 4]), testConfig('m'));
    expect(data?.feeds).toHaveLength(4);
    const values = data?.feeds.map((feed) => numbersIn(feed, 'x0').join());
    expect(new Set(values).size).toBe(4);
  });

  test('makes one input only where inputs are large', () => {
    const [data] = planData(addModel([1, 3, 1024, 1024]), testConfig('m'));
    expect(data?.feeds).toHaveLength(1);
  });

  test('the batch that a model has is the common first dimension of its inputs', () => {
    const batch = (...shapes: (readonly Dimension[])[]): number | undefined =>
      planData(addModel(...shapes), testConfig('m'))[0]?.batch;
    expect(batch([5, 4])).toBe(5);
    expect(batch([1, 4], [1, 9])).toBe(1);
    // A state and a sampling rate beside the rows.
    expect(batch(['batch', 576], [2, 'batch', 128], [])).toBe(1);
    // A vector is one sample.
    expect(batch([7])).toBe(1);
    expect(batch([2, 4], [3, 4])).toBe(1);
  });

  test('a fixed batch can be asked for by its own size', () => {
    const [data] = planData(addModel([5, 4]), testConfig('m', { batches: [5] }));
    expect(data?.batch).toBe(5);
  });

  test('says so where the batch is fixed, and how to free it', () => {
    const run = () => planData(addModel([1, 4]), testConfig('dir/m.onnx', { batches: [1, 8] }));
    expect(run).toThrow(
      expect.objectContaining({
        code: 'MODEL_UNSUPPORTED',
        exit: 3,
        message: expect.stringContaining(
          'a batch of 8: it has a fixed batch of 1 ("x0" float32[1, 4])',
        ),
        hint: expect.stringContaining('export the model with a dynamic batch'),
      }),
    );
  });

  test('says so where nothing is a batch', () => {
    const run =
      (...shapes: (readonly Dimension[])[]) =>
      () =>
        planData(addModel(...shapes), testConfig('m', { batches: [8] }));
    expect(run([])).toThrow('it has no batch that could be set');
    expect(run([2, 4], [3, 4])).toThrow('it has no batch that could be set');
  });

  test('refuses a batch that does not reach the inputs', () => {
    const fixed = testConfig('m', { batches: [8], shapes: new Map([['x0', [2, 4]]]) });
    expect(() => planData(addModel(['batch', 4]), fixed)).toThrow(
      expect.objectContaining({ exit: expect.any(Number) }),
    );
  });
});
