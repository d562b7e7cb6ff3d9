import { type Constant, operatorName } from '../checks/index.ts';
import type { Node, Value, ValueType } from '../graph/index.ts';
import type { NodeReport, TensorReport, ValueReport } from './item-report.ts';
import { describeType, describeValue } from './values.ts';

/** What is known of the type of a value; null: nothing. */
export type TypeOf = (value: Value) => ValueType | null;

/** Describes each value once, by what is worked out of it or else by what the file says. */
export class ValueDescriptions {
  readonly #known = new Map<Value, ValueReport>();
  readonly #typeOf: TypeOf | null;

  constructor(typeOf: TypeOf | null) {
    this.#typeOf = typeOf;
  }

  of(values: readonly (Value | null)[]): (ValueReport | null)[] {
    return values.map((value) => value && this.#describe(value));
  }

  #describe(value: Value): ValueReport {
    let description = this.#known.get(value);
    if (description === undefined) {
      const type = this.#typeOf?.(value) ?? null;
      description = type === null ? asWritten(value) : describeType(value.name, type);
      this.#known.set(value, description);
    }
    return description;
  }
}

/** The type that the file declares, or else that of the constant which the value is. */
function asWritten(value: Value): ValueReport {
  const { name, type, constant } = value;
  if (type !== null || constant === null) return describeValue(value);
  return { name, type: constant.elementType, shape: constant.dims };
}

export function describeNode(
  node: Node,
  graph: string,
  inputs: NodeReport['inputs'],
  outputs: NodeReport['outputs'],
): NodeReport {
  return { graph, name: node.name, op: operatorName(node), inputs, outputs };
}

/** @param first The constant that lies in the same bytes and comes first. */
export function describeConstant(each: Constant, first: Constant | undefined): TensorReport {
  const { tensor, node } = each;
  const { external } = tensor.storage;
  return {
    name: each.name,
    graph: each.graph,
    source: each.source,
    ...(node !== undefined && { node }),
    role: each.role,
    dtype: tensor.elementType,
    shape: tensor.dims,
    elements: each.elements,
    bytes: each.bytes,
    stored: external === undefined ? 'model' : 'data-file',
    ...(external !== undefined && { location: external.location, offset: external.offset }),
    ...(first !== undefined && { sameAs: first.name }),
  };
}
