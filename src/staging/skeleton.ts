import fs from 'node:fs';
import path from 'node:path';
import { type Model, walkGraphs } from '../graph/index.ts';
import {
  encodeModel,
  limits,
  type OpenModel,
  RawMessage,
  Rope,
  schema,
  type TensorPlacement,
} from '../onnx/index.ts';
import { byteLengthOf, elementCountOf, type Tensor } from '../tensor/index.ts';

/** A copy of a model whose large weights are holes, as it is to be written into one folder. */
export interface Skeleton {
  /** The model file. */
  readonly model: Rope;
  /** The data file {@link keptFile}: constants that lie in data files and keep their values. */
  readonly kept: Rope;
  /** Size of the data file {@link zerosFile}, which all weights share: that of the largest. */
  readonly zeroBytes: number;
  /** What the weights would have taken. */
  readonly savedBytes: number;
}

export const keptFile = 'kept.bin';
export const zerosFile = 'zeros.bin';

/** Of what starts in the data file of the skeleton: as cautious as any exporter. */
const alignBytes = 64;

/** Constants in data files that are copied; with more of them, a skeleton is no saving. */
const mostKeptBytes = 256 * 1024 * 1024;

/**
 * Lays out a skeleton: the model byte for byte, except that each dense weight above `keepBytes` that
 * is as it should be lies in one data file of zeros. Smaller ones keep their values, since operators
 * are checked by them (shapes, axes, scales), and stay inside or outside of the model file as they
 * are, since runtimes treat the two differently. No weights are read.
 *
 * @returns Null when there is none that would fail as the model fails: a constant in a data file is
 *   not as it should be, or the skeleton would be too large.
 */
export async function layOutSkeleton(open: OpenModel, keepBytes: number): Promise<Skeleton | null> {
  const layout = new Layout(open, keepBytes);
  const model = await encodeModel(open.model, { place: (tensor) => layout.place(tensor) });
  const isUsable =
    layout.isFaithful &&
    model.length <= limits.protobufBytes &&
    layout.kept.length <= mostKeptBytes;
  if (!isUsable) return null;
  const { kept, zeroBytes, savedBytes } = layout;
  return { model, kept, zeroBytes, savedBytes };
}

class Layout {
  readonly kept: Rope = new Rope();
  zeroBytes = 0;
  savedBytes = 0;
  isFaithful = true;
  readonly #open: OpenModel;
  readonly #keepBytes: number;
  readonly #weights: ReadonlySet<Tensor>;
  /** Sizes of data files that the runtime would find too; null: it would not. */
  readonly #dataSizes = new Map<string, number | null>();

  constructor(open: OpenModel, keepBytes: number) {
    this.#open = open;
    this.#keepBytes = keepBytes;
    this.#weights = new Set(weightsOf(open.model));
  }

  place(tensor: Tensor): TensorPlacement {
    // Sizes that a number cannot hold would be rounded when they are written.
    if (!tensor.dims.every(Number.isSafeInteger)) this.isFaithful = false;
    const need = neededBytes(tensor);
    const isExternal = tensor.storage.kind === 'external';
    if (isExternal && !this.#isSoundExternal(tensor, need)) {
      this.isFaithful = false;
      return 'keep';
    }
    const isWeight = need !== null && need > this.#keepBytes && this.#weights.has(tensor);
    if (isWeight && (isExternal || isSoundInline(tensor, need))) return this.#hollow(need);
    return isExternal ? this.#keep(tensor) : 'keep';
  }

  #hollow(length: number): TensorPlacement {
    this.zeroBytes = Math.max(this.zeroBytes, length);
    this.savedBytes += length;
    return { location: zerosFile, offset: 0, length };
  }

  #keep({ storage }: Tensor): TensorPlacement {
    const over = this.kept.length % alignBytes;
    if (over > 0) this.kept.addBytes(new Uint8Array(alignBytes - over));
    const offset = this.kept.length;
    this.kept.add(Rope.storage(storage));
    return { location: keptFile, offset, length: storage.byteLength };
  }

  /** Whether the runtime finds all bytes of a tensor in a data file, and nothing to complain about. */
  #isSoundExternal(tensor: Tensor, need: number | null): boolean {
    const { external, byteLength } = tensor.storage;
    if (external === undefined || external.problem !== null || !hasPlainReference(tensor))
      return false;
    // Of nothing, writers and readers have different ideas of how it is referred to.
    if (need === null || need === 0 || byteLength !== need) return false;
    const { location, offset } = external;
    let size = this.#dataSizes.get(location);
    if (size === undefined) {
      size = dataSize(this.#open, location);
      this.#dataSizes.set(location, size);
    }
    return size !== null && offset + need <= size;
  }
}

/** Constants whose values an operator gets as an input: initializers, and those of Constant nodes. */
function* weightsOf(model: Model): Iterable<Tensor> {
  for (const { graph } of walkGraphs(model)) {
    for (const { initializer } of graph.initializers) if (initializer !== null) yield initializer;
    for (const node of graph.nodes) {
      if (node.opType !== 'Constant' || node.domain !== '') continue;
      for (const attribute of node.attributes) {
        if (attribute.type === 'tensor') yield attribute.value;
      }
    }
  }
}

/** What type and shape call for; null for text, and where they make no sense. */
function neededBytes({ elementType, dims }: Tensor): number | null {
  const count = elementCountOf(dims);
  if (elementType === null || elementType === 'string' || count === null) return null;
  return byteLengthOf(elementType, count);
}

/** Whether a tensor in the model file has its elements once, all of them, in the right field. */
function isSoundInline(tensor: Tensor, need: number): boolean {
  const [field, ...others] = dataFieldsOf(tensor);
  const message = messageOf(tensor);
  if (field === undefined || message === null || others.length > 0) return false;
  if (message.has('external_data')) return false;
  const records = message.recordsOf(field);
  if (field === 'raw_data' && records.length > 1) return false;
  // Of typed fields the storage reads the right one: another one has no bytes there.
  return tensor.storage.byteLength === need;
}

/** Whether a tensor in a data file says where it is and nothing else, which the skeleton leaves out. */
function hasPlainReference(tensor: Tensor): boolean {
  const keys = messageOf(tensor)
    ?.messages('external_data')
    .map((entry) => entry.text('key'));
  const isPlain = keys?.every((key) => ['location', 'offset', 'length'].includes(key)) ?? false;
  return isPlain && dataFieldsOf(tensor).length === 0;
}

const dataFields: readonly string[] = Object.keys(schema.TensorProto).filter(
  (field) => field.endsWith('_data') && field !== 'external_data',
);

/** The fields with elements that a tensor has in the model file; one, in what exporters write. */
function dataFieldsOf(tensor: Tensor): string[] {
  const message = messageOf(tensor);
  return dataFields.filter((field) => message?.has(field) ?? false);
}

/** What the tensor was read from. */
function messageOf({ origin }: Tensor): RawMessage | null {
  const { message } = (origin ?? {}) as { message?: unknown };
  return message instanceof RawMessage ? message : null;
}

/**
 * The size of a data file where onnxruntime takes it: it looks beside the path that it is given, and
 * allows links that lead into that folder or into the folder of the model's own target.
 */
function dataSize(open: OpenModel, location: string): number | null {
  try {
    const folder = path.dirname(open.path);
    const real = fs.realpathSync(path.join(folder, location));
    const allowed = [fs.realpathSync(folder), path.dirname(fs.realpathSync(open.path))];
    if (real !== open.folder.locate(location, '')) return null;
    if (!allowed.some((root) => real.startsWith(root + path.sep))) return null;
    fs.accessSync(real, fs.constants.R_OK);
    const stats = fs.statSync(real);
    return stats.isFile() ? stats.size : null;
  } catch {
    // Missing, forbidden or out of reach: the model itself shows what the runtime says to it.
    return null;
  }
}
