import { type Model, type Value, walkGraphs } from '../../graph/index.ts';
import { type Inference, type InferredType, inferTypes } from '../../ops/index.ts';
import type { GraphCheck } from '../graph-facts.ts';

/**
 * Sizes below 0, which some exporters write for those that they do not know. To onnx they are
 * numbers like any other, so that what follows from them is not what is declared elsewhere.
 */
export const dimensionClash: GraphCheck<'dimension-clash'> = {
  codes: ['dimension-clash'],
  severity: 'error',
  summary: 'a size below 0 is declared where another one follows from the graph',
  run({ facts: { model }, inference }) {
    const negative = declaredNegative(model);
    if (negative.length === 0) return [];
    const clashes = findClashes(model, negative, inference);
    return negative
      .filter(({ value }) => clashes.has(value))
      .map(({ value, path, shape }) => ({
        code: 'dimension-clash',
        at: { graph: path, value: value.name },
        message: `"${value.name}" is declared as [${shape.map((each) => each ?? '?').join(', ')}], and other sizes are declared or follow for the same values`,
        fix: 'Write sizes that are not known as names, such as "batch".',
        spec: 'error',
        runtime: 'accepts',
      }));
  },
};

interface Negative {
  readonly value: Value;
  readonly path: string;
  readonly shape: readonly (number | string | null)[];
}

function declaredNegative(model: Model): Negative[] {
  return [...walkGraphs(model)].flatMap(({ graph, path }) =>
    [...graph.values()].flatMap((value) => {
      const shape = declaredShape(value);
      const isNegative = shape?.some((each) => typeof each === 'number' && each < 0);
      return shape !== null && isNegative === true ? [{ value, path, shape }] : [];
    }),
  );
}

function declaredShape({ type }: Value): Negative['shape'] | null {
  return type?.kind === 'tensor' ? type.shape : null;
}

/** The values whose negative size clashes with what is inferred or declared elsewhere. */
function findClashes(
  model: Model,
  negative: readonly Negative[],
  inference: Inference,
): ReadonlySet<Value> {
  const clashes = new Set<Value>();
  const carriers = new Map<unknown, Value>();
  // A fixed shape, even of no input, keeps what is declared elsewhere from being believed.
  const plain = inferTypes(model, { shapes: new Map([['\0', []]]) });
  for (const { value, shape } of negative) {
    const sizes = sizesOf(plain.typeOf(value));
    for (const [axis, declared] of shape.entries()) {
      if (typeof declared !== 'number' || declared >= 0) continue;
      if (value.isInput) carriers.set(keyOf(sizes[axis]), value);
      else if (typeof sizesOf(inference.typeOf(value))[axis] === 'number') clashes.add(value);
    }
  }
  for (const { graph } of walkGraphs(model)) {
    for (const value of graph.values()) {
      const sizes = sizesOf(plain.typeOf(value));
      for (const [axis, declared] of (declaredShape(value) ?? []).entries()) {
        const from = carriers.get(keyOf(sizes[axis]));
        if (from === undefined || typeof declared !== 'number' || declared < 0) continue;
        clashes.add(from);
      }
    }
  }
  return clashes;
}

function sizesOf(type: InferredType | null): readonly unknown[] {
  return type?.kind === 'tensor' ? (type.shape ?? []) : [];
}

/** One text for one symbolic size. */
function keyOf(size: unknown): unknown {
  return typeof size === 'object' ? JSON.stringify(size) : undefined;
}
