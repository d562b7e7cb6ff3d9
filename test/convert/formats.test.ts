import fs from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import {
  type ConvertConfig,
  convertModel,
  formatOf,
  noConversion,
} from '../../src/convert/index.ts';
import { messageJson } from '../../src/convert/model-json.ts';
import { buildModel, tensorType } from '../../src/graph/index.ts';
import { memorySource, RawMessage, saveModel } from '../../src/onnx/index.ts';
import { openSession } from '../../src/runtime/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { filesBelow, fixtures, temporaryFolder } from '../support/files.ts';
import { foreignBytes, foreignType } from '../support/protobuf.ts';

const model = (name: string): string => path.join(fixtures, 'models', `${name}.onnx`);

function convert(
  input: string,
  output: string,
  config: Partial<ConvertConfig>,
): ReturnType<typeof convertModel> {
  return convertModel(input, output, { ...noConversion, ...config });
}

/** Keys as they are in the .proto file, and enums as numbers, for protobufjs to read back. */
function withProtoNames(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => withProtoNames(each, key));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, each]) => {
      const original = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      return [original, withProtoNames(each, original)];
    });
    return Object.fromEntries(entries);
  }
  const enums: Record<string, string[]> = {
    type: ['UNDEFINED', 'FLOAT', 'INT', 'STRING', 'TENSOR', 'GRAPH', 'FLOATS', 'INTS', 'STRINGS'],
    data_location: ['DEFAULT', 'EXTERNAL'],
  };
  const at = typeof value === 'string' ? (enums[key]?.indexOf(value) ?? -1) : -1;
  return at < 0 ? value : at;
}

function jsonOf(bytes: Uint8Array): string {
  const message = new RawMessage('ModelProto', memorySource(bytes));
  return Buffer.concat([...messageJson(message)]).toString('utf8');
}

describe('JSON', () => {
  test.each(filesBelow(path.join(fixtures, 'models'), '.onnx'))(
    'of %s reads back in protobufjs as the same message',
    async (file) => {
      const out = path.join(temporaryFolder(), 'm.json');
      await convert(file, out, { to: 'json' });
      const read = withProtoNames(JSON.parse(fs.readFileSync(out, 'utf8')));
      const type = foreignType('ModelProto');
      const fromJson = type.fromObject(read as Record<string, unknown>);
      const fromFile = type.decode(fs.readFileSync(file));
      const options: protobuf.IConversionOptions = { longs: String, bytes: String };
      expect(type.toObject(fromJson, options)).toEqual(type.toObject(fromFile, options));
    },
  );

  test('is the mapping that protobuf defines', () => {
    const json = jsonOf(
      foreignBytes('ModelProto', {
        ir_version: 8,
        model_version: '-9223372036854775808',
        graph: {
          initializer: [
            {
              dims: ['9007199254740993'],
              data_type: 1,
              float_data: [0.1, -0, Infinity, -Infinity, NaN, 1.5, 16777216, 3.4028235e38],
              double_data: [0.1],
              uint64_data: ['18446744073709551615'],
              int32_data: [-1],
              raw_data: Uint8Array.of(0, 255, 16),
              data_location: 1,
            },
          ],
          node: [{ name: 'a"\u0007', attribute: [{ name: 'i', i: 3, type: 2 }, { type: 99 }] }],
          value_info: [{ type: { tensor_type: { shape: {} } } }],
        },
      }),
    );
    expect(JSON.parse(json)).toEqual({
      irVersion: '8',
      modelVersion: '-9223372036854775808',
      graph: {
        initializer: [
          {
            dims: ['9007199254740993'],
            dataType: 1,
            floatData: [0.1, -0, 'Infinity', '-Infinity', 'NaN', 1.5, 16777216, 3.4028235e38],
            doubleData: [0.1],
            uint64Data: ['18446744073709551615'],
            int32Data: [-1],
            rawData: 'AP8Q',
            dataLocation: 'EXTERNAL',
          },
        ],
        node: [{ name: 'a"\u0007', attribute: [{ name: 'i', i: '3', type: 'INT' }, { type: 99 }] }],
        valueInfo: [{ type: { tensorType: { shape: {} } } }],
      },
    });
    expect(json).toContain('"floatData": [0.1, -0.0, "Infinity"');
    expect(json.endsWith('}\n')).toBe(true);
  });

  test('holds edits, embeds on demand, and tells of fields without a name', async () => {
    const folder = temporaryFolder();
    const out = path.join(folder, 'm.json');
    const external = path.join(fixtures, 'models', 'external', 'model.onnx');
    const kept = await convert(external, out, { to: 'json', metadata: new Map([['k', 'v']]) });
    expect(kept.notes.join()).toMatch(/weights stay in the data files/);
    const content = JSON.parse(fs.readFileSync(out, 'utf8')) as object;
    expect(content).toMatchObject({ metadataProps: [{ key: 'k', value: 'v' }] });
    expect(JSON.stringify(content)).toContain('"EXTERNAL"');
    await convert(external, out, { to: 'json', external: 'embed' });
    expect(fs.readFileSync(out, 'utf8')).not.toContain('EXTERNAL');
    const odd = path.join(folder, 'odd.onnx');
    const unknown = Buffer.of(0xba, 0x3e, 1, 7);
    fs.writeFileSync(odd, Buffer.concat([fs.readFileSync(model('mlp')), unknown]));
    expect((await convert(odd, out, { to: 'json' })).notes).toEqual([
      '1 fields that ONNX does not define are not in the JSON.',
    ]);
  });
});

describe('ORT format', () => {
  test('loads in the runtime and gives the same numbers', async () => {
    const folder = temporaryFolder();
    const out = path.join(folder, 'm.ort');
    const report = await convert(model('mlp'), out, { to: 'ort' });
    expect(report.verification).toMatchObject({ verdict: 'pass', profile: 'fp32' });
    expect(fs.readFileSync(out).subarray(4, 8).toString('latin1')).toBe('ORTM');
    expect(fs.readdirSync(folder)).toEqual(['m.ort']);
  });

  test('of an edited model with data files', async () => {
    const out = path.join(temporaryFolder(), 'm.ort');
    const input = path.join(fixtures, 'models', 'external', 'model.onnx');
    const rename = new Map([['x', 'pixels']]);
    const report = await convert(input, out, { to: 'ort', rename });
    expect(report.verification.verdict).toBe('pass');
    const session = await openSession(out);
    expect(session.inputs.map((each) => each.name)).toEqual(['pixels']);
    await session.close();
  });

  test('of a model from the time when constants were inputs has no inputs but the real ones', async () => {
    const folder = temporaryFolder();
    const input = path.join(folder, 'old.onnx');
    const old = buildModel({ opset: 9, irVersion: 3 }, (b) => {
      const x = b.input('x', 'float32', [2]);
      const shapes = ['one', 'two'].map((name) => {
        b.initializer(tensorFrom('int64', [1], BigInt64Array.of(2n)), name);
        return b.graph.addInput(name, tensorType('int64', [1]));
      });
      const parts = shapes.map((shape) => b.node('ConstantOfShape', [shape]));
      const sum = b.node('Add', [x, b.node('Add', parts)], {}, { outputs: ['y'] });
      b.output(sum, 'float32', [2]);
    });
    await saveModel(old, input);
    const out = path.join(folder, 'm.ort');
    const report = await convert(input, out, { to: 'ort' });
    expect(report.verification.verdict).toBe('pass');
    const session = await openSession(out);
    expect(session.inputs.map((each) => each.name)).toEqual(['x']);
    await session.close();
  });

  test('a model that the runtime refuses leaves nothing', async () => {
    const folder = temporaryFolder();
    await expect(
      convert(model('broken-operator'), path.join(folder, 'm.ort'), { to: 'ort' }),
    ).rejects.toMatchObject({ name: 'MlkitError' });
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

test('text is what inspect prints', async () => {
  const out = path.join(temporaryFolder(), 'm.txt');
  await convert(model('mlp'), out, { to: 'text' });
  expect(fs.readFileSync(out, 'utf8')).toMatch(/MatMul\s*\(x, w1\)/);
});

test('the extension says the format', () => {
  expect(['m.onnx', 'm', 'm.ORT', 'a.b.json', 'm.txt'].map(formatOf)).toEqual([
    'onnx',
    'onnx',
    'ort',
    'json',
    'text',
  ]);
  expect(() => formatOf('m.tflite')).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

test('a float of JSON reads back as the same float32', () => {
  const values = Float32Array.from(
    { length: 500 },
    (_, at) => Math.sin(at) * 10 ** ((at % 70) - 35),
  );
  const tensor = tensorFrom('float32', [500], values);
  const bytes = foreignBytes('ModelProto', {
    graph: { initializer: [{ float_data: [...values] }] },
  });
  const read = JSON.parse(jsonOf(bytes)) as { graph: { initializer: [{ floatData: number[] }] } };
  expect(Float32Array.from(read.graph.initializer[0].floatData)).toEqual(tensor.data());
});
