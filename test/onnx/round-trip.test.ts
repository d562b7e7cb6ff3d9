import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { type OpenModel, openModel, saveModel } from '../../src/onnx/index.ts';
import { filesBelow, fixtures, shared, temporaryFolder } from '../support/files.ts';

const models = filesBelow(fixtures, '.onnx');
/** Files under ../shared that protobuf itself cannot parse as a model: a pointer, a bare graph. */
const notModels = ['lfs-pointer', 'superres-tvm-2017'];
const foreign = filesBelow(shared, '.onnx').filter(
  (file) => !notModels.includes(path.basename(path.dirname(file))),
);

function encodedBytes(file: string): Uint8Array {
  const opened = openModel(file);
  try {
    return encodeModel(opened.model).toBytes();
  } finally {
    opened.close();
  }
}

describe('a model that is opened and written unchanged', () => {
  test('there are fixtures', () => {
    expect(models.length).toBeGreaterThan(15);
  });

  test.each(models.map((file) => [path.relative(fixtures, file), file]))('%s', (_, file) => {
    expect(Buffer.compare(encodedBytes(file), fs.readFileSync(file))).toBe(0);
  });

  test.skipIf(foreign.length === 0)('every foreign model', { timeout: 120_000 }, () => {
    const different = foreign.filter(
      (file) => Buffer.compare(encodedBytes(file), fs.readFileSync(file)) !== 0,
    );
    expect(different).toEqual([]);
  });
});

describe('a model whose every part is written anew', () => {
  // Without what the reader remembers, nothing can be copied: the writer has to say it all itself.
  test.each(models.map((file) => [path.relative(fixtures, file), file]))(
    'means the same: %s',
    async (_, file) => {
      const opened = openModel(file);
      forget(opened);
      const target = path.join(temporaryFolder(), path.basename(file));
      await saveModel(opened.model, target, { folder: opened.folder, external: 'embed' });
      const again = openModel(target);
      expect(summary(again)).toEqual(summary(opened));
      opened.close();
      again.close();
    },
  );
});

test('structure is read without the weights', () => {
  const file = path.join(temporaryFolder(), 'large.onnx');
  // 64 MiB of holes as the weights: raw_data is written by hand around the encoded rest.
  const bytes = 64 * 1024 * 1024;
  const header = Buffer.concat([Buffer.from([0x08, 8]), Buffer.from([0x3a])]);
  const name = Buffer.from([0x42, 1, 0x77]);
  const dims = Buffer.from([0x08, ...varint(bytes / 4), 0x10, 1]);
  const raw = Buffer.from([0x4a, ...varint(bytes)]);
  const tensorLength = dims.length + name.length + raw.length + bytes;
  const initializer = Buffer.from([0x2a, ...varint(tensorLength)]);
  const graphLength = initializer.length + tensorLength;
  const head = Buffer.concat([
    header,
    Buffer.from(varint(graphLength)),
    initializer,
    dims,
    name,
    raw,
  ]);
  fs.writeFileSync(file, head);
  fs.truncateSync(file, head.length + bytes);
  fs.appendFileSync(file, Buffer.from([0x42, 2, 0x10, 17]));
  const opened = openModel(file);
  expect(opened.model.graph.initializers[0]?.initializer?.elementCount).toBe(bytes / 4);
  expect(opened.model.opset('')).toBe(17);
  expect(opened.bytesRead).toBeLessThan(64 * 1024);
  opened.close();
});

test('a message that is cut off is refused, naming the byte', () => {
  const file = path.join(temporaryFolder(), 'cut.onnx');
  const whole = fs.readFileSync(path.join(fixtures, 'models', 'mlp.onnx'));
  fs.writeFileSync(file, whole.subarray(0, 1000));
  expect(() => openModel(file)).toThrow(MlkitError);
  expect(() => openModel(file)).toThrow(/is damaged at byte \d+ of 1000/);
});

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

/** Takes away what the reader left on the parts, as if a program had built them. */
function forget(opened: OpenModel): void {
  type Loose = { origin?: unknown };
  const seen = new Set<object>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || seen.has(part)) return;
    if (ArrayBuffer.isView(part)) return;
    seen.add(part);
    if ('origin' in part) (part as Loose).origin = undefined;
    if (part instanceof Set || Array.isArray(part)) for (const each of part) visit(each);
    else for (const key of Object.keys(part)) visit((part as Record<string, unknown>)[key]);
    const proto = Object.getPrototypeOf(part) as object | null;
    for (const key of ['nodes', 'inputs', 'outputs', 'initializers', 'body', 'graph']) {
      if (proto !== null && key in proto) visit((part as Record<string, unknown>)[key]);
    }
  };
  visit(opened.model);
}

/** What a model says, without how it is written. */
function summary({ model }: OpenModel): unknown {
  const typed = (value: { name: string; type: unknown }): unknown => [value.name, value.type];
  const graph = (each: OpenModel['model']['graph']): unknown => ({
    name: each.name,
    inputs: each.inputs.map(typed),
    outputs: each.outputs.map(typed),
    constants: each.initializers.map((value) => [
      value.name,
      value.initializer?.elementType,
      value.initializer?.dims,
      value.initializer?.storage.strings ??
        Buffer.from(value.initializer?.storage.bytes() ?? []).toString('hex'),
    ]),
    nodes: each.nodes.map((node) => ({
      name: node.name,
      op: [node.domain, node.opType],
      inputs: node.inputs.map((value) => value?.name ?? null),
      outputs: node.outputs.map((value) => value?.name ?? null),
      attributes: node.attributes.map((attribute) => [
        attribute.name,
        attribute.type,
        attribute.type === 'graph' ? graph(attribute.value) : plain(attribute),
      ]),
    })),
  });
  return {
    ir: model.irVersion,
    opsets: model.opsets,
    producer: model.producerName,
    metadata: model.metadata,
    graph: graph(model.graph),
    functions: model.functions.map((each) => [each.domain, each.name, graph(each.body)]),
  };
}

function plain(attribute: object): unknown {
  const value = (attribute as { value?: unknown }).value;
  if (value !== null && typeof value === 'object' && 'dims' in value) {
    const tensor = value as { dims: unknown; storage: { bytes(): Uint8Array } };
    return [tensor.dims, Buffer.from(tensor.storage.bytes()).toString('hex')];
  }
  return value;
}
