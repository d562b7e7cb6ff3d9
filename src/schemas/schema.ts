/**
 * What an operator's specification says, for one version of it.
 *
 * Types are texts of one spelling everywhere: an element type by mlkit's name for a dense tensor of
 * it (`float32`), and around that `seq(float32)`, `optional(float32)`, `optional(seq(float32))`,
 * `map(int64, float32)`, `sparse(float32)`.
 */

export type ParameterOption = 'single' | 'optional' | 'variadic';

/** An input or output of an operator. */
export interface FormalParameter {
  readonly name: string;
  /** A type parameter of the operator, as `T`, or a type text, as `int64`; see `allowedTypes`. */
  readonly type: string;
  readonly option: ParameterOption;
  /** Of a variadic one: whether all that are given have one type. True for every other. */
  readonly isHomogeneous: boolean;
}

/** The same words as the attributes of a graph use. */
export type SchemaAttributeType =
  | 'float'
  | 'int'
  | 'string'
  | 'tensor'
  | 'graph'
  | 'sparse-tensor'
  | 'type'
  | 'floats'
  | 'ints'
  | 'strings'
  | 'tensors'
  | 'graphs'
  | 'sparse-tensors'
  | 'types';

export interface SchemaAttribute {
  readonly name: string;
  readonly type: SchemaAttributeType;
  readonly isRequired: boolean;
  /** What it is where a node leaves it out; a float is the exact float32. Absent: no such value. */
  readonly default?: number | string | readonly number[] | readonly string[];
}

export interface OperatorSchema {
  /** Empty for ai.onnx. */
  readonly domain: string;
  readonly name: string;
  /** The version of the operator set that brought this version of the operator. */
  readonly since: number;
  readonly isDeprecated: boolean;
  readonly inputs: readonly FormalParameter[];
  readonly outputs: readonly FormalParameter[];
  readonly minInputs: number;
  /** Infinity where the last is variadic. */
  readonly maxInputs: number;
  readonly minOutputs: number;
  readonly maxOutputs: number;
  /** The numbers of outputs that are allowed, where not all from the least to the most are. */
  readonly allowedOutputCounts: readonly number[] | null;
  /** The type texts that each type parameter stands for. */
  readonly typeConstraints: ReadonlyMap<string, ReadonlySet<string>>;
  readonly attributes: ReadonlyMap<string, SchemaAttribute>;
  /** Whether it is defined by other operators, which a runtime may put in its place. */
  readonly isFunction: boolean;
  /** Whether the installed onnxruntime has this version. */
  readonly isInRuntime: boolean;
}
