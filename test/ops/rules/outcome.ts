import { buildModel, formatType, type GraphBuilder, type Value } from '../../../src/graph/index.ts';
import { declaredType, type Inference, inferTypes } from '../../../src/ops/index.ts';
import { formatSize } from '../../../src/symbolic/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';

/** What inference says of a small model, as texts. */
export interface Outcome {
  /** The types of the values that the model was built for: `float32[batch, 3]`, `?` for unknown sizes. */
  readonly types: readonly string[];
  /** Their elements, null where they are not known. */
  readonly elements: readonly (readonly (string | null)[] | null)[];
  /** `rejects: …`, `fails: …`; those of what may never run in parentheses. */
  readonly problems: readonly string[];
  readonly inference: Inference;
}

/** Infers a model and tells of the values that `build` gives. */
export function outcomeOf(
  opset: number | Readonly<Record<string, number>>,
  build: (b: GraphBuilder) => Value | readonly Value[],
): Outcome {
  let values: readonly Value[] = [];
  const model = buildModel({ opset }, (b) => {
    const built = build(b);
    values = 'name' in built ? [built] : built;
  });
  const inference = inferTypes(model);
  return {
    types: values.map((value) => {
      const type = inference.typeOf(value);
      return formatType(type && declaredType(type));
    }),
    elements: values.map(
      (value) =>
        inference
          .elementsOf(value)
          ?.values.map((each) => (each === null ? null : formatSize(each))) ?? null,
    ),
    problems: inference.contradictions.map(({ kind, message, isOptional }) =>
      isOptional ? `(${kind}: ${message})` : `${kind}: ${message}`,
    ),
    inference,
  };
}

/** An int64 constant. */
export function ints(
  b: GraphBuilder,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): Value {
  return b.initializer(tensorFrom('int64', dims, BigInt64Array.from(values, BigInt)));
}

/** A float32 constant. */
export function floats(
  b: GraphBuilder,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): Value {
  return b.initializer(tensorFrom('float32', dims, Float32Array.from(values)));
}

/** A boolean constant. */
export function bools(
  b: GraphBuilder,
  values: readonly boolean[],
  dims: readonly number[] = [values.length],
): Value {
  return b.initializer(tensorFrom('bool', dims, Uint8Array.from(values, Number)));
}
