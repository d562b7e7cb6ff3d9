import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ConvertConfig, convertModel, noConversion } from '../../src/convert/index.ts';
import { constantsModel, externalTensor, place } from '../checks/check-file.ts';
import { fixtures, temporaryFolder } from '../support/files.ts';
import { foreignBytes } from '../support/protobuf.ts';
import { writeModel } from '../support/write-model.ts';

async function convert(input: string, config: Partial<ConvertConfig> = {}, name = 'out.onnx') {
  const output = path.join(path.dirname(input), name);
  const report = await convertModel(input, output, { ...noConversion, verify: 'never', ...config });
  return { codes: report.findings.map((each) => each.code), notes: report.notes.join() };
}

describe('findings about the result', () => {
  const twice = foreignBytes('ModelProto', {
    ir_version: 8,
    opset_import: [{ version: 17 }],
    metadata_props: [
      { key: 'k', value: '1' },
      { key: 'k', value: '2' },
    ],
    graph: { name: 'g', input: [{ name: 'x' }], output: [{ name: 'x' }] },
  });

  test('what is wrong and stays is told', async () => {
    const { codes, notes } = await convert(writeModel(twice), { rename: new Map([['x', 'y']]) });
    expect(codes).toEqual(['metadata-duplicate']);
    expect(notes).toMatch(/has an error, which the result keeps/);
  });

  test('what has been put right is not', async () => {
    const report = await convert(writeModel(twice), { strip: new Set(['metadata']) });
    expect(report).toEqual({ codes: [], notes: '' });
  });

  test('so a dry run tells them', async () => {
    const file = writeModel(twice);
    const rename = new Map([['x', 'y']]);
    expect((await convert(file, { rename, dryRun: true })).codes).toEqual(['metadata-duplicate']);
    expect((await convert(file, { strip: new Set(['metadata']), dryRun: true })).codes).toEqual([]);
  });

  test('an error that only shows once a large constant has moved is none of ours', async () => {
    const elements = 1024 * 1024;
    const int32_data = Array.from({ length: elements }, () => 0);
    const typed = { name: 'w', data_type: 10, dims: [elements + 1], int32_data };
    const external = { file: 'w.bin', thresholdBytes: 0, alignBytes: 0, maxShardBytes: 1e12 };
    expect((await convert(writeModel(constantsModel(typed)), { external })).codes).toEqual([
      'tensor-size',
    ]);
  });

  test('missing data is missed as before', async () => {
    const file = writeModel(constantsModel(externalTensor('w', 4, place('gone.bin', 0, 16))));
    const { codes } = await convert(file, { rename: new Map([['y', 'z']]) });
    expect(codes).toEqual(['external-missing']);
  });
});

// Making links takes a privilege on Windows.
test.skipIf(process.platform === 'win32')(
  'a result that could not read its data beside a linked model is refused',
  async () => {
    const home = path.join(fixtures, 'models', 'external');
    const folder = temporaryFolder();
    for (const file of ['model.onnx', 'model.onnx.data']) {
      fs.symlinkSync(path.join(home, file), path.join(folder, file));
    }
    const linked = path.join(folder, 'model.onnx');
    for (const config of [{}, { metadata: new Map([['k', '1']]) }]) {
      await expect(convert(linked, config)).rejects.toMatchObject({
        code: 'EXTERNAL_PATH',
        hint: expect.stringContaining('--embed') as string,
      });
    }
    expect(fs.readdirSync(folder)).toHaveLength(2);
    await convert(linked, { external: 'embed' });
    expect(fs.readdirSync(folder)).toContain('out.onnx');
  },
);
