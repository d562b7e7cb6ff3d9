import { type DataType, elementCountOf } from '../tensor/index.ts';
import type { ForeignTensor } from './foreign-file.ts';
import { numpyArrayOf } from './pickle-numpy.ts';
import {
  entriesOf,
  globalName,
  isObject,
  itemsOf,
  type PickleCall,
  type PickleValue,
  sizesOf,
} from './pickle-values.ts';
import { storageElements, tensorBytes } from './tensor-bytes.ts';
import { dtypeOfTorchName } from './torch-types.ts';

/** Levels of names; modules of modules have some ten. */
const deepestName = 64;
const mostTensors = 1_000_000;
/** Texts and numbers beside the weights, such as the epoch. */
const mostSettings = 100;
const mostSettingCharacters = 200;

/** A storage as a tensor refers to it. */
export interface StorageReference {
  /** Its file in the archive is `data/<key>`. */
  readonly key: string;
  /** Bytes of an element; null where its type is not known. */
  readonly itemBytes: number | null;
  readonly elements: number | null;
  /** Elements that the tensor needs it to have; null where its shape and strides are impossible. */
  readonly neededElements: number | null;
}

export interface PickledTensor extends ForeignTensor {
  readonly storage?: StorageReference;
}

/** With what is the same for tensors that have the same elements of the same storage. */
interface PlacedTensor extends PickledTensor {
  readonly place?: string;
}

export interface PickleContent {
  readonly tensors: readonly PickledTensor[];
  /** Texts, numbers and booleans beside the weights, by name. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * The tensors in what a pickle would be: torch's and NumPy's, named by the keys and attributes that
 * lead to them (`state_dict.conv1.weight`). The dictionaries that torch's modules keep their parts in
 * are left out of names.
 */
export function findTensors(root: PickleValue | undefined): PickleContent {
  const walk = new TensorWalk();
  walk.from(root);
  return { tensors: walk.tensors, settings: Object.fromEntries(walk.settings) };
}

/** Attributes of modules that names do not have: `_modules.conv1._parameters.weight` is `conv1.weight`. */
const moduleParts: ReadonlySet<string> = new Set(['_modules', '_parameters', '_buffers']);

interface Step {
  readonly value: PickleValue;
  readonly name: string;
  readonly depth: number;
}

class TensorWalk {
  readonly tensors: PickledTensor[] = [];
  readonly settings = new Map<string, string>();
  readonly #seen = new Set<PickleValue>();
  readonly #places = new Map<string, string>();
  readonly #waiting: Step[] = [];

  from(root: PickleValue | undefined): void {
    if (root === undefined) return;
    this.#waiting.push({ value: root, name: '', depth: 0 });
    for (let step = this.#waiting.pop(); step !== undefined; step = this.#waiting.pop()) {
      this.#visit(step);
    }
  }

  #visit({ value, name, depth }: Step): void {
    if (!isObject(value)) {
      this.#setting(name, value, depth);
      return;
    }
    const tensor = torchTensorOf(value, name) ?? arrayOf(value, name);
    if (tensor !== null) this.#add(tensor);
    // What is referred to twice is described once, or it could be without end.
    else if (!this.#seen.has(value) && depth < deepestName) {
      this.#seen.add(value);
      this.#enter(partsOf(value), name, depth + 1);
    }
  }

  /** Last in, first out: the parts are turned around to be met in their order. */
  #enter(parts: readonly (readonly [string, PickleValue])[], name: string, depth: number): void {
    for (const [key, value] of parts.toReversed()) {
      const own = moduleParts.has(key) ? '' : key;
      const full = name === '' || own === '' ? name + own : `${name}.${own}`;
      this.#waiting.push({ value, name: full, depth });
    }
  }

  #add(tensor: PlacedTensor): void {
    if (this.tensors.length >= mostTensors) return;
    const { place, ...rest } = tensor;
    const first = place === undefined ? undefined : this.#places.get(place);
    if (place !== undefined && first === undefined) this.#places.set(place, tensor.name);
    this.tensors.push(first === undefined ? rest : { ...rest, sameAs: first });
  }

  #setting(name: string, value: PickleValue, depth: number): void {
    if (depth !== 1 || value === null || typeof value === 'object') return;
    if (name === '' || this.settings.size >= mostSettings) return;
    this.settings.set(name, String(value).slice(0, mostSettingCharacters));
  }
}

/** What is in an object, by key, attribute or place. */
function partsOf(value: PickleValue): [string, PickleValue][] {
  if (!isObject(value)) return [];
  switch (value.kind) {
    case 'list':
      return value.items.map((item, index) => [String(index), item]);
    case 'dict':
      return named(entriesOf(value));
    case 'call':
      return partsOfObject(value);
    default:
      return [];
  }
}

function partsOfObject({
  callee,
  args,
  state,
  items,
  entries,
}: PickleCall): [string, PickleValue][] {
  const parts = [...named(entries), ...partsOf({ kind: 'list', items })];
  // Old files make ordered dictionaries from a list of pairs.
  if (globalName(callee) === 'collections.OrderedDict') {
    const pairs = itemsOf(args[0]).map((pair) => itemsOf(pair));
    parts.push(
      ...named(
        pairs.flatMap(([key, value]) =>
          key === undefined || value === undefined ? [] : [[key, value] as const],
        ),
      ),
    );
  }
  // A state is a dictionary of attributes, or that and one of slots.
  if (isObject(state)) {
    const [attributes] = itemsOf(state);
    parts.push(...partsOf(entriesOf(attributes).length > 0 ? (attributes ?? null) : state));
  }
  return parts;
}

function named(entries: readonly (readonly [PickleValue, PickleValue])[]): [string, PickleValue][] {
  return entries.map(([key, value]) => [isObject(key) ? '?' : String(key), value]);
}

function arrayOf(value: PickleValue, name: string): PickledTensor | null {
  const array = numpyArrayOf(value);
  if (array === null) return null;
  const { type, shape } = array;
  const count = elementCountOf(shape);
  // Of objects, it is the size of a pointer.
  const items = type?.kind === 'O' ? null : (type?.itemBytes ?? null);
  return {
    name,
    dtype: type?.dtype ?? numpyKinds[type?.kind ?? ''] ?? null,
    shape,
    bytes: count === null || items === null ? null : count * items,
  };
}

const numpyKinds: Readonly<Record<string, string>> = { O: 'object', U: 'string', S: 'string' };

const rebuilders =
  /^torch\._utils\._rebuild_(tensor|tensor_v2|tensor_v3|qtensor|parameter|parameter_with_state)$/;

/**
 * The tensor that one of torch's functions would put together from a storage; null for other calls.
 *
 * Source: https://github.com/pytorch/pytorch/blob/main/torch/_utils.py
 */
function torchTensorOf(value: PickleValue, name: string): PlacedTensor | null {
  if (!isObject(value) || value.kind !== 'call') return null;
  const callee = globalName(value.callee) ?? '';
  if (callee === 'torch._tensor._rebuild_from_type_v2') {
    const [inner = null, , args] = value.args;
    return torchTensorOf(callOf(inner, itemsOf(args)), name);
  }
  const kind = rebuilders.exec(callee)?.[1];
  if (kind === undefined) return null;
  if (kind.startsWith('parameter')) return torchTensorOf(value.args[0] ?? null, name);
  return rebuiltTensor(value.args, kind === 'tensor_v3', name);
}

/**
 * @param hasType Whether the type of elements is the seventh argument; else the storage has it.
 */
function rebuiltTensor(
  args: readonly PickleValue[],
  hasType: boolean,
  name: string,
): PlacedTensor | null {
  const [storageValue, offset, sizes, strideValue] = args;
  const shape = sizesOf(sizes);
  if (shape === null) return null;
  const storage = storageOf(storageValue);
  const dtype = hasType ? dtypeOfTorchName(globalName(args[6]) ?? '') : (storage?.dtype ?? null);
  const tensor = { name, dtype, shape, bytes: tensorBytes(dtype, shape) };
  if (storage === null) return tensor;
  const strides = sizesOf(strideValue);
  const from = typeof offset === 'number' ? offset : null;
  const neededElements =
    from === null || strides === null ? null : storageElements(from, shape, strides);
  return {
    ...tensor,
    storage: {
      key: storage.key,
      // Of storages without a type, what is said counts bytes.
      elements: hasType ? null : storage.elements,
      itemBytes: tensorBytes(dtype, [1]),
      neededElements,
    },
    place: JSON.stringify([storage.key, from, shape, strides, dtype]),
  };
}

function callOf(callee: PickleValue, args: readonly PickleValue[]): PickleCall {
  return { kind: 'call', callee, args, state: undefined, items: [], entries: [] };
}

/** Type, key and number of elements from `('storage', torch.FloatStorage, '0', 'cpu', 10)`. */
function storageOf(
  value: PickleValue | undefined,
): { dtype: DataType | null; key: string; elements: number | null } | null {
  if (!isObject(value) || value.kind !== 'persistent') return null;
  const [word, type, key, , elements] = itemsOf(value.id);
  if (word !== 'storage' || typeof key !== 'string') return null;
  return {
    dtype: dtypeOfTorchName(globalName(type) ?? ''),
    key,
    elements: typeof elements === 'number' ? elements : null,
  };
}
