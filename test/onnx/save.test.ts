import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildModel } from '../../src/graph/index.ts';
import { openModel, readModel, saveModel } from '../../src/onnx/index.ts';
import { computedStorage, Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { fixtures, temporaryFolder } from '../support/files.ts';

const mlp = path.join(fixtures, 'models', 'mlp.onnx');
const external = path.join(fixtures, 'models', 'external', 'model.onnx');

function constants(file: string): Record<string, string> {
  const opened = openModel(file);
  const entries = opened.model.graph.initializers.map((value) => {
    const bytes = value.initializer?.storage.bytes() ?? new Uint8Array(0);
    return [value.name, Buffer.from(bytes).toString('hex')];
  });
  opened.close();
  return Object.fromEntries(entries) as Record<string, string>;
}

describe('saving', () => {
  test('moves constants to a data file and back, bit by bit', async () => {
    const folder = temporaryFolder();
    const opened = openModel(mlp);
    const out = path.join(folder, 'a.onnx');
    const result = await saveModel(opened.model, out, {
      external: { file: 'a.data', thresholdBytes: 128 },
    });
    expect(result.dataFiles.map((each) => path.basename(each.path))).toEqual(['a.data']);
    expect(fs.statSync(out).size).toBeLessThan(1500);
    expect(constants(out)).toEqual(constants(mlp));
    const moved = openModel(out);
    const back = path.join(folder, 'b.onnx');
    await saveModel(moved.model, back, { external: 'embed', folder: moved.folder });
    expect(constants(back)).toEqual(constants(mlp));
    expect(fs.statSync(back).size).toBeGreaterThanOrEqual(fs.statSync(mlp).size);
    moved.close();
    opened.close();
  });

  test('begins a new file before one grows too large, and aligns large constants', async () => {
    const big = (name: string): Tensor =>
      new Tensor({
        name,
        dtype: 'uint8',
        dims: [1024 * 1024 + 1],
        storage: computedStorage(1024 * 1024 + 1, () => new Uint8Array(1024 * 1024 + 1).fill(7)),
      });
    const model = buildModel({}, (b) => {
      for (const name of ['a', 'b', 'c']) b.initializer(big(name));
    });
    const out = path.join(temporaryFolder(), 'm.onnx');
    const settings = { file: 'm.data', maxShardBytes: 2.5 * 1024 * 1024 };
    const { dataFiles } = await saveModel(model, out, { external: settings });
    expect(dataFiles.map((each) => path.basename(each.path))).toEqual(['m.data', 'm.data_1']);
    const opened = openModel(out);
    const references = opened.model.graph.initializers.map(
      (value) => value.initializer?.storage.external,
    );
    expect(references).toEqual([
      { location: 'm.data', offset: 0, length: 1024 * 1024 + 1, problem: null },
      { location: 'm.data', offset: 1024 * 1024 + 4096, length: 1024 * 1024 + 1, problem: null },
      { location: 'm.data_1', offset: 0, length: 1024 * 1024 + 1, problem: null },
    ]);
    expect(
      opened.model.graph.initializers
        .at(1)
        ?.initializer?.data()
        .every((x) => x === 7),
    ).toBe(true);
    opened.close();
  });

  test('takes data files along to another folder, and leaves them in the same one', async () => {
    const folder = temporaryFolder();
    const opened = openModel(external);
    const out = path.join(folder, 'copy.onnx');
    await saveModel(opened.model, out, { folder: opened.folder });
    expect(fs.readFileSync(out)).toEqual(fs.readFileSync(external));
    expect(fs.readFileSync(path.join(folder, 'model.onnx.data'))).toEqual(
      fs.readFileSync(`${external}.data`),
    );
    const again = openModel(out);
    const { dataFiles } = await saveModel(again.model, path.join(folder, 'two.onnx'), {
      folder: again.folder,
    });
    expect(dataFiles).toEqual([]);
    again.close();
    opened.close();
  });

  test("never overwrites another model's data", async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, 'model.onnx.data'), 'precious');
    const opened = openModel(external);
    const saving = saveModel(opened.model, path.join(folder, 'x.onnx'), { folder: opened.folder });
    await expect(saving).rejects.toThrow(/would be overwritten/);
    expect(fs.readdirSync(folder)).toEqual(['model.onnx.data']);
    expect(fs.readFileSync(path.join(folder, 'model.onnx.data'), 'utf8')).toBe('precious');
    opened.close();
  });

  test('never writes to what it reads, however it is named', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'm.onnx');
    fs.copyFileSync(mlp, file);
    fs.linkSync(file, path.join(folder, 'hard.onnx'));
    const opened = openModel(file);
    for (const target of ['m.onnx', './x/../m.onnx', 'hard.onnx']) {
      const saving = saveModel(opened.model, path.join(folder, target), { inputs: [file] });
      await expect(saving).rejects.toMatchObject({ code: 'OUTPUT_IS_INPUT' });
    }
    expect(fs.readFileSync(file)).toEqual(fs.readFileSync(mlp));
    opened.close();
  });

  test('leaves nothing behind when the content fails half-way', async () => {
    const folder = temporaryFolder();
    const fail = (): Uint8Array => {
      throw new Error('no more bytes');
    };
    const storage = computedStorage(3_000_000, fail);
    const model = buildModel({}, (b) => {
      b.initializer(new Tensor({ name: 'w', dtype: 'uint8', dims: [3_000_000], storage }));
    });
    const out = path.join(folder, 'm.onnx');
    fs.writeFileSync(out, 'old');
    await expect(saveModel(model, out)).rejects.toThrow('no more bytes');
    expect(fs.readdirSync(folder)).toEqual(['m.onnx']);
    expect(fs.readFileSync(out, 'utf8')).toBe('old');
  });

  test('leaves nothing behind when it is interrupted', async () => {
    const folder = temporaryFolder();
    const abort = new AbortController();
    const tensor = tensorFrom('uint8', [40_000_000], new Uint8Array(40_000_000), 'w');
    const model = buildModel({}, (b) => {
      b.initializer(tensor);
    });
    const saving = saveModel(model, path.join(folder, 'm.onnx'), {
      external: { file: 'm.data' },
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(saving).rejects.toMatchObject({ code: 'INTERRUPTED', exit: 130 });
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('says which folder is missing, and what is a folder', async () => {
    const model = readModel(fs.readFileSync(mlp));
    const folder = temporaryFolder();
    await expect(saveModel(model, path.join(folder, 'no', 'm.onnx'))).rejects.toThrow(
      /there is no folder/,
    );
    fs.mkdirSync(path.join(folder, 'd.onnx'));
    await expect(saveModel(model, path.join(folder, 'd.onnx'))).rejects.toThrow(/is a directory/);
    expect(fs.readdirSync(folder)).toEqual(['d.onnx']);
  });
});
