import { join } from 'node:path';
import {
  type Attribute,
  attributeFrom,
  executionOrder,
  type Graph,
  type Model,
  type Value,
} from '../graph/index.ts';
import { openModel, saveModel } from '../onnx/index.ts';
import { type DataType, dataTypes } from '../tensor/index.ts';

/** What is asked of a model: a value, or only its shape. */
export interface Probe {
  readonly name: string;
  readonly what: 'value' | 'shape';
  /** The element type, as far as it is known. */
  readonly dtype: DataType | null;
}

/** A file that gives what was asked. */
export interface ProbeFile {
  readonly path: string;
  /** What the file calls each probe, in order. */
  readonly outputs: readonly string[];
}

/** An opset in which Cast and Shape are what they are today, for models that import none. */
const plainOpset = 13;

/**
 * A copy of a model in a temporary folder: a file of its structure and a file of its weights, of which
 * any number of parts can be made that share the weights. onnxruntime maps such weights into memory
 * and does not hold them twice.
 */
export class ModelCopy {
  /** The whole model. */
  readonly path: string;
  readonly #folder: string;
  readonly #name: string;
  #parts = 0;

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    this.path = join(folder, `${name}.onnx`);
  }

  /**
   * @param folder Where the files go; others may be there.
   * @param name What they are called in it.
   * @throws MlkitError for what reading and writing run into.
   */
  static async make(
    path: string,
    folder: string,
    name: string,
    signal?: AbortSignal,
  ): Promise<ModelCopy> {
    const copy = new ModelCopy(folder, name);
    const open = openModel(path);
    try {
      await saveModel(open.model, copy.path, {
        external: { file: `${name}.data` },
        folder: open.folder,
        ...(signal && { signal }),
      });
    } finally {
      open.close();
    }
    return copy;
  }

  /**
   * Writes the part of the model that computes the given values, with these as its outputs. Types
   * that the runtime's binding cannot pass come as wider ones that hold the same numbers.
   */
  async writePart(probes: readonly Probe[]): Promise<ProbeFile> {
    const open = openModel(this.path);
    try {
      const { model } = open;
      cutTo(model.graph, new Set(probes.map((probe) => probe.name)));
      const outputs = probes.map((probe) => addProbe(model, probe));
      for (const output of outputs) model.graph.addOutput(output);
      const path = join(this.#folder, `${this.#name}-${this.#parts}.onnx`);
      this.#parts += 1;
      await saveModel(model, path);
      return { path, outputs: outputs.map((output) => output.name) };
    } finally {
      open.close();
    }
  }
}

/** Removes outputs, and what the named values are not made of. */
function cutTo(graph: Graph, names: ReadonlySet<string>): void {
  for (let at = graph.outputs.length - 1; at >= 0; at -= 1) graph.removeOutput(at);
  // From the end, so that what reads a value is gone before the node that makes it is looked at.
  for (const node of executionOrder(graph).toReversed()) {
    const isNeeded = node.outputs.some(
      (output) => output !== null && (names.has(output.name) || output.uses.size > 0),
    );
    if (!isNeeded) graph.removeNode(node);
  }
  for (const value of graph.initializers) {
    if (value.uses.size === 0 && !value.isInput) graph.removeInitializer(value);
  }
}

/** The value that gives what a probe asks for. Its type is left for the runtime to find out. */
function addProbe(model: Model, { name, what, dtype }: Probe): Value {
  const { graph } = model;
  const value = graph.value(name);
  if (value === undefined) throw new RangeError(`there is no value "${name}"`);
  if (what === 'shape') return addNode(graph, 'Shape', value, []);
  const carrier = dtype === null ? null : carrierOf(dtype);
  if (carrier === null) return value;
  return addNode(graph, 'Cast', value, [attributeFrom('to', BigInt(dataTypes[carrier].code))]);
}

function addNode(
  graph: Graph,
  opType: string,
  value: Value,
  attributes: readonly Attribute[],
): Value {
  if (graph.model.opset('') === undefined) graph.model.setOpset('', plainOpset);
  const outputs = [graph.model.names.allocate(`${value.name}_${opType}`)];
  const node = graph.addNode({ opType, inputs: [value], outputs, attributes });
  return node.outputs[0] as Value;
}

/** A type that the binding can pass and that holds every value of one that it cannot pass. */
function carrierOf(dtype: DataType): DataType | null {
  const { kind, bits } = dataTypes[dtype];
  if (kind === 'float') return bits < 16 || dtype === 'bfloat16' ? 'float32' : null;
  if (bits >= 8) return null;
  return dtype.startsWith('u') ? 'uint8' : 'int8';
}
