import type { Tensor } from '../tensor/index.ts';
import type { Graph } from './graph.ts';
import type { ValueType } from './shape.ts';
import type { SparseTensor } from './value.ts';

/** What an attribute of each type holds. Integers are int64, strings are bytes of any encoding. */
export interface AttributeValues {
  float: number;
  int: bigint;
  string: Uint8Array;
  tensor: Tensor;
  graph: Graph;
  'sparse-tensor': SparseTensor;
  type: ValueType;
  floats: readonly number[];
  ints: readonly bigint[];
  strings: readonly Uint8Array[];
  tensors: readonly Tensor[];
  graphs: readonly Graph[];
  'sparse-tensors': readonly SparseTensor[];
  types: readonly ValueType[];
}

export type AttributeType = keyof AttributeValues;

interface AttributeBase {
  readonly name: string;
  readonly docString?: string;
  /** Belongs to the reader that made the attribute. */
  readonly origin?: unknown;
}

/**
 * A named constant of a node. Immutable, except for what is inside a graph.
 *
 * `reference`: inside a function body, stands for an attribute of the function's caller.
 * `undefined`: the file gives neither type nor value, or a type we do not know.
 */
export type Attribute =
  | {
      [Type in AttributeType]: AttributeBase & {
        readonly type: Type;
        readonly value: AttributeValues[Type];
      };
    }[AttributeType]
  | (AttributeBase & {
      readonly type: 'reference';
      /** The type that the caller's attribute must have, where the file says. */
      readonly referenceType: AttributeType | null;
      readonly referenceName: string;
    })
  | (AttributeBase & { readonly type: 'undefined' });

/** JavaScript values that {@link attributeFrom} understands. */
export type AttributeInput =
  | number
  | bigint
  | string
  | Tensor
  | Graph
  | readonly number[]
  | readonly bigint[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] };

const encoder = new TextEncoder();

/**
 * Makes an attribute from a JavaScript value: integers, bigints, strings, tensors, graphs and lists
 * of them become what they look like. A number with a fraction becomes a float; a float that happens
 * to be whole must be written `{ float: 1 }` (`{ floats: [] }` for a list), because ONNX tells the
 * two apart and JavaScript does not.
 */
export function attributeFrom(name: string, input: AttributeInput): Attribute {
  if (typeof input === 'bigint') return { name, type: 'int', value: input };
  if (typeof input === 'string') return { name, type: 'string', value: encoder.encode(input) };
  if (typeof input === 'number') {
    if (Number.isSafeInteger(input)) return { name, type: 'int', value: BigInt(input) };
    if (Number.isInteger(input)) throw new RangeError(`${input} needs to be a bigint or { float }`);
    return { name, type: 'float', value: Math.fround(input) };
  }
  if (Array.isArray(input)) return listAttribute(name, input);
  if ('float' in input) return { name, type: 'float', value: Math.fround(input.float) };
  if ('floats' in input) return { name, type: 'floats', value: input.floats.map(Math.fround) };
  if ('dtype' in input) return { name, type: 'tensor', value: input };
  return { name, type: 'graph', value: input as Graph };
}

function listAttribute(name: string, input: readonly (number | bigint | string)[]): Attribute {
  if (typeof input[0] === 'string') {
    return { name, type: 'strings', value: input.map((each) => encoder.encode(each as string)) };
  }
  if (input.every((each) => typeof each === 'bigint' || Number.isSafeInteger(each))) {
    return { name, type: 'ints', value: input.map((each) => BigInt(each)) };
  }
  return { name, type: 'floats', value: input.map((each) => Math.fround(each as number)) };
}
