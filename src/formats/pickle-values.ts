/**
 * What stands on the stack of a pickle that is looked at and not run: texts and numbers are what
 * they are, and everything that a call would make is only described.
 */
export type PickleValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | PickleList
  | PickleDict
  | PickleGlobalRef
  | PickleCall
  | PicklePersistent
  | PickleBytes
  | PickleUnknown;

/** A tuple, list or set. */
export interface PickleList {
  readonly kind: 'list';
  readonly items: PickleValue[];
}

export interface PickleDict {
  readonly kind: 'dict';
  readonly entries: [PickleValue, PickleValue][];
}

/** A class or function, by name. */
export interface PickleGlobalRef {
  readonly kind: 'global';
  /** Module and name: `collections.OrderedDict`. */
  readonly name: string;
}

/** The result of a call that is not made: an object, as far as the pickle says what is in it. */
export interface PickleCall {
  readonly kind: 'call';
  readonly callee: PickleValue;
  readonly args: readonly PickleValue[];
  /** What it is filled with afterwards. */
  state: PickleValue | undefined;
  readonly items: PickleValue[];
  readonly entries: [PickleValue, PickleValue][];
}

/** Something that is kept outside the pickle: in torch's files, a storage. */
export interface PicklePersistent {
  readonly kind: 'persistent';
  readonly id: PickleValue;
}

/** Bytes, by their place in the file; long texts too. */
export interface PickleBytes {
  readonly kind: 'bytes';
  readonly start: number;
  readonly end: number;
}

export interface PickleUnknown {
  readonly kind: 'unknown';
}

export const unknownValue: PickleUnknown = { kind: 'unknown' };

/** The items of a tuple or list; none for anything else. */
export function itemsOf(value: PickleValue | undefined): readonly PickleValue[] {
  return isObject(value) && value.kind === 'list' ? value.items : [];
}

/** The name of a class or function; null for anything else. */
export function globalName(value: PickleValue | undefined): string | null {
  return isObject(value) && value.kind === 'global' ? value.name : null;
}

/** The entries of a dictionary, of an OrderedDict too; none for anything else. */
export function entriesOf(
  value: PickleValue | undefined,
): readonly (readonly [PickleValue, PickleValue])[] {
  if (!isObject(value)) return [];
  return value.kind === 'dict' || value.kind === 'call' ? value.entries : [];
}

/** What an entry of a dictionary has under a text key. */
export function entryOf(value: PickleValue | undefined, key: string): PickleValue | undefined {
  return entriesOf(value).findLast(([name]) => name === key)?.[1];
}

/** A tuple of whole numbers from 0 on, as sizes are; null for anything else. */
export function sizesOf(value: PickleValue | undefined): number[] | null {
  if (!isObject(value) || value.kind !== 'list') return null;
  const sizes = value.items.filter((size) => typeof size === 'number');
  const isWhole = sizes.every((size) => Number.isSafeInteger(size) && size >= 0);
  return isWhole && sizes.length === value.items.length ? sizes : null;
}

export function isObject(
  value: PickleValue | undefined,
): value is Exclude<PickleValue, string | number | bigint | boolean | null> {
  return typeof value === 'object' && value !== null;
}
