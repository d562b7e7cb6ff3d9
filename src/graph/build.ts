import type { DataType, Tensor } from '../tensor/index.ts';
import { type AttributeInput, attributeFrom } from './attribute.ts';
import { Graph } from './graph.ts';
import { Model, type OpsetImport } from './model.ts';
import { type Shape, tensorType, type ValueType } from './shape.ts';
import type { Value } from './value.ts';

export interface BuildOptions {
  /** Version of ai.onnx, or of several domains: `{ '': 17, 'com.microsoft': 1 }`. Default 17. */
  readonly opset?: number | Readonly<Record<string, number>>;
  /** Default 8, which goes with opset 17. */
  readonly irVersion?: number;
  /** Default `main`. */
  readonly name?: string;
  readonly producer?: string;
}

/** Settings of a node that are not attributes. */
export interface BuildNodeOptions {
  readonly domain?: string;
  readonly name?: string;
  /** Names of the outputs, or how many the allocator shall name. Default 1. */
  readonly outputs?: readonly string[] | number;
}

/** Adds to a graph in the order in which it is called. */
export class GraphBuilder {
  readonly graph: Graph;

  constructor(graph: Graph) {
    this.graph = graph;
  }

  input(name: string, dtype: DataType | ValueType, shape: Shape | null = null): Value {
    return this.graph.addInput(name, typeof dtype === 'string' ? tensorType(dtype, shape) : dtype);
  }

  /** A constant, under the tensor's name or a new one. */
  initializer(tensor: Tensor, name: string = tensor.name): Value {
    const free = name === '' ? this.graph.model.names.allocate('constant') : name;
    return this.graph.addInitializer(free, tensor.with({ name: free }));
  }

  /** A node with one output, which is returned. */
  node(
    opType: string,
    inputs: readonly (Value | null)[],
    attributes: Readonly<Record<string, AttributeInput>> = {},
    options: BuildNodeOptions = {},
  ): Value {
    const [first] = this.nodes(opType, inputs, attributes, options);
    if (first === undefined) throw new RangeError(`${opType} was given no output`);
    return first;
  }

  /** A node with any number of outputs. */
  nodes(
    opType: string,
    inputs: readonly (Value | null)[],
    attributes: Readonly<Record<string, AttributeInput>> = {},
    options: BuildNodeOptions = {},
  ): Value[] {
    const wanted = options.outputs ?? 1;
    const { names } = this.graph.model;
    const outputs =
      typeof wanted === 'number'
        ? Array.from({ length: wanted }, () => names.allocate(`${opType.toLowerCase()}_out`))
        : wanted;
    const node = this.graph.addNode({
      opType,
      inputs,
      outputs,
      ...(options.domain !== undefined && { domain: options.domain }),
      ...(options.name !== undefined && { name: options.name }),
      attributes: Object.entries(attributes).map(([name, value]) => attributeFrom(name, value)),
    });
    return node.outputs.filter((value) => value !== null);
  }

  output(value: Value, dtype?: DataType | ValueType, shape: Shape | null = null): void {
    if (dtype !== undefined) {
      const type = typeof dtype === 'string' ? tensorType(dtype, shape) : dtype;
      value.graph.setType(value, type);
    }
    this.graph.addOutput(value);
  }

  /** A subgraph for If, Loop and Scan, to be passed as an attribute; it may read this graph. */
  subgraph(name: string, build: (inner: GraphBuilder) => void): Graph {
    const inner = new Graph(this.graph.model, 'subgraph', this.graph);
    inner.name = name;
    build(new GraphBuilder(inner));
    return inner;
  }
}

/** Builds a model: `buildModel({ opset: 17 }, (b) => { const x = b.input(...); ... })`. */
export function buildModel(options: BuildOptions, build: (builder: GraphBuilder) => void): Model {
  const model = new Model();
  model.irVersion = options.irVersion ?? 8;
  model.producerName = options.producer ?? '';
  const opset = options.opset ?? 17;
  model.opsets =
    typeof opset === 'number'
      ? [{ domain: '', version: opset }]
      : Object.entries(opset).map(([domain, version]): OpsetImport => ({ domain, version }));
  model.graph.name = options.name ?? 'main';
  build(new GraphBuilder(model.graph));
  return model;
}
