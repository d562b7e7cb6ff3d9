import type { Attribute, Graph, Model, Node, Value } from '../graph/index.ts';
import { attributeKey, compareTensors } from '../matching/index.ts';
import type { Tensor } from '../tensor/index.ts';

/** Constants that stand in the same place of two models. */
interface ConstantPair {
  readonly name: string;
  readonly reference: Tensor;
  readonly candidate: Tensor;
}

/** Differences of constants up to this share of their greatest value are rounding. */
const roundingShare = 1e-6;

/**
 * The name of a constant that two models do not share, where that is all they differ in: the same
 * operators in the same order and places, whatever things are called. Null where the graphs differ, or
 * no constant by more than rounding. Reads the constants of both until one differs.
 *
 * @throws MlkitError when the bytes of a constant cannot be read.
 */
export function differingConstant(reference: Model, candidate: Model): string | null {
  const walk = new SideBySide();
  if (!walk.models(reference, candidate)) return null;
  return walk.constants.find(isOther)?.name ?? null;
}

class SideBySide {
  readonly constants: ConstantPair[] = [];
  readonly #counterparts = new Map<Value, Value>();

  models(a: Model, b: Model): boolean {
    const opsets = (model: Model): string =>
      model.opsets
        .map(({ domain, version }) => `${domain} ${version}`)
        .toSorted()
        .join();
    return (
      opsets(a) === opsets(b) &&
      a.functions.length === 0 &&
      b.functions.length === 0 &&
      this.#graphs(a.graph, b.graph)
    );
  }

  #graphs(a: Graph, b: Graph): boolean {
    const isSameSize =
      a.inputs.length === b.inputs.length &&
      a.outputs.length === b.outputs.length &&
      a.nodes.length === b.nodes.length;
    if (!isSameSize) return false;
    const nodes = [...b.nodes];
    return (
      a.inputs.every((value, at) => this.#sameValue(value, b.inputs[at])) &&
      [...a.nodes].every((node, at) => this.#nodes(node, nodes[at])) &&
      a.outputs.every((value, at) => this.#sameValue(value, b.outputs[at]))
    );
  }

  #nodes(a: Node, b: Node | undefined): boolean {
    return (
      b !== undefined &&
      a.opType === b.opType &&
      a.domain === b.domain &&
      a.inputs.length === b.inputs.length &&
      a.outputs.length === b.outputs.length &&
      a.inputs.every((value, at) => this.#sameValue(value, b.inputs[at])) &&
      this.#attributes(a, b) &&
      a.outputs.every((value, at) => this.#sameValue(value, b.outputs[at]))
    );
  }

  #attributes(a: Node, b: Node): boolean {
    if (a.attributes.length !== b.attributes.length) return false;
    return a.attributes.every((one) => {
      const other = b.attribute(one.name);
      return other !== undefined && this.#attribute(a, one, other);
    });
  }

  #attribute(node: Node, a: Attribute, b: Attribute): boolean {
    if (a.type === 'graph') return b.type === 'graph' && this.#graphs(a.value, b.value);
    if (a.type !== 'tensor' || b.type !== 'tensor') return attributeKey(a) === attributeKey(b);
    return this.#sameConstant(node.label, a.value, b.value);
  }

  #sameValue(a: Value | null, b: Value | null | undefined): boolean {
    if (a === null || b === null || b === undefined) return a === (b ?? null);
    const known = this.#counterparts.get(a);
    if (known !== undefined) return known === b;
    this.#counterparts.set(a, b);
    if (a.initializer === null || b.initializer === null) return a.initializer === b.initializer;
    return this.#sameConstant(a.name, a.initializer, b.initializer);
  }

  #sameConstant(name: string, reference: Tensor, candidate: Tensor): boolean {
    this.constants.push({ name, reference, candidate });
    return (
      reference.elementType === candidate.elementType &&
      reference.dims.join() === candidate.dims.join()
    );
  }
}

function isOther({ reference, candidate }: ConstantPair): boolean {
  const comparison = compareTensors(reference, candidate);
  let step = comparison.next();
  while (step.done !== true) step = comparison.next();
  const difference = step.value;
  if (difference === null) return false;
  const { maxAbsDifference } = difference;
  if (maxAbsDifference === null || difference.nanDiffering > 0) return true;
  return maxAbsDifference > roundingShare * greatest(reference);
}

function greatest(tensor: Tensor): number {
  return tensor.toFloat64().reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
