import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  buildModel,
  checkStructure,
  type GraphBuilder,
  type Model,
} from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { readModel } from '../../src/onnx/index.ts';
import { irFeatures, irVersion, opsetIrVersion } from '../../src/passes/index.ts';
import { type DataType, dataTypes, memoryStorage, Tensor } from '../../src/tensor/index.ts';
import { shared } from '../support/files.ts';
import { foreignBytes } from '../support/protobuf.ts';

function model(irVersionOf: number, opset: number, build?: (b: GraphBuilder) => void): Model {
  return buildModel({ opset, irVersion: irVersionOf }, (b) => {
    const x = b.input('x', 'float32', [1]);
    b.output(b.node('Relu', [x], {}, { outputs: ['y'] }), 'float32', [1]);
    build?.(b);
  });
}

function constant(dtype: DataType): Tensor {
  const bytes = new Uint8Array(Math.ceil(dataTypes[dtype].bits / 8));
  return new Tensor({ name: 'c', dtype, dims: [1], storage: memoryStorage(bytes) });
}

function highest(of: Model): [number, string] {
  const [first] = irFeatures(of);
  return [first?.irVersion ?? 0, first?.feature ?? ''];
}

describe('features and their IR versions', () => {
  test.each([
    ['bfloat16', 4],
    ['float8e4m3fn', 9],
    ['int4', 10],
    ['float4e2m1', 11],
    ['float8e8m0', 12],
    ['uint2', 13],
    ['float6e2m3', 14],
  ] as const)('a value of type %s needs %i', (dtype, version) => {
    const typed = model(8, 13, (b) => void b.input('z', dtype, [1]));
    expect(highest(typed)).toEqual([version, `the type ${dtype}`]);
    const held = model(8, 13, (b) => void b.node('Constant', [], { value: constant(dtype) }));
    expect(highest(held)).toEqual([version, `the type ${dtype}`]);
  });

  test('casts name types as numbers', () => {
    const cast = model(8, 13, (b) => {
      b.node('Cast', [b.graph.inputs[0] ?? null], { to: 16 });
    });
    expect(highest(cast)).toEqual([4, 'the type bfloat16']);
  });

  test('a plain model needs 3 for its operator sets', () => {
    expect(highest(model(8, 13))).toEqual([3, 'operator set imports']);
  });

  test('initializers that are no inputs need 4, others do not', () => {
    const plain = model(8, 13, (b) => void b.initializer(constant('float32'), 'w'));
    expect(highest(plain)).toEqual([4, 'initializers that are no inputs']);
    plain.graph.addInput('w', null);
    expect(highest(plain)[0]).toBe(3);
  });

  test('optional and sparse types, and metadata of nodes', () => {
    const element = null;
    const optional = model(8, 13, (b) => void b.input('o', { kind: 'optional', element }));
    expect(highest(optional)).toEqual([8, 'optional types']);
    const noted = model(8, 13, ({ graph }) => {
      const [node] = graph.nodes;
      if (node) graph.annotate(node, { metadata: [['k', 'v']] });
    });
    expect(highest(noted)).toEqual([10, 'metadata of parts of the model']);
  });

  test('what only the file tells: annotations, training, functions, devices', () => {
    const bytes = (more: object, graph: object = {}): Uint8Array =>
      foreignBytes('ModelProto', {
        ir_version: 8,
        opset_import: [{ domain: '', version: 13 }],
        graph: { name: 'g', ...graph },
        ...more,
      });
    const needed = (content: Uint8Array): [number, string] => highest(readModel(content));
    const annotation = { quantization_annotation: [{ tensor_name: 'x' }] };
    expect(needed(bytes({}, annotation))).toEqual([5, 'quantization annotations']);
    expect(needed(bytes({ training_info: [{}] }))).toEqual([7, 'training information']);
    expect(needed(bytes({ configuration: [{ name: 'd' }] }))).toEqual([
      11,
      'device configurations',
    ]);
    const definition = { name: 'f', domain: 'local', opset_import: [] };
    expect(needed(bytes({ functions: [definition] }))).toEqual([8, 'local functions']);
    const withDefault = { ...definition, attribute_proto: [{ name: 'a', i: 1, type: 2 }] };
    expect(needed(bytes({ functions: [withDefault] }))[0]).toBe(9);
    const node = { op_type: 'f', domain: 'local', overload: 'second', output: ['y'] };
    expect(needed(bytes({}, { node: [node] }))).toEqual([10, 'overloads of functions']);
  });

  const table = path.join(shared, 'data', 'onnx-operators.json');
  test.runIf(fs.existsSync(table))('releases pair operator sets as ONNX lists them', () => {
    const { ir_versions: rows } = JSON.parse(fs.readFileSync(table, 'utf8')) as {
      ir_versions: { ir: number; 'ai.onnx': number; 'ai.onnx.ml': number }[];
    };
    for (const domain of ['ai.onnx', 'ai.onnx.ml'] as const) {
      const first = new Map<number, number>();
      for (const row of rows)
        first.set(row[domain], Math.min(row.ir, first.get(row[domain]) ?? 99));
      expect(first.size).toBeGreaterThan(4);
      for (const [version, ir] of first) {
        const own = domain === 'ai.onnx' ? '' : domain;
        expect([domain, version, opsetIrVersion({ domain: own, version })]).toEqual([
          domain,
          version,
          ir,
        ]);
      }
    }
  });
});

describe('setting the IR version', () => {
  const set = (of: Model, version: number | 'auto'): string[] =>
    irVersion.run(of, { version }).map((each) => each.reason);

  test('sets the one that is asked for', () => {
    const it = model(8, 13);
    expect(set(it, 5)).toEqual(['the IR version is 5; it was 8']);
    expect(it.irVersion).toBe(5);
    expect(set(it, 5)).toEqual([]);
  });

  test('auto takes the pairing of the operator set, at most what the runtime reads', () => {
    const versions = [7, 13, 17, 21, 25, 28].map((opset) => {
      const it = model(14, opset);
      set(it, 'auto');
      return it.irVersion;
    });
    expect(versions).toEqual([3, 7, 8, 10, 13, 13]);
  });

  test('auto goes higher where a feature needs it', () => {
    const it = model(8, 17, (b) => void b.input('z', 'float6e2m3', [1]));
    set(it, 'auto');
    expect(it.irVersion).toBe(14);
  });

  test('auto counts operator sets of functions and of ai.onnx.ml', () => {
    const it = buildModel({ opset: { '': 13, 'ai.onnx.ml': 4 }, irVersion: 10 }, (b) => {
      b.output(b.input('x', 'float32', [1]));
    });
    set(it, 'auto');
    expect(it.irVersion).toBe(9);
  });

  test('refuses one that lacks a feature, and names feature and place', () => {
    const it = model(10, 21, (b) => {
      b.initializer(constant('int4'), 'w4');
      b.initializer(constant('int4'), 'v4');
    });
    expect(() => set(it, 9)).toThrow(
      expect.objectContaining({
        code: 'NOT_SUPPORTED',
        message:
          'the IR version cannot be made 9: the type int4 (initializer "w4" and 1 other place) needs IR 10',
      }),
    );
    expect(it.irVersion).toBe(10);
  });

  test('constants stay constants when IR 3 is left', () => {
    const it = model(3, 8, (b) => {
      b.initializer(constant('float32'), 'w');
      b.graph.addInput('w', null);
    });
    const old = readModel(encodeModel(it).toBytes());
    expect(set(old, 8)[1]).toMatch(/^1 initializer is no longer listed as input/);
    expect(old.graph.inputs.map((value) => value.name)).toEqual(['x']);
    expect(old.graph.value('w')?.constant).not.toBeNull();
    expect(checkStructure(old)).toEqual([]);
    const within = readModel(encodeModel(it).toBytes());
    within.irVersion = 4;
    set(within, 8);
    expect(within.graph.inputs).toHaveLength(2);
  });

  test('a model without operator sets stays what it is', () => {
    const it = model(2, 13);
    it.opsets = [];
    expect(set(it, 'auto')).toEqual([]);
    expect(() => set(it, 8)).toThrow(/imports none/);
  });
});
