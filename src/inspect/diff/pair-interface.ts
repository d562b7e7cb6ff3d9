import { sameType, type Value } from '../../graph/index.ts';

export interface InterfacePair {
  readonly before: Value;
  readonly after: Value;
  /** Where they stand among the inputs or outputs. */
  readonly beforeIndex: number;
  readonly afterIndex: number;
}

/** Inputs or outputs of two graphs that correspond, and those that only one has. */
export interface PairedInterface {
  readonly pairs: readonly InterfacePair[];
  readonly removed: readonly Value[];
  readonly added: readonly Value[];
}

interface Slot {
  readonly value: Value;
  readonly index: number;
}

/**
 * Pairs the inputs or the outputs of two graphs.
 *
 * @param byName Whether callers name them, as those of a model: then by name first, the others by
 *   type and order, and by order alone if equally many are left. Else by position, as subgraphs and
 *   functions are called.
 */
export function pairInterface(
  before: readonly Value[],
  after: readonly Value[],
  byName: boolean,
): PairedInterface {
  const pairs: InterfacePair[] = [];
  let left: Slot[] = before.map((value, index) => ({ value, index }));
  let right: Slot[] = after.map((value, index) => ({ value, index }));
  const pairUp = (fits: (a: Slot, b: Slot) => boolean): void => {
    const taken = new Set<Slot>();
    left = left.filter((a) => {
      const b = right.find((each) => !taken.has(each) && fits(a, each));
      if (b === undefined) return true;
      taken.add(b);
      pairs.push({
        before: a.value,
        after: b.value,
        beforeIndex: a.index,
        afterIndex: b.index,
      });
      return false;
    });
    right = right.filter((each) => !taken.has(each));
  };
  if (byName) {
    pairByName();
    pairUp((a, b) => a.value.type !== null && sameType(a.value.type, b.value.type));
    if (left.length === right.length) pairUp(() => true);
  } else pairUp((a, b) => a.index === b.index);
  return {
    pairs: pairs.toSorted((a, b) => a.beforeIndex - b.beforeIndex),
    removed: left.map((each) => each.value),
    added: right.map((each) => each.value),
  };

  /** Models have thousands of outputs at times, so not by searching. */
  function pairByName(): void {
    const named = new Map(right.map((each) => [each.value.name, each]));
    const partners = new Map<Slot, Slot>();
    for (const each of left) {
      const other = named.get(each.value.name);
      if (other === undefined) continue;
      partners.set(each, other);
      named.delete(each.value.name);
    }
    const taken = new Set(partners.values());
    for (const [a, b] of partners) {
      pairs.push({ before: a.value, after: b.value, beforeIndex: a.index, afterIndex: b.index });
    }
    left = left.filter((each) => !partners.has(each));
    right = right.filter((each) => !taken.has(each));
  }
}
