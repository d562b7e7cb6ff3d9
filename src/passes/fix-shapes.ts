import { MlkitError } from '../errors.ts';
import {
  type Dimension,
  formatType,
  type Graph,
  type Model,
  type Shape,
  type Value,
  type ValueType,
  walkGraphs,
} from '../graph/index.ts';
import { evaluate, parseSize, symbolsOf as symbolsInSize } from '../symbolic/index.ts';
import type { Change, Pass } from './pass.ts';

export interface FixShapesSettings {
  /** Sizes of symbolic dimensions by name. */
  readonly dims?: ReadonlyMap<string, number>;
  /** Shapes of inputs of the main graph by name; they give sizes to the symbols in them. */
  readonly shapes?: ReadonlyMap<string, readonly number[]>;
}

/** The size of a symbol, and what has said so. */
interface Binding {
  readonly size: number;
  readonly by: string;
}

/**
 * Gives symbolic dimensions their sizes, in the main graph and its subgraphs: inputs, outputs and
 * everything between, formulas over symbols included where all their names have sizes. Bodies of
 * functions have symbols of their own and are left alone.
 *
 * Throws MlkitError USAGE, listing what there is, for names that the model does not have, ranks that
 * differ, and sizes that contradict each other or the model.
 */
export const fixShapes: Pass<FixShapesSettings> = {
  name: 'fix-shapes',
  summary: 'gives symbolic dimensions and inputs fixed sizes',
  run(model, settings) {
    const shapes = settings.shapes ?? new Map<string, readonly number[]>();
    return [...fixInputs(model, shapes), ...fixSymbols(model, fixedSizes(model, settings))];
  },
};

/**
 * The sizes that symbols of a model get from sizes and shapes that are asked for.
 *
 * @throws MlkitError USAGE, listing what there is, as the pass does.
 */
export function fixedSizes(model: Model, settings: FixShapesSettings): Map<string, number> {
  const { dims = new Map<string, number>(), shapes = new Map<string, readonly number[]>() } =
    settings;
  const bindings = bindSymbols(model, dims, shapes);
  const sizes = new Map([...bindings].map(([symbol, { size }]) => [symbol, size]));
  checkFormulas(bindings, sizes);
  return sizes;
}

function bindSymbols(
  model: Model,
  dims: ReadonlyMap<string, number>,
  shapes: ReadonlyMap<string, readonly number[]>,
): Map<string, Binding> {
  const bindings = new Map<string, Binding>();
  const bind = (symbol: string, size: number, by: string): void => {
    const earlier = bindings.get(symbol);
    if (earlier !== undefined && earlier.size !== size) {
      throw new MlkitError(
        'USAGE',
        `the dimension "${symbol}" has one size: ${earlier.by} gives it ${earlier.size}, and ${by} gives it ${size}`,
      );
    }
    bindings.set(symbol, { size, by });
  };
  const known = symbolsOf(model);
  const mentioned = new Set(
    [...known].flatMap((symbol) => [symbol, ...symbolsInSize(parseSize(symbol) ?? 0)]),
  );
  for (const [symbol, size] of dims) {
    if (!mentioned.has(symbol)) throw unknownSymbol(symbol, known);
    bind(symbol, size, `--dim ${symbol}`);
  }
  for (const [name, wanted] of shapes) {
    const shape = inputShape(model.graph, name, wanted);
    for (const [axis, size] of wanted.entries()) {
      const dimension = shape?.[axis];
      if (isSymbol(dimension)) bind(dimension, size, `--shape ${name}`);
    }
  }
  return bindings;
}

/** Formulas can have been given sizes that do not follow from those of their symbols. */
function checkFormulas(
  bindings: ReadonlyMap<string, Binding>,
  sizes: ReadonlyMap<string, number>,
): void {
  for (const [symbol, { size, by }] of bindings) {
    const others = new Map([...sizes].filter(([name]) => name !== symbol));
    const implied = sizeOfFormula(symbol, others);
    if (implied === null || implied === size) continue;
    throw new MlkitError(
      'USAGE',
      `${by} gives the dimension "${symbol}" the size ${size}, and the sizes of its symbols make it ${implied}`,
    );
  }
}

/** The size of a symbol that is a formula; null when a name in it has none, or the result is no size. */
function sizeOfFormula(symbol: string, sizes: ReadonlyMap<string, number>): number | null {
  const formula = parseSize(symbol);
  const size = formula === null ? null : evaluate(formula, (name) => sizes.get(name));
  return size !== null && Number.isSafeInteger(size) && size >= 0 ? size : null;
}

/** The shape that an input has so far, held against the one that it is to get. */
function inputShape(graph: Graph, name: string, wanted: readonly number[]): Shape | null {
  const type = tensorInput(graph, name).type;
  const { shape } = type;
  if (shape === null) return null;
  if (shape.length !== wanted.length) {
    throw new MlkitError(
      'USAGE',
      `--shape ${name}: ${wanted.join('x')} has ${wanted.length} dimensions, and the input is ${formatType(type)}, which has ${shape.length}`,
    );
  }
  for (const [axis, size] of wanted.entries()) {
    const dimension = shape[axis];
    if (!isFixed(dimension) || dimension === size) continue;
    throw new MlkitError(
      'USAGE',
      `--shape ${name}: dimension ${axis} of the input is ${dimension} (${formatType(type)}), and cannot be made ${size}`,
      { hint: 'Only dimensions that are symbolic or unknown can be fixed.' },
    );
  }
  return shape;
}

type TensorType = Extract<ValueType, { kind: 'tensor' | 'sparse-tensor' }>;

function tensorInput(graph: Graph, name: string): { value: Value; type: TensorType } {
  const inputs = graph.inputs.filter((value) => value.initializer === null);
  const value = inputs.find((each) => each.name === name);
  if (value === undefined) {
    const names = inputs.map((each) => `${each.name}: ${formatType(each.type)}`);
    throw new MlkitError('USAGE', `--shape ${name}: the model has no input "${name}"`, {
      hint: names.length === 0 ? 'It has no inputs.' : `Its inputs are ${names.join('; ')}.`,
    });
  }
  const { type } = value;
  if (type?.kind !== 'tensor' && type?.kind !== 'sparse-tensor') {
    throw new MlkitError(
      'USAGE',
      `--shape ${name}: the input is ${formatType(type)}, which has no shape`,
    );
  }
  return { value, type };
}

/** Sizes for dimensions without a name, and for inputs whose rank nobody knew. */
function fixInputs(model: Model, shapes: ReadonlyMap<string, readonly number[]>): Change[] {
  const changes: Change[] = [];
  for (const [name, wanted] of shapes) {
    const { value, type } = tensorInput(model.graph, name);
    const shape = type.shape?.map((dimension, axis) =>
      isSymbol(dimension) || isFixed(dimension) ? dimension : (wanted[axis] ?? null),
    );
    const isSame = type.shape?.every((dimension, axis) => dimension === shape?.[axis]);
    if (isSame === true) continue;
    const fixed: ValueType = { ...type, shape: shape ?? wanted };
    model.graph.setType(value, fixed);
    changes.push(
      changed(`the input "${name}" is ${formatType(fixed)}; it was ${formatType(type)}`),
    );
  }
  return changes;
}

function fixSymbols(model: Model, sizes: ReadonlyMap<string, number>): Change[] {
  const fixed = new Map<string, { size: number; places: number }>();
  const fix = (dimension: Dimension): Dimension => {
    if (!isSymbol(dimension)) return dimension;
    const size = sizes.get(dimension) ?? sizeOfFormula(dimension, sizes);
    if (size === null) return dimension;
    fixed.set(dimension, { size, places: (fixed.get(dimension)?.places ?? 0) + 1 });
    return size;
  };
  for (const { graph, definition } of walkGraphs(model)) {
    if (definition !== null) continue;
    for (const value of graph.values()) {
      if (value.type === null) continue;
      const type = mapDimensions(value.type, fix);
      if (type !== value.type) graph.setType(value, type);
    }
  }
  return [...fixed].map(([symbol, { size, places }]) =>
    changed(
      `the dimension "${symbol}" is ${size}, in ${places} ${places === 1 ? 'place' : 'places'}`,
    ),
  );
}

/** The type with each dimension mapped; the very same when none changes. */
function mapDimensions(type: ValueType, map: (dimension: Dimension) => Dimension): ValueType {
  switch (type.kind) {
    case 'tensor':
    case 'sparse-tensor': {
      if (type.shape === null) return type;
      const shape = type.shape.map(map);
      return shape.every((dimension, at) => dimension === type.shape?.[at])
        ? type
        : { ...type, shape };
    }
    case 'sequence':
    case 'optional': {
      const element = type.element === null ? null : mapDimensions(type.element, map);
      return element === type.element ? type : { ...type, element };
    }
    case 'map': {
      const value = type.value === null ? null : mapDimensions(type.value, map);
      return value === type.value ? type : { ...type, value };
    }
    default:
      return type;
  }
}

/** All symbols of the main graph and its subgraphs, those of the inputs first. */
function symbolsOf(model: Model): Set<string> {
  const symbols = new Set<string>();
  const collect = (dimension: Dimension): Dimension => {
    if (isSymbol(dimension)) symbols.add(dimension);
    return dimension;
  };
  for (const { graph, definition } of walkGraphs(model)) {
    if (definition !== null) continue;
    for (const value of [...graph.inputs, ...graph.outputs, ...graph.values()]) {
      if (value.type !== null) mapDimensions(value.type, collect);
    }
  }
  return symbols;
}

function unknownSymbol(symbol: string, known: ReadonlySet<string>): MlkitError {
  const listed = [...known].slice(0, 20).map((each) => `"${each}"`);
  const more = known.size > listed.length ? ` and ${known.size - listed.length} more` : '';
  return new MlkitError('USAGE', `--dim ${symbol}: the model has no dimension "${symbol}"`, {
    hint:
      known.size === 0
        ? 'It has no symbolic dimensions; --shape INPUT=1x3x224x224 fixes unknown ones.'
        : `Its symbolic dimensions are ${listed.join(', ')}${more}.`,
  });
}

/** Exporters also write `None` and the like where they mean that they do not know. */
function isSymbol(dimension: Dimension | undefined): dimension is string {
  return typeof dimension === 'string' && !/^(none|\?|-1|unknown|dynamic)$/i.test(dimension);
}

/** Some exporters write -1 for a size that they do not know. */
function isFixed(dimension: Dimension | undefined): dimension is number {
  return typeof dimension === 'number' && dimension >= 0;
}

function changed(reason: string): Change {
  return { pass: fixShapes.name, node: null, action: 'rewritten', reason };
}
