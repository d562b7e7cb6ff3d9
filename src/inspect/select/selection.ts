import type { Field } from './fields.ts';

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~' | 'in' | 'known';

/** A word or a quoted text. */
export interface WordLiteral {
  readonly kind: 'word';
  readonly text: string;
  /** What it is as a number, its unit reckoned in: 1.5KiB is 1536. Null: no number, or quoted. */
  readonly number: number | bigint | null;
}

/** A list in brackets: a shape, or what a list attribute holds. */
export interface ListLiteral {
  readonly kind: 'list';
  readonly entries: readonly ListEntry[];
}

/** `any`: one entry, whatever it is; `rest`: any number of them. */
export type ListEntry =
  | { readonly kind: 'any' | 'rest' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly text: string };

export type Literal = WordLiteral | ListLiteral;

/** A field held against literals; without any when it is only asked whether the field is known. */
export interface FieldTest {
  readonly kind: 'test';
  readonly field: Field;
  /** Name of the attribute where the field is `attr`. */
  readonly attribute: string;
  readonly comparison: Comparison;
  readonly literals: readonly Literal[];
}

export type SelectionExpression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly SelectionExpression[] }
  | { readonly kind: 'not'; readonly part: SelectionExpression }
  | FieldTest;

/** A parsed expression of `--select`. */
export interface Selection {
  readonly text: string;
  readonly expression: SelectionExpression;
}
