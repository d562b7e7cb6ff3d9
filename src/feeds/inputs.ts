import { MlkitError } from '../errors.ts';
import {
  type Dimension,
  formatShape,
  formatType,
  type Model,
  type Value,
  walkGraphs,
} from '../graph/index.ts';
import { symbolsOf as symbolsInSize } from '../symbolic/index.ts';
import type { DataType } from '../tensor/index.ts';
import { vectorizedMap } from './map-keys.ts';
import { formulaOf } from './sizes/expression.ts';
import { hasDefault } from './test-data-set.ts';

/** An input of the model that takes a tensor, or what is made of tensors. */
export interface ModelInput {
  readonly name: string;
  readonly value: Value;
  /** What the tensors are in, outermost first; empty for one tensor. */
  readonly containers: readonly Container[];
  /** Of the tensor, or of each that a sequence has. */
  readonly dtype: DataType;
  /**
   * Of the tensor, or of each that a sequence has, with the sizes that the user fixed filled in; null:
   * the rank is unknown.
   */
  readonly dims: readonly Dimension[] | null;
  /** Whether the model has a constant for it when nobody feeds it. */
  readonly isOptional: boolean;
}

export type Container = 'sequence' | 'optional' | 'map';

export interface FixedSizes {
  /** Sizes of symbolic dimensions, by symbol. */
  readonly dims?: ReadonlyMap<string, number>;
  /** Shapes of whole inputs, by name. */
  readonly shapes?: ReadonlyMap<string, readonly number[]>;
}

/**
 * The inputs that can be fed, in order: those without a default, and from IR 4 on those with one.
 *
 * @param options.tensorsOnly Refuse sequences and optionals too.
 * @throws MlkitError MODEL_UNSUPPORTED when a required input takes something else than a tensor, a
 *   sequence of tensors or an optional of these; USAGE when the fixed sizes name something that is not
 *   there or contradict the model.
 */
export function modelInputs(
  model: Model,
  fixed: FixedSizes = {},
  options: { readonly tensorsOnly?: boolean } = {},
): ModelInput[] {
  checkNames(model, fixed);
  const seen = new Set<string>();
  return model.graph.inputs.flatMap((value) => {
    const isOptional = hasDefault(value);
    // Before IR 4 every initializer had to be listed as an input, and none could be overridden.
    if ((isOptional && model.irVersion < 4) || seen.has(value.name)) return [];
    seen.add(value.name);
    const fed = tensorIn(value);
    const isRefused = options.tensorsOnly === true && fed !== null && fed.containers.length > 0;
    if (fed === null || isRefused) {
      if (isOptional) return [];
      throw refusal(value, options.tensorsOnly === true);
    }
    const dims = fixedDims(value.name, fed.shape, fixed);
    const { containers, dtype } = fed;
    return [{ name: value.name, value, containers, dtype, dims, isOptional }];
  });
}

/**
 * The tensor that a value is or is made of; null for what cannot be passed. Of a map, that is the row
 * that DictVectorizer makes of it.
 */
export function tensorIn(value: Value): TensorIn | null {
  const map = vectorizedMap(value);
  if (map !== null) {
    return { containers: ['map'], dtype: map.dtype, shape: [1, map.keys.length] };
  }
  const containers: Container[] = [];
  let inner = value.type;
  while (inner?.kind === 'sequence' || inner?.kind === 'optional') {
    // Neither a list of lists nor a list of what may be absent is a value that models are fed with.
    if (containers.at(-1) === inner.kind || containers.at(-1) === 'sequence') return null;
    containers.push(inner.kind);
    inner = inner.element;
  }
  if (inner?.kind !== 'tensor' || inner.elementType === null) return null;
  return { containers, dtype: inner.elementType, shape: inner.shape };
}

export interface TensorIn extends Pick<ModelInput, 'containers' | 'dtype'> {
  /** As the model declares it. */
  readonly shape: readonly Dimension[] | null;
}

function refusal({ name, type }: Value, tensorsOnly: boolean): MlkitError {
  const taken = tensorsOnly ? 'only tensors' : 'only tensors, sequences and optionals';
  return new MlkitError(
    'MODEL_UNSUPPORTED',
    `cannot feed input "${name}": it takes ${formatType(type)}, and ${taken} can be passed`,
    { hint: 'Cut the model behind that input, or convert it to take a tensor.' },
  );
}

/** `float32[batch, 3, 224, 224]` or `seq(float32[n])`, for messages. */
export function describeInput({
  containers,
  dtype,
  dims,
}: Pick<ModelInput, 'containers' | 'dtype' | 'dims'>): string {
  return containers.reduceRight(
    (inner, container) => `${container === 'sequence' ? 'seq' : container}(${inner})`,
    `${dtype}${formatShape(dims)}`,
  );
}

function fixedDims(
  name: string,
  declared: readonly Dimension[] | null,
  { dims, shapes }: FixedSizes,
): readonly Dimension[] | null {
  const known =
    declared?.map((size) => {
      const given = typeof size === 'string' ? dims?.get(size) : undefined;
      return given ?? (isUnknown(size) ? null : size);
    }) ?? null;
  const shape = shapes?.get(name);
  if (shape === undefined || known === null) return shape ?? known;
  const fits =
    known.length === shape.length &&
    known.every((size, axis) => typeof size !== 'number' || size === shape[axis]);
  if (fits) return shape;
  throw new MlkitError(
    'USAGE',
    `--shape ${name}=${shape.join('x')} does not fit the input, which takes ${formatShape(known)}`,
  );
}

/** Exporters also write -1, "None" and the like where they mean that they do not know. */
function isUnknown(size: Dimension): boolean {
  if (typeof size === 'number') return size < 0;
  return size !== null && /^(|none|\?|-1|unknown|dynamic)$/i.test(size);
}

function checkNames(model: Model, { dims, shapes }: FixedSizes): void {
  const names = model.graph.inputs.map((value) => value.name);
  for (const name of shapes?.keys() ?? []) {
    if (names.includes(name)) continue;
    throw new MlkitError(
      'USAGE',
      `--shape names the input "${name}", which the model does not have`,
      {
        hint: `Its inputs are: ${names.join(', ') || 'none'}.`,
      },
    );
  }
  if (dims === undefined || dims.size === 0) return;
  const symbols = symbolsOf(model);
  for (const symbol of dims.keys()) {
    if (symbols.has(symbol)) continue;
    throw new MlkitError(
      'USAGE',
      `--dim names the dimension "${symbol}", which the model does not have`,
      {
        hint: `Its symbolic dimensions are: ${[...symbols].join(', ') || 'none'}.`,
      },
    );
  }
}

/** Symbolic dimensions, those of the inputs first. */
function symbolsOf(model: Model): Set<string> {
  const symbols = new Set<string>();
  const add = (value: Value): void => {
    for (const size of tensorIn(value)?.shape ?? []) {
      if (typeof size !== 'string') continue;
      symbols.add(size);
      for (const name of symbolsInSize(formulaOf(size) ?? 0)) symbols.add(name);
    }
  };
  for (const value of model.graph.inputs) add(value);
  for (const { graph } of walkGraphs(model)) for (const value of graph.values()) add(value);
  return symbols;
}
