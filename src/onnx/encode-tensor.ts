import type { SparseTensor } from '../graph/index.ts';
import { dataTypes, type Tensor } from '../tensor/index.ts';
import type { TensorOrigin } from './decode-tensor.ts';
import { patchEntries } from './encode-entries.ts';
import type { RawMessage } from './message.ts';
import { messageOrigin } from './origin.ts';
import { MessagePatch } from './patch.ts';
import { Rope } from './rope.ts';

/** Where the bytes of a tensor go: as they are, into the model file, or into a data file. */
export type TensorPlacement =
  | 'keep'
  | 'inline'
  | { readonly location: string; readonly offset: number; readonly length: number };

/** Decides the placement of each tensor. */
export type Placer = (tensor: Tensor) => TensorPlacement;

/** Fields that hold elements, of which a tensor uses one. */
const dataFields: readonly string[] = [
  'float_data',
  'int32_data',
  'string_data',
  'int64_data',
  'double_data',
  'uint64_data',
  'raw_data',
];

const locationExternal = 1;

/** A `TensorProto`; its span in the original file when nothing about it has changed. */
export function encodeTensor(tensor: Tensor, name: string, place: Placer): Rope {
  const origin = (tensor.origin as TensorOrigin | undefined) ?? null;
  const original = origin?.message ?? null;
  const patch = new MessagePatch('TensorProto', original)
    .text('name', name)
    .text('doc_string', tensor.docString)
    .ints('dims', tensor.dims.map(BigInt));
  patchEntries(patch, original, 'metadata_props', tensor.metadata);
  if (tensor.elementType !== null) {
    patch.int('data_type', dataTypes[tensor.elementType].code);
  }
  const placement = place(tensor);
  if (placement === 'keep' && tensor.storage === origin?.storage) return patch.build();
  for (const field of dataFields) patch.remove(field);
  if (typeof placement === 'object') {
    patch.int('data_location', locationExternal);
    patchEntries(patch, original, 'external_data', [
      ['location', placement.location],
      ['offset', String(placement.offset)],
      ['length', String(placement.length)],
    ]);
    return patch.build();
  }
  patch.int('data_location', null);
  patchEntries(patch, original, 'external_data', []);
  const { strings } = tensor.storage;
  if (strings === undefined) patch.payload('raw_data', Rope.storage(tensor.storage));
  else patch.bytesList('string_data', strings);
  return patch.build();
}

/** A `SparseTensorProto`, whose name is that of its values. */
export function encodeSparse(sparse: SparseTensor, name: string, place: Placer): Rope {
  const original: RawMessage | null = messageOrigin(sparse);
  const patch = new MessagePatch('SparseTensorProto', original).ints(
    'dims',
    sparse.dims.map(BigInt),
  );
  // What the file left out was made up by the reader and has no origin.
  const isGiven = (part: Tensor): boolean => original === null || part.origin !== undefined;
  if (isGiven(sparse.values)) patch.payload('values', encodeTensor(sparse.values, name, place));
  if (isGiven(sparse.indices)) {
    patch.payload('indices', encodeTensor(sparse.indices, sparse.indices.name, place));
  }
  return patch.build();
}
