import type { Size } from '../symbolic/index.ts';
import type { DataType } from '../tensor/index.ts';

/** Sizes of all dimensions, outermost first. An unknown one is an anonymous symbol. */
export type Sizes = readonly Size[];

/** What is known of a tensor. */
export interface TensorType {
  readonly kind: 'tensor' | 'sparse-tensor';
  readonly elementType: DataType | null;
  /** Null: the rank is unknown. */
  readonly shape: Sizes | null;
}

/** What is known of a value: like graph/shape.ts, with sizes that can be reckoned with. */
export type InferredType =
  | TensorType
  | { readonly kind: 'sequence' | 'optional'; readonly element: InferredType | null }
  | { readonly kind: 'map'; readonly keyType: DataType | null; readonly value: InferredType | null }
  | { readonly kind: 'opaque'; readonly domain: string; readonly name: string }
  | { readonly kind: 'unknown' };

/**
 * One element of a small tensor: a number (of float tensors with its fraction, of boolean ones 0 or
 * 1; integers beyond ±(2^53 - 1) are clamped), a symbolic size, or null where it is not known.
 */
export type Element = Size | null;

/** What is known of the elements of a small tensor, in row-major order. */
export interface Elements {
  readonly dims: readonly number[];
  readonly values: readonly Element[];
}

/** Larger tensors are not looked into. */
export const mostElements = 1024;

/** Shorthand for the usual case. */
export function tensorOf(elementType: DataType | null, shape: Sizes | null): TensorType {
  return { kind: 'tensor', elementType, shape };
}
