import type { DataType, Tensor, TensorValue } from '../../tensor/index.ts';

/** What a model takes or gives in one place. */
export type ValueKind = 'tensor' | 'sequence' | 'optional' | 'optional-sequence';

/**
 * What an input is fed with, as far as the graph around it depends on it: one tensor, an optional's
 * absence, or how many elements a sequence has.
 */
export type Arrival = 'tensor' | 'nothing' | number;

/** An input of a model, and how it crosses the runtime's binding, which passes tensors only. */
export interface InputPassage {
  /** The model's name for it. */
  readonly name: string;
  readonly kind: ValueKind;
  /** The model's type of its elements; null where the file does not say. */
  readonly dtype: DataType | null;
  /** Why it cannot be fed; null: it can. */
  readonly unpassable: string | null;
  /** What was done for it; null: nothing. */
  readonly note: string | null;
  /** What the rewritten model calls it, or its parts. */
  readonly carriers: readonly string[];
  /**
   * What the rewritten model is fed with for a value that arrives as it was rewritten for. A tensor of
   * another type goes on as it is, for the session to refuse.
   */
  carry(value: TensorValue): readonly (readonly [string, Tensor])[];
}

/** An output of a model, and what of the rewritten model it is read from. */
export interface OutputPassage {
  readonly name: string;
  /** Why it cannot be had; null: it can. */
  readonly unpassable: string | null;
  readonly note: string | null;
  /** Of scores that were a list of maps: the keys, in the order of the columns. */
  readonly keys: readonly string[] | null;
  /** Outputs of the rewritten model; none where it cannot be had. */
  readonly fetches: readonly string[];
  /**
   * The model's value from those outputs.
   *
   * @throws MlkitError RUNTIME_RUN when they do not fit together.
   */
  read(outputs: ReadonlyMap<string, Tensor>): TensorValue;
}

/** The inputs and outputs of a model in order. */
export interface Boundary {
  readonly inputs: readonly InputPassage[];
  readonly outputs: readonly OutputPassage[];
  /** Whether the model was changed. */
  readonly isRewritten: boolean;
}

/** An input that passes as it is. */
export function plainInput(name: string, dtype: DataType | null): InputPassage {
  return {
    name,
    kind: 'tensor',
    dtype,
    unpassable: null,
    note: null,
    carriers: [name],
    carry: (value) => [[name, value as Tensor]],
  };
}

/** An output that passes as it is. */
export function plainOutput(name: string): OutputPassage {
  return {
    name,
    unpassable: null,
    note: null,
    keys: null,
    fetches: [name],
    read: (outputs) => fetched(outputs, name),
  };
}

export function unpassableInput(
  { name, kind, dtype }: Pick<InputPassage, 'name' | 'kind' | 'dtype'>,
  reason: string,
): InputPassage {
  return { name, kind, dtype, unpassable: reason, note: null, carriers: [], carry: () => [] };
}

export function unpassableOutput(name: string, reason: string): OutputPassage {
  const read = (): never => {
    throw new Error(`output "${name}" is read and cannot be had`);
  };
  return { name, unpassable: reason, note: null, keys: null, fetches: [], read };
}

/** An output that was asked for. */
export function fetched(outputs: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = outputs.get(name);
  if (tensor === undefined) throw new Error(`output "${name}" was asked for and did not come`);
  return tensor;
}
