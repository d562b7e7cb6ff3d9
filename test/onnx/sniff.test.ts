import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { memorySource, openModel, sniffFormat } from '../../src/onnx/index.ts';
import { filesBelow, fixtures, shared, temporaryFolder } from '../support/files.ts';
import { foreignBytes } from '../support/protobuf.ts';
import { SeededRandom } from '../support/random.ts';

const encoder = new TextEncoder();

function sniff(content: Uint8Array | string) {
  return sniffFormat(memorySource(typeof content === 'string' ? encoder.encode(content) : content));
}

function bytes(...parts: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'latin1') : Uint8Array.from(part),
    ),
  );
}

/** A field of protobuf: bytes, or a number below 128. */
function field(number: number, content: Uint8Array | string | number): Uint8Array {
  const tag = (wire: number): number[] =>
    number < 16
      ? [number * 8 + wire]
      : [((number * 8 + wire) & 127) | 128, (number * 8 + wire) >> 7];
  if (typeof content === 'number') return bytes(tag(0), [content]);
  return bytes(tag(2), [content.length], content);
}

/** A zip archive of empty files, as its format has it. */
function zip(...names: readonly string[]): Uint8Array {
  const entry = (name: string): { local: Buffer; central: Buffer } => {
    const local = Buffer.alloc(30);
    local.write('PK\u0003\u0004', 'latin1');
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.write('PK\u0001\u0002', 'latin1');
    central.writeUInt16LE(name.length, 28);
    const text = Buffer.from(name, 'latin1');
    return { local: Buffer.concat([local, text]), central: Buffer.concat([central, text]) };
  };
  const entries = names.map(entry);
  const locals = Buffer.concat(entries.map((each) => each.local));
  const directory = Buffer.concat(entries.map((each) => each.central));
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(locals.length, 16);
  return Buffer.concat([locals, directory, end]);
}

describe('texts', () => {
  test.each([
    ['git-lfs', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n'],
    ['git-lfs', 'version https://git-lfs.git'],
    ['html', '<!DOCTYPE html>\n<html>'],
    ['html', '\n<!-- saved -->\n<html lang="zh"><title>模型</title>'],
    ['html', '\ufeff<html>'],
    ['openvino', '<?xml version="1.0"?>\n<net name="m" version="11">'],
    ['pmml', '<?xml version="1.0"?>\n<PMML version="4.4">'],
    ['xml-error', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
    ['xml', '<?xml version="1.0"?><note/>'],
    [
      'onnx-text',
      '<\n  ir_version: 8,\n  opset_import: ["" : 17]\n>\ng (float[1] x) => (float[1] y) {}',
    ],
    ['onnx-text', '# made by mlkit\n\n<ir_version: 8>'],
    ['onnx-textproto', 'ir_version: 8\ngraph {\n}\n'],
    ['lightgbm', 'tree\nversion=v4\nnum_class=1\n'],
    ['git-annex', '/annex/objects/SHA256E-s1--00.onnx\n'],
    ['dvc', 'outs:\n- md5: 00\n  size: 1\n  path: model.onnx\n'],
    ['ncnn', '7767517\n3 3\n'],
    ['caffe', 'name: "net"\nlayer {\n  name: "data"\n'],
    ['pickle', 'ccopy_reg\n_reconstructor\np0\n(csklearn\n'],
    ['pickle', "(dp0\nS'a'\np1\n"],
    ['json-error', '{"error":"Repository not found"}'],
    ['xgboost', '{"version":[3,0],"learner":{"attributes":{}}}'],
    ['lightgbm', '{"name":"tree","version":"v4","num_class":1,"num_tree_per_iteration":1,'],
    ['catboost', '{"features_info":{"float_features":[]},"model_info":{}}'],
    ['tensorflow-js', '{"format":"layers-model","modelTopology":{}}'],
    ['safetensors-index', '{"metadata":{"total_size":1},"weight_map":{"a":"b"}}'],
    ['notebook', '{"cells":[{"cell_type":"code"}]}'],
    ['config', '{\n  "architectures": ["BertModel"],\n  "model_type": "bert"\n}'],
    ['onnx-json', '{"irVersion":"8","graph":{}}'],
    ['json', '[{"ir_version": 8, "error": "no"}]'],
    ['json', '{"rows":[{"learner":1}],"note":"\\"irVersion\\": 8"}'],
    ['text', 'Entry not found'],
    ['text', '# A long document\n'.repeat(40)],
    ['text', 'Modèle introuvable : « été »'],
  ])('%s: %j', (kind, text) => {
    expect(sniff(text)?.kind).toBe(kind);
  });

  test('say what they say', () => {
    expect(sniff('Entry not found\n')?.what).toBe('a text file that says "Entry not found"');
    expect(sniff('{"message":"Bad credentials","status":401}')?.what).toBe(
      'an error message in JSON: "Bad credentials"',
    );
    expect(sniff(`version https://git-lfs.github.com/spec/v1\nsize 124241889\n`)?.what).toBe(
      'a Git LFS pointer to a file of 124241889 bytes',
    );
  });
});

describe('archives', () => {
  test.each([
    ['npz', ['input.npy', 'labels.npy']],
    ['pt2', ['m/archive_format', 'm/models/model.json', 'm/data/weights/weight_0', 'm/byteorder']],
    ['pt2', ['version', 'serialized_exported_program.json', 'serialized_state_dict.pt']],
    ['torchscript', ['m/data.pkl', 'm/code/__torch__.py', 'm/constants.pkl', 'm/version']],
    ['pytorch', ['archive/data.pkl', 'archive/data/0', 'archive/version']],
    ['stable-baselines', ['data', 'policy.pth', 'pytorch_variables.pth']],
    ['keras', ['metadata.json', 'config.json', 'model.weights.h5']],
    ['tensorflow-saved-model', ['model/saved_model.pb', 'model/variables/variables.index']],
    [
      'coreml',
      ['Model.mlpackage/Manifest.json', 'Model.mlpackage/Data/com.apple.CoreML/model.mlmodel'],
    ],
    ['torchserve', ['model.onnx', 'MAR-INF/MANIFEST.json']],
    ['jar', ['META-INF/MANIFEST.MF', 'a/B.class']],
    ['wheel', ['pkg/__init__.py', 'pkg-1.0.dist-info/METADATA']],
    ['zip', ['notes.txt']],
    ['zip', []],
  ])('%s: %j', (kind, names) => {
    expect(sniff(zip(...names))?.kind).toBe(kind);
  });

  test('with a model in it, or cut off', () => {
    expect(sniff(zip('net/', 'net/model.onnx', 'net/model.onnx.data'))?.what).toBe(
      'a zip archive with "net/model.onnx" in it',
    );
    const whole = zip('m/data.pkl', 'm/data/0');
    expect(sniff(whole.subarray(0, whole.length - 10))?.what).toBe('a zip archive that is cut off');
    expect(sniff(whole.subarray(0, 4))?.kind).toBe('zip');
  });

  test('of more than 4 GiB say where their list is in a record of its own', () => {
    const plain = zip('archive/data.pkl');
    const end = plain.length - 22;
    const record = Buffer.alloc(56);
    record.write('PK\u0006\u0006', 'latin1');
    record.writeBigUInt64LE(BigInt(46 + 16), 40);
    record.writeBigUInt64LE(BigInt(30 + 16), 48);
    const pointer = Buffer.alloc(20);
    pointer.write('PK\u0006\u0007', 'latin1');
    pointer.writeBigUInt64LE(BigInt(end), 8);
    const last = Buffer.from(plain.subarray(end));
    last.fill(0xff, 12, 20);
    expect(sniff(bytes(plain.subarray(0, end), record, pointer, last))?.kind).toBe('pytorch');
  });

  test.each(filesBelow(path.join(shared, 'digits'), '.pt2'))('%s', (file) => {
    expect(() => openModel(file)).toThrow(/PyTorch exported program/);
  });
});

describe('binary files', () => {
  test.each([
    ['ort', bytes([0x18, 0, 0, 0], 'ORTM', [0, 0, 0, 0])],
    ['ort-checkpoint', bytes([0x14, 0, 0, 0], 'ODTC', [0, 0])],
    ['tflite', bytes([0x1c, 0, 0, 0], 'TFL3', [0, 0])],
    ['executorch', bytes([0x20, 0, 0, 0], 'ET12', [0, 0])],
    ['tensorrt', bytes('ptrt', [1, 0, 0, 0])],
    ['gguf', bytes('GGUF', [3, 0, 0, 0])],
    ['catboost', bytes('CBM1', [1, 2, 3])],
    ['xgboost', bytes('{L', [0, 0, 0, 0, 0, 0, 0, 7], 'learner{L', [0])],
    ['hdf5', bytes([0x89], 'HDF\r\n', [0x1a], '\n', [0])],
    ['numpy', bytes([0x93], 'NUMPY', [1, 0])],
    [
      'pytorch',
      bytes([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]),
    ],
    ['scikit-learn', bytes([0x80, 4, 0x95, 1, 0, 0, 0, 0, 0, 0, 0, 0x8c], 'sklearn.svm')],
    ['pickle', bytes([0x80, 5, 0x95, 1, 0, 0, 0, 0, 0, 0, 0, 0x4e, 0x2e])],
    ['joblib', bytes([0x78, 0x9c, 1, 2, 3])],
    ['safetensors', bytes([16, 0, 0, 0, 0, 0, 0, 0], '{"a":{"dtype":1}}')],
    ['tar', bytes('model.onnx', new Uint8Array(247), 'ustar', [0])],
    ['gzip', bytes([0x1f, 0x8b, 8, 0])],
    ['compressed', bytes('7z', [0xbc, 0xaf, 0x27, 0x1c, 0])],
    ['image', bytes([0x89], 'PNG\r\n', [0x1a], '\n')],
    ['program', bytes([0x7f], 'ELF', [2, 1])],
    ['zeros', new Uint8Array(10_000)],
    ['onnx-tensor', bytes(field(1, 3), field(2, 1), field(9, 'abcd'))],
    ['onnx-graph', bytes(field(1, field(4, 'Relu')), field(2, 'g'), field(11, field(1, 'x')))],
    [
      'tensorflow-graph',
      bytes(field(1, bytes(field(1, 'x'), field(2, 'Placeholder'))), field(4, field(1, 22))),
    ],
    ['tensorflow-saved-model', bytes(field(1, 1), field(2, field(1, field(5, '1.0'))))],
    ['coreml', bytes(field(1, 4), field(2, field(1, 'in')), field(500, 'layers'))],
    ['caffe', bytes(field(1, 'net'), field(100, field(1, 'data')))],
    ['paddle', bytes(field(1, bytes(field(1, 0), field(2, 1))), field(4, field(1, 0)))],
  ])('%s', (kind, content) => {
    expect(sniff(content)?.kind).toBe(kind);
  });

  test('damaged ones are something, or nothing, and no trouble', () => {
    const random = new SeededRandom(1);
    const seeds = [
      zip('a/data.pkl', 'a/version'),
      bytes(field(1, 1), field(2, field(1, field(5, '1.0')))),
      bytes([16, 0, 0, 0, 0, 0, 0, 0], '{"a":{"dtype":1}}'),
    ];
    let known = 0;
    for (let round = 0; round < 3000; round += 1) {
      const damaged = Uint8Array.from(random.pick(seeds));
      for (let flips = random.below(4); flips >= 0; flips -= 1) {
        damaged[random.below(damaged.length)] = random.below(256);
      }
      if (sniff(damaged.subarray(0, 1 + random.below(damaged.length))) !== null) known += 1;
    }
    expect(known).toBeGreaterThan(100);
  });

  test('random bytes are nothing that is known', () => {
    expect(sniff(bytes([0xff, 0xfe, 0x01, 0x80, 0x99, 0x00, 0x13, 0x37]))).toBeNull();
  });
});

describe('models are never taken for something else', () => {
  const minimal = (fields: Record<string, unknown>): Uint8Array =>
    foreignBytes('ModelProto', { ir_version: 7, graph: { name: 'g' }, ...fields });

  test.each([
    ['a producer named like a format', { producer_name: 'ORTM' }],
    ['a producer with a signature in its name', { producer_name: '\u0089PNG', domain: '<html>' }],
    ['text all over', { doc_string: '{"error": "x"}', producer_name: 'sklearn' }],
    ['hardly anything', {}],
  ])('%s', (_, fields) => {
    expect(sniff(minimal(fields))).toBeNull();
  });

  test('not even when the graph comes first, or looks like text', () => {
    const graph = field(7, field(2, 'a graph'));
    expect(sniff(graph)).toBeNull();
    expect(sniff(bytes(graph, field(1, 8)))).toBeNull();
  });

  test('not when it is cut off anywhere', () => {
    for (const file of filesBelow(path.join(fixtures, 'models'), '.onnx')) {
      const whole = fs.readFileSync(file);
      for (let end = 1; end < Math.min(whole.length, 400); end += 1) {
        const found = sniff(whole.subarray(0, end));
        expect(found === null ? '' : `${file} at ${end}: ${found.kind}`).toBe('');
      }
    }
  });

  const models = filesBelow(shared, '.onnx').filter(
    (file) => !/lfs-pointer|superres-tvm-2017/.test(file),
  );

  test.skipIf(models.length === 0)('none of the models that there are', () => {
    const wrong = models.filter((file) => sniff(fs.readFileSync(file)) !== null);
    expect(models.length).toBeGreaterThan(1000);
    expect(wrong).toEqual([]);
  });
});

test('opening a foreign file names it and says what to do', () => {
  const file = path.join(temporaryFolder(), 'model.onnx');
  fs.writeFileSync(file, zip('archive/data.pkl', 'archive/version'));
  expect(() => openModel(file)).toThrow(
    expect.objectContaining({
      code: 'FOREIGN_FORMAT',
      message: `${file} is a PyTorch file (.pt, .pth), not an ONNX model`,
      hint: expect.stringContaining('torch.onnx.export') as unknown,
    }),
  );
});
