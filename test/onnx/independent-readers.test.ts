import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeModel } from '../../src/onnx/encode.ts';
import { openModel } from '../../src/onnx/index.ts';
import { filesBelow, fixtures, shared } from '../support/files.ts';
import { foreignType } from '../support/protobuf.ts';

/**
 * Two readers that are not ours see the same model in what we read and write: protobufjs with the
 * field table as its definition, and onnx-proto with a definition of its own (ONNX 1.10).
 */
const { onnx } = createRequire(import.meta.url)('onnx-proto') as {
  onnx: { ModelProto: { decode(bytes: Uint8Array): unknown } };
};

interface ProtoGraph {
  name?: string;
  node: { opType?: string; op_type?: string; input: string[]; output: string[]; name?: string }[];
  initializer: { name?: string; dims: unknown[]; dataType?: number; data_type?: number }[];
  input: { name?: string }[];
  output: { name?: string }[];
}

/** The same facts from a foreign reader's graph. */
function foreignFacts(graph: ProtoGraph): unknown {
  return {
    name: graph.name ?? '',
    nodes: graph.node.map((node) => [
      node.op_type ?? node.opType ?? '',
      node.name ?? '',
      node.input,
      node.output,
    ]),
    constants: graph.initializer.map((tensor) => [tensor.name ?? '', tensor.dims.map(Number)]),
    inputs: graph.input.map((value) => value.name ?? ''),
    outputs: graph.output.map((value) => value.name ?? ''),
  };
}

function ourFacts(graph: ReturnType<typeof openModel>['model']['graph']): unknown {
  const names = (values: readonly ({ name: string } | null)[]): string[] =>
    values.map((value) => value?.name ?? '');
  return {
    name: graph.name,
    nodes: graph.nodes.map((node) => [
      node.opType,
      node.name,
      names(node.inputs),
      names(node.outputs),
    ]),
    constants: graph.initializers
      .filter((value) => value.initializer !== null)
      .map((value) => [value.name, value.initializer?.dims]),
    inputs: names(graph.inputs),
    outputs: names(graph.outputs),
  };
}

const files = [
  ...filesBelow(fixtures, '.onnx'),
  ...filesBelow(path.join(shared, 'models'), '.onnx'),
  ...filesBelow(path.join(shared, 'onnxruntime-testdata'), '.onnx'),
].filter((file) => !/lfs-pointer|superres-tvm-2017/.test(file));

describe('independent readers', () => {
  test('see in every file what our reader sees', () => {
    const type = foreignType('ModelProto');
    for (const file of files) {
      const opened = openModel(file);
      const bytes = fs.readFileSync(file);
      const ours = ourFacts(opened.model.graph);
      const theirs = type.decode(bytes) as unknown as { graph: ProtoGraph };
      expect(foreignFacts(theirs.graph), file).toEqual(ours);
      opened.close();
    }
  });

  test('see an edited model as it was edited', () => {
    const type = foreignType('ModelProto');
    const opened = openModel(path.join(fixtures, 'models', 'mlp.onnx'));
    const { graph } = opened.model;
    const weight = graph.value('w1');
    if (weight === undefined) throw new Error('the fixture has it');
    graph.renameValue(weight, 'renamed');
    opened.model.setOpset('com.example', 3);
    opened.model.metadata = [['who', 'me']];
    const bytes = encodeModel(opened.model).toBytes();
    const proto = type.toObject(type.decode(bytes), { longs: Number }) as {
      graph: ProtoGraph;
      opset_import: unknown;
      metadata_props: unknown;
    };
    expect(foreignFacts(proto.graph)).toEqual(ourFacts(graph));
    expect(proto.opset_import).toEqual([{ version: 17 }, { domain: 'com.example', version: 3 }]);
    expect(proto.metadata_props).toEqual([{ key: 'who', value: 'me' }]);
    const old = onnx.ModelProto.decode(bytes) as { graph: ProtoGraph };
    expect(foreignFacts(old.graph)).toEqual(ourFacts(graph));
    opened.close();
  });
});
