import type { Node } from '../../graph/index.ts';
import type { PairedTensor, PairedTensors } from './tensors.ts';
import type { FoundUnits, Unit } from './units.ts';

/** What is in float when some units stay in float. */
export interface Settled {
  readonly units: ReadonlySet<Unit>;
  /** The values that nobody quantizes then. */
  readonly tensors: ReadonlySet<PairedTensor>;
}

/**
 * Follows what a unit that stays in float brings with it. Its weights are float. A value is quantized
 * as long as anything quantized makes or reads it, so it is float only when all of that stays in
 * float; operators that hand values on go with what they read.
 */
export class FloatSettlement {
  readonly #units: readonly Unit[];
  readonly #maker = new Map<PairedTensor, Unit>();
  readonly #readers = new Map<PairedTensor, readonly Unit[]>();
  /** The values that can be float at all. */
  readonly #free = new Set<PairedTensor>();

  constructor({ units, skipped }: FoundUnits, tensors: PairedTensors) {
    this.#units = units;
    const byNode = new Map<Node, Unit[]>();
    for (const unit of units) {
      for (const output of unit.outputs) this.#maker.set(output, unit);
      for (const node of unit.candidateNodes) byNode.set(node, [...(byNode.get(node) ?? []), unit]);
    }
    const left = new Set(skipped.map((each) => each.node));
    for (const tensor of tensors.all) {
      if (tensor.quantizers.length === 0) continue;
      const readers = readersOf(tensor, byNode);
      const { producer } = tensor.reference;
      if (readers === null || (producer !== null && left.has(producer))) continue;
      this.#free.add(tensor);
      this.#readers.set(tensor, readers);
    }
  }

  /** @param chosen Units that are not passive. */
  settle(chosen: ReadonlySet<Unit>): Settled {
    const units = new Set<Unit>();
    const tensors = new Set<PairedTensor>();
    const settleTensor = (tensor: PairedTensor): boolean => {
      if (tensors.has(tensor)) return true;
      const maker = this.#maker.get(tensor);
      const isFloat =
        this.#free.has(tensor) &&
        (maker === undefined || units.has(maker)) &&
        (this.#readers.get(tensor) ?? []).every((unit) => unit.isPassive || chosen.has(unit));
      if (isFloat) tensors.add(tensor);
      return isFloat;
    };
    // In the order in which they run, so that what a unit reads is settled before it.
    for (const unit of this.#units) {
      const views = [...unit.inputs].flatMap(([tensor, view]) => (view === null ? [] : [tensor]));
      const follows = views.length > 0 && views.every(settleTensor);
      const isFloat = unit.isPassive ? follows : chosen.has(unit);
      if (isFloat) units.add(unit);
    }
    for (const tensor of this.#free) settleTensor(tensor);
    return { units, tensors };
  }
}

/** The units that read a value dequantized; null where something reads it that is in none. */
function readersOf(
  { quantizers }: PairedTensor,
  byNode: ReadonlyMap<Node, readonly Unit[]>,
): Unit[] | null {
  const readers = new Set<Unit>();
  for (const { output, views } of quantizers) {
    for (const use of output.uses) {
      const isView = use.kind === 'input' && use.node.opType === 'DequantizeLinear';
      if (!isView) return null;
    }
    for (const use of views.flatMap((view) => [...view.uses])) {
      if (use.kind === 'output') continue;
      const units = byNode.get(use.node);
      if (units === undefined) return null;
      for (const unit of units) readers.add(unit);
    }
  }
  return [...readers];
}
