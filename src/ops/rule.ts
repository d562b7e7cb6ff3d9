import type { Graph, Node } from '../graph/index.ts';
import type { OperatorSchema } from '../schemas/index.ts';
import type { Size } from '../symbolic/index.ts';
import type { DataType } from '../tensor/index.ts';
import type { Element, Elements, InferredType, Sizes, TensorType } from './types.ts';

/** What is known of one value where it is used. */
export interface Known {
  readonly type: InferredType | null;
  readonly elements: Elements | null;
}

/** What both kinds of questions about a node can ask. */
export interface NodeFacts {
  /**
   * The node. Inside a function, references to attributes of the caller are already replaced. Its
   * accessors throw for attributes of another type than asked for, which the engine catches.
   */
  readonly node: Node;
  /** Version of the node's operator set that its graph imports. */
  readonly opset: number;
  /** The operator's schema at that version; null when there is none. */
  readonly schema: OperatorSchema | null;
  /** How many inputs the node lists, left-out ones included. */
  readonly inputCount: number;
  /** Whether input `at` is given. */
  has(at: number): boolean;
  /** Null: not given, or nothing is known of it. */
  type(at: number): InferredType | null;
  /** The type if it is a tensor. */
  tensor(at: number): TensorType | null;
  elementType(at: number): DataType | null;
  /** Null: no tensor, or of unknown rank. */
  shape(at: number): Sizes | null;
  /** What is known of the elements of an input of at most `mostElements` elements; else null. */
  elements(at: number): Elements | null;
  /** Elements of a tensor of rank 0 or 1 (or any, flattened), if each is known; else null. */
  known(at: number): readonly Size[] | null;
  /** As {@link known}, if each is a plain number. */
  numbers(at: number): readonly number[] | null;
}

/**
 * A node whose outputs are to be found out. A rule sets what it knows and leaves out what it does
 * not: element types that it does not give follow from the schema (the type parameter's binding).
 */
export interface Call extends NodeFacts {
  /** A size that is not known: a new anonymous symbol. */
  unknown(): Size;
  /** As many unknown sizes as the rank. */
  unknownSizes(rank: number): Sizes;
  /** The size that says more of two that must be equal; a contradiction when they cannot be. */
  unify(a: Size, b: Size, what: string): Size;
  /** Sets output `at`; ignored when the node does not have it. */
  setType(at: number, type: InferredType): void;
  /**
   * Sets output `at` to a tensor. `elementType` undefined: as the schema says.
   *
   * @param shape Null: unknown rank.
   */
  setTensor(at: number, shape: Sizes | null, elementType?: DataType | null): void;
  /** What is known of the elements of output `at`; its shape must be set or follows from `dims`. */
  setElements(at: number, dims: readonly number[], values: readonly Element[]): void;
  /**
   * Infers a subgraph of this node with these inputs (null: nothing is known) and gives its outputs.
   * The last call for a graph is what counts for its values.
   *
   * @param isOptional Whether it may never run, as a branch: what contradicts there is a warning.
   */
  inferGraph(graph: Graph, inputs: readonly (Known | null)[], isOptional?: boolean): Known[];
  /** A contradiction for which ONNX's own inference rejects the model, as does the runtime. */
  reject(message: string): void;
  /** A contradiction that ONNX's inference lets pass, and for which the runtime does not load. */
  refuse(message: string): void;
  /** A contradiction that ONNX's inference lets pass and that fails when the node is run. */
  fail(message: string): void;
}

/** What kind of work a node does. */
export type CostClass =
  | 'matrix'
  | 'elementwise'
  | 'normalization'
  | 'reduction'
  | 'movement'
  | 'other';

export interface NodeCost {
  readonly class: CostClass;
  /** Multiply-accumulate operations of matrix products, convolutions and the like. */
  readonly macs: Size;
  /** Floating-point operations (of integer operators: the same operations) besides 2 a MAC. */
  readonly otherFlops: Size;
}

/** A node whose types are known as far as they will be. */
export interface CostCall extends NodeFacts {
  readonly outputCount: number;
  outputType(at: number): InferredType | null;
  outputShape(at: number): Sizes | null;
}

/** What is known of an operator, or of a family of operators with one rule. */
export interface OperatorRule {
  /** The empty string is ai.onnx. */
  readonly domain: string;
  readonly ops: readonly string[];
  /** Sets types, shapes and elements of the outputs. */
  readonly infer: (call: Call) => void;
  /** What running it once costs; null where sizes are missing. */
  readonly cost: (call: CostCall) => NodeCost | null;
}
