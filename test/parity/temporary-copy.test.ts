import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildModel, tensorType } from '../../src/graph/index.ts';
import { openRunnable } from '../../src/parity/index.ts';
import { memoryStorage, Tensor, tensorsOfValue } from '../../src/tensor/index.ts';
import { temporaryFolder } from '../support/files.ts';
import { float32, saved } from './models.ts';

/** Folders for temporary files go into one that this returns, until the test ends. */
function temporaryRoot(): string {
  const folder = temporaryFolder();
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) {
    const before = process.env[name];
    process.env[name] = folder;
    onTestFinished(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
  return folder;
}

describe('the temporary copy', () => {
  const splitting = (opType: string) =>
    buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [4]);
      const big = new Tensor({
        dtype: 'float32',
        dims: [17 * 1024 * 1024],
        storage: memoryStorage(new Uint8Array(68 * 1024 * 1024).fill(0)),
      });
      const zero = b.node('ReduceSum', [b.initializer(big, 'big')], { keepdims: 0 });
      const y = b.node(opType, [b.node('Add', [x, zero])], { axis: 0 }, { outputs: ['y'] });
      b.output(y, { kind: 'sequence', element: tensorType('float32', null) });
    });

  test('is gone when the model is loaded, with large constants too', async () => {
    const root = temporaryRoot();
    const [file = ''] = await saved(['model.onnx', splitting('SplitToSequence')]);
    const before = fs.readdirSync(root);
    const runnable = await openRunnable(file, { threads: 1 });
    expect(fs.readdirSync(root)).toEqual(before);
    const outputs = await runnable.run(new Map([['x', float32([4], [1, 2, 3, 4])]]));
    const parts = tensorsOfValue(outputs.get('y') ?? null);
    expect(parts.map((part) => [...part.toFloat64()])).toEqual([[1], [2], [3], [4]]);
    await runnable.close();
    expect(fs.readdirSync(root)).toEqual(before);
  });

  test('is gone when loading fails, and the error speaks of the model', async () => {
    const root = temporaryRoot();
    const [file = ''] = await saved(['model.onnx', splitting('NoSuchOperator')]);
    const before = fs.readdirSync(root);
    const error = await openRunnable(file, {}).then(
      () => new Error('loaded'),
      (reason: unknown) => reason as Error,
    );
    expect(error.message).toContain(file);
    expect(error.message).toContain('NoSuchOperator');
    expect(fs.readdirSync(root)).toEqual(before);
  });

  test('is gone when loading is aborted', async () => {
    const root = temporaryRoot();
    const [file = ''] = await saved(['model.onnx', splitting('SplitToSequence')]);
    const before = fs.readdirSync(root);
    const controller = new AbortController();
    const opening = openRunnable(file, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(opening).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(fs.readdirSync(root)).toEqual(before);
  });

  test('cannot be written: an error that says what to do', async () => {
    const root = temporaryRoot();
    const [file = ''] = await saved(['model.onnx', splitting('SplitToSequence')]);
    const nowhere = path.join(root, 'missing');
    for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = nowhere;
    await expect(openRunnable(file, {})).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      hint: expect.stringContaining('TMPDIR'),
    });
  });
});
