import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MlkitError } from '../../errors.ts';
import { type Graph, type Model, type Node, walkGraphs } from '../../graph/index.ts';
import { openModel, saveModel } from '../../onnx/index.ts';
import { isOrtFormat } from '../../parity/index.ts';
import {
  decodeBfloat16,
  decodeFloat16,
  encodeBfloat16,
  encodeFloat16,
  type Tensor,
  type TensorStorage,
} from '../../tensor/index.ts';
import type { WeightPrecision } from './axes.ts';

export interface RoundedModel {
  readonly path: string;
  /** What the rounding did that a reader should know. */
  readonly warnings: readonly string[];
}

export interface RoundOptions {
  readonly signal?: AbortSignal;
  /** Weights that are smaller in all are put into the model file; others lie beside it. */
  readonly embedBelowBytes?: number;
}

type Narrow = Exclude<WeightPrecision, 'float32'>;

const codecs = {
  float16: { encode: encodeFloat16, decode: decodeFloat16 },
  bfloat16: { encode: encodeBfloat16, decode: decodeBfloat16 },
} as const;

/** From here on weights lie in a data file, which the runtime maps and does not copy. */
const embeddedBytes = 64 * 1024 ** 2;

/**
 * Writes a copy of a model whose float32 weights have values that a narrower type can hold. They stay
 * float32, and so does the arithmetic. Weights are the constants of more than one element: numbers
 * such as an epsilon are settings. Nothing but one tensor is in memory at a time.
 *
 * @param folder Where the copy goes, into a folder of its own.
 * @throws MlkitError USAGE for a model in ORT format; whatever reading and writing run into.
 */
export async function roundWeights(
  path: string,
  precision: Narrow,
  folder: string,
  { signal, embedBelowBytes = embeddedBytes }: RoundOptions = {},
): Promise<RoundedModel> {
  if (isOrtFormat(path)) {
    throw new MlkitError(
      'USAGE',
      `--matrix precision: the weights of ${path} cannot be rounded, as it is in ORT format`,
      { hint: 'Give the ONNX model that it was made from.' },
    );
  }
  const open = openModel(path);
  try {
    const rounding = new Rounding(precision);
    rounding.apply(open.model);
    const target = join(folder, precision, basename(path));
    await mkdir(join(folder, precision), { recursive: true });
    await saveModel(open.model, target, {
      external: rounding.bytes < embedBelowBytes ? 'embed' : { file: 'weights.data' },
      folder: open.folder,
      ...(signal && { signal }),
    });
    return { path: target, warnings: rounding.warnings() };
  } finally {
    open.close();
  }
}

class Rounding {
  /** Of all weights. */
  bytes = 0;
  readonly #precision: Narrow;
  /** Elements of each weight that are too large for the type. */
  readonly #overflows = new Map<string, number>();

  constructor(precision: Narrow) {
    this.#precision = precision;
  }

  apply(model: Model): void {
    for (const { graph } of walkGraphs(model)) {
      for (const value of graph.initializers) {
        const rounded = this.#rounded(value.initializer, value.name);
        if (rounded !== null) graph.setInitializer(value, rounded);
      }
      for (const node of graph.nodes) this.#constantNode(graph, node);
    }
  }

  warnings(): string[] {
    const overflows = [...this.#overflows].filter(([, count]) => count > 0);
    const [first] = overflows;
    if (first === undefined) return this.bytes > 0 ? [] : ['the model has no float32 weights'];
    const [name, count] = first;
    const more = overflows.length === 1 ? '' : `, and of ${overflows.length - 1} more weights`;
    return [
      `weights in ${this.#precision} overflow to infinity in ${count === 1 ? '1 element' : `${count} elements`} of "${name}"${more}`,
    ];
  }

  #constantNode(graph: Graph, node: Node): void {
    if (node.opType !== 'Constant' || node.domain !== '') return;
    const attribute = node.attribute('value');
    if (attribute?.type !== 'tensor') return;
    const value = this.#rounded(attribute.value, node.outputs[0]?.name ?? node.label);
    if (value !== null) graph.setAttribute(node, { ...attribute, value });
  }

  #rounded(tensor: Tensor | null, name: string): Tensor | null {
    if (tensor?.elementType !== 'float32' || tensor.byteLength <= 4) return null;
    this.bytes += tensor.byteLength;
    return tensor.with({ storage: this.#storage(tensor.storage, name) });
  }

  #storage(source: TensorStorage, name: string): TensorStorage {
    const round = (bytes: Uint8Array): Uint8Array => this.#round(bytes, name);
    const restart = (): void => void this.#overflows.set(name, 0);
    return {
      kind: 'memory',
      byteLength: source.byteLength,
      bytes() {
        restart();
        return round(source.bytes());
      },
      *chunks(maxBytes) {
        restart();
        for (const chunk of source.chunks(Math.max(maxBytes - (maxBytes % 4), 4))) {
          yield round(chunk);
        }
      },
    };
  }

  #round(bytes: Uint8Array, name: string): Uint8Array {
    const { encode, decode } = codecs[this.#precision];
    // A copy starts where float32 may.
    const floats = new Float32Array(Uint8Array.from(bytes).buffer);
    const rounded = decode(encode(floats));
    let overflows = 0;
    for (let at = 0; at < rounded.length; at += 1) {
      if (!Number.isFinite(rounded[at]) && Number.isFinite(floats[at])) overflows += 1;
    }
    this.#overflows.set(name, (this.#overflows.get(name) ?? 0) + overflows);
    return new Uint8Array(rounded.buffer);
  }
}
