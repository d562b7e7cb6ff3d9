import type { Graph, Value, ValueType } from '../graph/index.ts';
import type { RawMessage } from './message.ts';

/**
 * What the reader leaves on the parts of a graph (`origin`), so that the writer can tell what has
 * changed and copy the rest.
 */

/** One ValueInfoProto of a graph's inputs, outputs or value infos, and the value that it is about. */
export interface ValueEntry {
  readonly value: Value;
  readonly message: RawMessage;
}

/** What the reader put on a value; a difference later is an edit. */
export interface ValueOrigin {
  readonly type: ValueType | null;
  readonly docString: string;
  readonly metadata: readonly (readonly [string, string])[];
}

/** A constant of a graph and its TensorProto or SparseTensorProto. */
export interface InitializerEntry {
  readonly value: Value;
  readonly message: RawMessage;
}

/** Names of values that a graph's quantization annotations speak of. */
export interface AnnotationEntry {
  readonly message: RawMessage;
  readonly value: Value | null;
  /** The values that its parameters name, in order; null where there is no such value. */
  readonly parameters: readonly (Value | null)[];
}

export interface GraphOrigin {
  readonly message: RawMessage;
  readonly inputs: readonly ValueEntry[];
  readonly outputs: readonly ValueEntry[];
  readonly valueInfos: readonly (
    | ValueEntry
    | { readonly value: null; readonly message: RawMessage }
  )[];
  readonly initializers: readonly InitializerEntry[];
  readonly sparseInitializers: readonly InitializerEntry[];
  readonly annotations: readonly AnnotationEntry[];
}

export function graphOrigin(graph: Graph): GraphOrigin | null {
  return (graph.origin as GraphOrigin | undefined) ?? null;
}

export function valueOrigin(value: Value): ValueOrigin | null {
  return (value.origin as ValueOrigin | undefined) ?? null;
}

/** The message of a part that is one message: node, attribute, model, function, sparse tensor. */
export function messageOrigin(part: { readonly origin?: unknown }): RawMessage | null {
  return (part.origin as RawMessage | undefined) ?? null;
}
