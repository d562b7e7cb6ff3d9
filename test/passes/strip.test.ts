import { describe, expect, test } from 'vitest';
import { buildModel, type Model, tensorType } from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { readModel } from '../../src/onnx/index.ts';
import { type Strippable, setMetadata, strip } from '../../src/passes/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { foreignType } from '../support/protobuf.ts';

const entries = [['note', 'METADATA']] as const;

/** A model with a text and an entry on each of its parts, read from bytes. */
function example(): Model {
  const model = buildModel({ opset: 21, irVersion: 10 }, (b) => {
    const { graph } = b;
    const x = b.input('x', 'float32', [2]);
    const weight = tensorFrom('float32', [2], Float32Array.of(1, 2)).with({
      docString: 'DOC',
      metadata: entries,
    });
    const w = b.initializer(weight, 'w');
    const inner = b.node('Add', [x, w], {}, { outputs: ['inner'] });
    const c = b.node('Constant', [], { value: weight });
    const y = b.node('Mul', [inner, c], {}, { outputs: ['y'] });
    b.output(y, 'float32', [2]);
    graph.setType(inner, tensorType('float32', [2]));
    for (const part of [x, y, inner, ...graph.nodes]) {
      graph.annotate(part, { docString: 'DOC', metadata: entries });
    }
    const [node] = graph.nodes;
    if (node) {
      const value = 1n;
      graph.setAttribute(node, { name: 'extra', type: 'int', value, docString: 'DOC' });
    }
    graph.docString = 'DOC';
    graph.metadata = entries;
  });
  model.docString = 'DOC';
  model.metadata = entries;
  return readModel(encodeModel(model).toBytes());
}

function stripped(...what: Strippable[]): { bytes: string; reasons: string[] } {
  const model = example();
  const changes = strip.run(model, { what: new Set(what) });
  const bytes = Buffer.from(encodeModel(model).toBytes()).toString('latin1');
  return { bytes, reasons: changes.map((each) => each.reason) };
}

describe('stripping', () => {
  test('the example has a text and an entry on each part', () => {
    const { bytes } = stripped();
    expect(bytes.match(/DOC/g)).toHaveLength(11);
    expect(bytes.match(/METADATA/g)).toHaveLength(10);
  });

  test('takes documentation out of everything', () => {
    const { bytes, reasons } = stripped('doc');
    expect(bytes).not.toContain('DOC');
    expect(bytes.match(/METADATA/g)).toHaveLength(10);
    expect(reasons).toEqual(['11 documentation texts']);
  });

  test('takes metadata out of everything', () => {
    const { bytes, reasons } = stripped('metadata');
    expect(bytes).not.toContain('METADATA');
    expect(bytes.match(/DOC/g)).toHaveLength(11);
    expect(reasons).toEqual(['10 metadata entries']);
  });

  test('takes types of inner values out, and keeps those of inputs and outputs', () => {
    const model = example();
    expect(strip.run(model, { what: new Set(['value-info']) })).toHaveLength(1);
    const bytes = encodeModel(model).toBytes();
    const message = foreignType('ModelProto').decode(bytes).toJSON() as {
      graph: Record<'input' | 'output', { type: unknown }[]> & { value_info?: unknown };
    };
    expect(message.graph.value_info).toBeUndefined();
    expect(message.graph.input[0]?.type).toBeDefined();
    expect(message.graph.output[0]?.type).toBeDefined();
  });

  test('a second time there is nothing to do', () => {
    const model = example();
    const what = new Set<Strippable>(['doc', 'metadata', 'value-info']);
    expect(strip.run(model, { what })).toHaveLength(3);
    expect(strip.run(model, { what })).toEqual([]);
  });
});

describe('setting metadata', () => {
  const set = (model: Model, key: string, value: string): number =>
    setMetadata.run(model, { entries: new Map([[key, value]]) }).length;

  test('adds entries at the end and replaces them in their place', () => {
    const model = example();
    model.metadata = [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ];
    expect(set(model, 'c', '')).toBe(1);
    expect(set(model, 'a', '4')).toBe(1);
    expect(model.metadata).toEqual([
      ['a', '4'],
      ['b', '2'],
      ['c', ''],
    ]);
    expect(set(model, 'a', '4')).toBe(0);
  });
});
