import {
  type Dimension,
  formatShape,
  type Graph,
  type Model,
  NameAllocator,
  type Shape,
  tensorType,
  type Value,
  walkGraphs,
} from '../../graph/index.ts';
import { declaredType, inferTypes } from '../../ops/index.ts';
import type { Fix, FixChange } from './fix.ts';

const name = 'name-dimensions';

export const nameDimensions: Fix = {
  name,
  mends: ['dimension-negative', 'dimension-zero', 'dimension-clash'],
  summary: 'names sizes of inputs that are declared as 0 or below; others follow from these',
  run(model) {
    const inputs = model.graph.inputs.filter(
      (value) => value.initializer === null && hasSize(value, (size) => size <= 0),
    );
    const isEmptied = inputs.some((value) => hasSize(value, (size) => size === 0));
    const others = [...walkGraphs(model)].flatMap(({ graph }) =>
      [...graph.values()]
        .filter((value) => !inputs.includes(value))
        // A size of 0 that follows from no input is meant.
        .filter((value) => hasSize(value, (size) => size < 0 || (isEmptied && size === 0)))
        .map((value) => ({ value, graph })),
    );
    const symbols = new NameAllocator(symbolsOf(model));
    const changes = inputs.map((value) => nameSizes(value, model.graph, symbols));
    return [...changes, ...infer(model, others)];
  },
};

function tensorShape({ type }: Value): Shape | null {
  return type?.kind === 'tensor' ? type.shape : null;
}

function hasSize(value: Value, isMeant: (size: number) => boolean): boolean {
  return tensorShape(value)?.some((size) => typeof size === 'number' && isMeant(size)) === true;
}

function* symbolsOf(model: Model): Iterable<string> {
  for (const { graph } of walkGraphs(model)) {
    for (const value of graph.values()) {
      for (const size of tensorShape(value) ?? []) if (typeof size === 'string') yield size;
    }
  }
}

function nameSizes(value: Value, graph: Graph, symbols: NameAllocator): FixChange {
  const stem = value.name.replaceAll(/[^\p{L}\p{N}_]/gu, '_');
  return reshape(value, graph, (size, axis) =>
    isImpossible(size) ? symbols.allocate(`${stem}_dim_${axis}`) : size,
  );
}

function isImpossible(size: Dimension): boolean {
  return typeof size === 'number' && size <= 0;
}

/** Leaves such sizes open, and then declares what follows from the rest. */
function infer(
  model: Model,
  others: readonly { readonly value: Value; readonly graph: Graph }[],
): FixChange[] {
  if (others.length === 0) return [];
  const before = others.map(({ value }) => tensorShape(value));
  for (const { value, graph } of others) {
    reshape(value, graph, (size) => (isImpossible(size) ? null : size));
  }
  const inference = inferTypes(model);
  return others.map(({ value, graph }, at) => {
    const inferred = inference.typeOf(value);
    const type = inferred && declaredType(inferred);
    const shape = type?.kind === 'tensor' ? type.shape : null;
    return reshape(value, graph, (size, axis) => size ?? shape?.[axis] ?? null, before[at]);
  });
}

function reshape(
  value: Value,
  graph: Graph,
  change: (size: Dimension, axis: number) => Dimension,
  before: Shape | null = tensorShape(value),
): FixChange {
  const elementType = value.type?.kind === 'tensor' ? value.type.elementType : null;
  const shape = (tensorShape(value) ?? []).map(change);
  graph.setType(value, tensorType(elementType, shape));
  return {
    pass: name,
    node: value.producer?.label ?? null,
    value: value.name,
    action: 'rewritten',
    reason: `"${value.name}" was declared ${formatShape(before)} and is ${formatShape(shape)}`,
  };
}
