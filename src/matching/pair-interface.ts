import { sameType, type Value } from '../graph/index.ts';

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
    // Those at the start are mostly taken soon, and thousands of them not looked at again and again.
    let start = 0;
    const isTaken = (each: Slot | undefined): boolean => each !== undefined && taken.has(each);
    left = left.filter((a) => {
      while (isTaken(right[start])) start += 1;
      const b = findFrom(right, start, (each) => !taken.has(each) && fits(a, each));
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
    // Of a name that a broken model gives to several, each with the one in its place.
    const named = new Map<string, Slot[]>();
    for (const each of right.toReversed()) {
      const others = named.get(each.value.name);
      if (others === undefined) named.set(each.value.name, [each]);
      else others.push(each);
    }
    const partners = new Map<Slot, Slot>();
    for (const each of left) {
      const other = named.get(each.value.name)?.pop();
      if (other !== undefined) partners.set(each, other);
    }
    const taken = new Set(partners.values());
    for (const [a, b] of partners) {
      pairs.push({ before: a.value, after: b.value, beforeIndex: a.index, afterIndex: b.index });
    }
    left = left.filter((each) => !partners.has(each));
    right = right.filter((each) => !taken.has(each));
  }
}

function findFrom(
  slots: readonly Slot[],
  start: number,
  fits: (slot: Slot) => boolean,
): Slot | undefined {
  for (let at = start; at < slots.length; at += 1) {
    const slot = slots[at];
    if (slot !== undefined && fits(slot)) return slot;
  }
  return undefined;
}
