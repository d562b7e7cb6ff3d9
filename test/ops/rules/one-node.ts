import {
  type AttributeInput,
  buildModel,
  type GraphBuilder,
  type Value,
} from '../../../src/graph/index.ts';
import { declaredType, findRule, inferTypes } from '../../../src/ops/index.ts';
import { formatSize } from '../../../src/symbolic/index.ts';
import { type DataType, Tensor, tensorFrom } from '../../../src/tensor/index.ts';

/**
 * An input of a node: a type with a shape as `float32[n, 3]` (`float32` alone: unknown rank), a
 * constant, the list of sizes of such a shape as known at run time (`{ sizes: '[n, 3]' }`), or null.
 */
export type Input = string | Tensor | { readonly sizes: string } | null;

export interface NodeOptions {
  readonly opset?: number;
  readonly domain?: string;
  readonly outputs?: number;
}

/** What is found out of a model of one node, as texts. */
export interface Outcome {
  /** Types of the outputs as `float32[n, 3]`; `?` for what is not known. */
  readonly types: readonly string[];
  /** What is known of the elements of the first output; null: nothing. */
  readonly elements: readonly string[] | null;
  /** `rejects: message` and the like. */
  readonly contradictions: readonly string[];
  /** `class, macs, other operations`; null: not known. */
  readonly cost: string | null;
}

export function inferNode(
  opType: string,
  inputs: readonly Input[],
  attributes: Readonly<Record<string, AttributeInput>> = {},
  options: NodeOptions = {},
): Outcome {
  const domain = options.domain ?? '';
  const opset = options.opset ?? 22;
  const model = buildModel({ opset: { '': opset, ...(domain && { [domain]: 1 }) } }, (builder) => {
    const values = inputs.map((input, at) => addInput(builder, input, `x${at}`));
    const outputs = options.outputs ?? 1;
    for (const value of builder.nodes(opType, values, attributes, { domain, outputs })) {
      builder.output(value);
    }
  });
  const inference = inferTypes(model);
  const node = model.graph.nodes.at(-1);
  if (node === undefined) throw new Error('the model has no node');
  const [first] = model.graph.outputs;
  const elements = first && inference.elementsOf(first);
  const cost = findRule(domain, opType)?.cost(inference.nodeFacts(node)) ?? null;
  return {
    types: model.graph.outputs.map((value) => typeText(inference.typeOf(value))),
    elements: elements?.values.map((each) => (each === null ? '?' : sizeText(each))) ?? null,
    contradictions: inference.contradictions.map(({ kind, message }) => `${kind}: ${message}`),
    cost: cost && `${cost.class}, ${formatSize(cost.macs)}, ${formatSize(cost.otherFlops)}`,
  };
}

/** Elements may be fractions, which are no sizes. */
function sizeText(element: Parameters<typeof formatSize>[0]): string {
  return typeof element === 'number' ? String(element) : formatSize(element);
}

function typeText(type: Parameters<typeof declaredType>[0] | null): string {
  const declared = type && declaredType(type);
  if (declared?.kind !== 'tensor') return '?';
  const shape = declared.shape?.map((size) => size ?? '?').join(', ');
  return `${declared.elementType ?? '?'}${shape === undefined ? '' : `[${shape}]`}`;
}

function addInput(builder: GraphBuilder, input: Input, name: string): Value | null {
  if (input === null) return null;
  if (input instanceof Tensor) return builder.initializer(input, name);
  if (typeof input !== 'string') {
    const source = builder.input(`${name}_source`, 'float32', sizesOf(input.sizes));
    return builder.node('Shape', [source]);
  }
  const [, type = 'float32', shape] = /^(\w+)(\[.*\])?$/u.exec(input) ?? [];
  return builder.input(name, type as DataType, shape === undefined ? null : sizesOf(shape));
}

function sizesOf(text: string): (number | string)[] {
  const inner = text.slice(1, -1).trim();
  if (inner === '') return [];
  return inner.split(',').map((each) => {
    const size = each.trim();
    return /^\d+$/u.test(size) ? Number(size) : size;
  });
}

/** A constant int64 vector; one number alone is a scalar. */
export function ints(values: readonly number[] | number): Tensor {
  const list = typeof values === 'number' ? [values] : values;
  const dims = typeof values === 'number' ? [] : [list.length];
  return tensorFrom('int64', dims, BigInt64Array.from(list, BigInt));
}

/** A constant float32 vector. */
export function floats(values: readonly number[]): Tensor {
  return tensorFrom('float32', [values.length], Float32Array.from(values));
}

/** A constant float32 tensor of zeros. */
export function weight(...dims: readonly number[]): Tensor {
  const count = dims.reduce((product, size) => product * size, 1);
  return tensorFrom('float32', dims, new Float32Array(count));
}
