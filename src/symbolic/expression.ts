/** An integer, or an expression over sizes that are not known yet; never an expression of one number. */
export type Size = number | Expression;

/** A size with a name. */
export interface SymbolAtom {
  readonly kind: 'symbol';
  readonly name: string;
  readonly key: string;
}

/** The largest integer that is not above numerator / denominator. */
export interface FloorAtom {
  readonly kind: 'floor';
  readonly numerator: Size;
  /** A positive integer, or an expression. */
  readonly denominator: Size;
  readonly key: string;
}

/** The largest or smallest of two operands or more. */
export interface ExtremumAtom {
  readonly kind: 'max' | 'min';
  readonly operands: readonly Size[];
  readonly key: string;
}

export type Atom = SymbolAtom | FloorAtom | ExtremumAtom;

/** An atom to the power of an exponent of 1 or more. */
export interface Factor {
  readonly atom: Atom;
  readonly exponent: number;
}

/** A coefficient, not 0, times a product of factors; without factors, a constant. */
export interface Term {
  readonly coefficient: number;
  readonly factors: readonly Factor[];
  /** The factors as text; equal for equal products. */
  readonly key: string;
}

/*
 * What one expression may be. Shapes and costs of real models stay far below; a hostile model must not
 * make a graph of a thousand multiplications fill the memory.
 */
const mostTerms = 200;
const highestDegree = 64;
const longestKey = 4096;
const deepest = 16;

/**
 * An immutable expression in normal form: a sum of products of atoms, highest degree first. Made by
 * the operations of this module, never by hand.
 *
 * Coefficients are doubles: exact up to 2^53, rounded to 53 bits above. Beyond 200 terms, degree
 * 64, 4096 characters, 16 levels of nesting or the range of doubles, the result of an operation is a single
 * anonymous symbol that stands for it: the same for the same operands, and without a value.
 */
export class Expression {
  readonly terms: readonly Term[];
  /** The normal form as text; two expressions are equal if their keys are. */
  readonly key: string;
  /** Levels of nesting: 0 for what consists of symbols. */
  readonly depth: number;

  /** @internal Use {@link fromTerms}, which brings terms into order. */
  constructor(terms: readonly Term[]) {
    this.terms = terms;
    this.key = formatTerms(terms);
    const depths = terms.flatMap(({ factors }) => factors.map(({ atom }) => depthOf(atom)));
    this.depth = Math.max(0, ...depths);
  }

  /** As {@link key}; a symbol alone is its name, whatever characters it has. */
  toString(): string {
    return loneAtom(this, 'symbol')?.name ?? this.key;
  }
}

/**
 * A size with a name: an integer ≥ 0. Names that start with `?` are anonymous: an unknown size that is
 * the same wherever the name is. (`?~` starts those of expressions that grew too large, which may be
 * negative.)
 */
export function symbol(name: string): Expression {
  const key = isPlainName(name) ? name : JSON.stringify(name);
  return fromAtom({ kind: 'symbol', name, key });
}

/** A name that needs no quotes within an expression. */
export const plainName: RegExp = /[\p{L}_][\p{L}\p{N}_.]*|\?[\p{L}\p{N}_.:#~]+/u;
const wholePlainName = new RegExp(`^(?:${plainName.source})$`, 'u');

function isPlainName(name: string): boolean {
  return wholePlainName.test(name);
}

/** Symbols stand for sizes, except those that stand for expressions that grew too large. */
export function isSigned({ name }: SymbolAtom): boolean {
  return name.startsWith('?~');
}

/** The symbol that stands for an expression that is not kept; `text` says which. */
export function opaque(text: string): Expression {
  return symbol(`?~${hash(text, 1)}${hash(text, 2)}`);
}

/** 32 bits of a text in base 36; FNV-1a with a seed and a final mix. */
function hash(text: string, seed: number): string {
  let bits = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
  for (let at = 0; at < text.length; at += 1) {
    bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
    bits ^= bits >>> 15;
  }
  return (Math.imul(bits ^ (bits >>> 16), 0x85ebca6b) >>> 0).toString(36).padStart(7, '0');
}

/** The expression that is one atom. */
export function fromAtom(atom: Atom): Expression {
  const isTooLarge = atom.kind !== 'symbol' && atom.key.length > longestKey;
  if (isTooLarge || depthOf(atom) > deepest) return opaque(atom.key);
  return new Expression([term(1, [{ atom, exponent: 1 }])]);
}

/** The atom of an expression that is nothing but that atom; null for others. */
export function loneAtom<Kind extends Atom['kind']>(
  size: Size,
  kind: Kind,
): Extract<Atom, { kind: Kind }> | null {
  if (typeof size === 'number' || size.terms.length !== 1) return null;
  const [only] = size.terms;
  const [factor] = only?.factors ?? [];
  if (only?.coefficient !== 1 || only.factors.length !== 1 || factor?.exponent !== 1) return null;
  return factor.atom.kind === kind ? (factor.atom as Extract<Atom, { kind: Kind }>) : null;
}

/** A term with its key; `factors` are in order. */
export function term(coefficient: number, factors: readonly Factor[]): Term {
  const key = factors
    .map(({ atom, exponent }) => (exponent === 1 ? atom.key : `${atom.key}**${exponent}`))
    .join('*');
  return { coefficient, factors, key };
}

/** The terms of a size; none for 0. */
export function termsOf(size: Size): readonly Term[] {
  if (typeof size !== 'number') return size.terms;
  return size === 0 ? [] : [term(size, [])];
}

/** The sum of terms in any order, of which several may have the same factors. */
export function fromTerms(terms: Iterable<Term>): Size {
  const sums = new Map<string, Term>();
  for (const each of terms) {
    const before = sums.get(each.key);
    const coefficient = (before?.coefficient ?? 0) + each.coefficient;
    sums.set(each.key, before === undefined ? each : { ...each, coefficient });
  }
  const kept = [...sums.values()].filter(({ coefficient }) => coefficient !== 0);
  kept.sort(compareTerms);
  const [first] = kept;
  if (first === undefined) return 0;
  const isFinite = kept.every(({ coefficient }) => Number.isFinite(coefficient));
  if (kept.length === 1 && first.factors.length === 0 && isFinite) return first.coefficient;
  const isTooLarge = kept.length > mostTerms || degreeOf(first) > highestDegree;
  if (!isFinite || isTooLarge) return opaque(formatTerms(kept));
  const result = new Expression(kept);
  const isTooLong = result.key.length > longestKey && loneAtom(result, 'symbol') === null;
  return isTooLong ? opaque(result.key) : result;
}

/** By degree, highest first; then by the first factor in which they differ. */
export function compareTerms(a: Term, b: Term): number {
  const byDegree = degreeOf(b) - degreeOf(a);
  if (byDegree !== 0) return byDegree;
  for (const [at, { atom, exponent }] of a.factors.entries()) {
    const other = b.factors[at];
    if (other === undefined) return -1;
    const order = compareAtoms(atom, other.atom) || other.exponent - exponent;
    if (order !== 0) return order;
  }
  return 0;
}

function degreeOf({ factors }: Term): number {
  return factors.reduce((degree, { exponent }) => degree + exponent, 0);
}

/** Symbols before what is computed, each by text. */
export function compareAtoms(a: Atom, b: Atom): number {
  const bySymbol = Number(b.kind === 'symbol') - Number(a.kind === 'symbol');
  return bySymbol || compareText(a.key, b.key);
}

/** By code units: the same on every machine. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function depthOf(atom: Atom): number {
  if (atom.kind === 'symbol') return 0;
  const parts = atom.kind === 'floor' ? [atom.numerator, atom.denominator] : atom.operands;
  return 1 + Math.max(...parts.map((part) => (typeof part === 'number' ? 0 : part.depth)));
}

/** Terms as text: in order, but what is positive first, so `n - 1` and `1 - n`. */
function formatTerms(terms: readonly Term[]): string {
  const first = Math.max(
    0,
    terms.findIndex(({ coefficient }) => coefficient > 0),
  );
  const ordered = [...terms.slice(first, first + 1), ...terms.filter((_, at) => at !== first)];
  return ordered
    .map(({ coefficient, key }, at) => {
      const sign = coefficient < 0 ? '-' : '+';
      const count = Math.abs(coefficient);
      const text = key === '' ? digits(count) : count === 1 ? key : `${digits(count)}*${key}`;
      if (at === 0) return sign === '-' ? `-${text}` : text;
      return ` ${sign} ${text}`;
    })
    .join('');
}

/** Without an exponent, which numbers from 1e21 have otherwise. */
function digits(value: number): string {
  return value < 1e21 || !Number.isFinite(value) ? String(value) : String(BigInt(value));
}

/**
 * A size as text, in Python's syntax with `floor(a/b)`, `max` and `min`: `2*seq + 1`. The same for
 * equal sizes. Names that would not read as such are in double quotes where they are not alone.
 */
export function formatSize(size: Size): string {
  return typeof size === 'number' ? formatKey(size) : size.toString();
}

/** As {@link formatSize}, but with no two sizes of the same text. */
export function formatKey(size: Size): string {
  if (typeof size !== 'number') return size.key;
  return size < 0 ? `-${digits(-size)}` : digits(size);
}
