import type { Dimension } from '../graph/index.ts';
import type { Finding } from '../report/index.ts';

export type ForeignFormat =
  | 'safetensors'
  | 'npy'
  | 'npz'
  | 'pt2'
  | 'ort'
  | 'pytorch'
  | 'torchscript'
  | 'pickle';

/** An input or an output, as far as the file says what it is. */
export interface ForeignValue {
  readonly name: string;
  /** `float32` for a tensor; null where the file does not say, or it is none. */
  readonly type: string | null;
  /** Sizes, names of symbolic ones, null for unknown ones. Null: rank unknown, or not a tensor. */
  readonly shape: readonly Dimension[] | null;
}

export interface ForeignTensor {
  readonly name: string;
  /** mlkit's name where it has one, else the file's own; null where the file does not say. */
  readonly dtype: string | null;
  readonly shape: readonly number[] | null;
  /** That its elements take in the file; null where that cannot be told. */
  readonly bytes: number | null;
  /** An earlier tensor that lies in the same bytes. */
  readonly sameAs?: string;
}

/** How much is known of what a pickle refers to. */
export type GlobalKind = 'known' | 'unknown' | 'dangerous';

/** A class or function that a pickle names, and that reading it in Python looks up. */
export interface PickleGlobal {
  /** Module and name: `collections.OrderedDict`. */
  readonly name: string;
  readonly kind: GlobalKind;
  /** How often it is named. */
  readonly count: number;
  /** How often it is called, or an object of it is made. */
  readonly calls: number;
}

/** What is in a file that is no ONNX model, as far as its headers tell. */
export interface ForeignFile {
  readonly format: ForeignFormat;
  /** Of the format, as the file has it. */
  readonly version?: string;
  /** What else the file says of itself. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputs?: readonly ForeignValue[];
  readonly outputs?: readonly ForeignValue[];
  /** Nodes or calls by operator, most frequent first. */
  readonly operators?: Readonly<Record<string, number>>;
  /** In the order of the file. */
  readonly tensors: readonly ForeignTensor[];
  /** Of a file that is a pickle or has some: what they name, the worst first. */
  readonly globals?: readonly PickleGlobal[];
  readonly findings: readonly Finding[];
}
