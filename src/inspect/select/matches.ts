import { matchesPattern } from '../../graph/index.ts';
import type { FieldFacts, Subject } from './facts.ts';
import { type FieldInfo, fields } from './fields.ts';
import type {
  Comparison,
  FieldTest,
  ListEntry,
  Literal,
  SelectionExpression,
  WordLiteral,
} from './selection.ts';

/**
 * Whether a node or constant is selected. A comparison with something that is not known is false,
 * `!=` too; so `not dtype=float32` takes what `dtype!=float32` does and what has no known type.
 */
export function matches(expression: SelectionExpression, subject: Subject): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.parts.every((part) => matches(part, subject));
    case 'or':
      return expression.parts.some((part) => matches(part, subject));
    case 'not':
      return !matches(expression.part, subject);
    case 'test':
      return passes(expression, subject.facts(expression.field, expression.attribute));
  }
}

function passes({ field, comparison, literals }: FieldTest, facts: FieldFacts): boolean {
  if (comparison === 'known') return facts.isKnown;
  const info = fields[field];
  switch (comparison) {
    case '!=':
    case '!~': {
      const positive = comparison === '!=' ? '=' : '~';
      const isComparable = literals.some((literal) => hasKind(info, literal, positive, facts));
      return isComparable && !literals.some((literal) => holds(info, positive, literal, facts));
    }
    default:
      return literals.some((literal) => holds(info, comparison, literal, facts));
  }
}

/** Whether there is anything of the kind that the literal is compared with. */
function hasKind(
  info: FieldInfo,
  literal: Literal,
  comparison: Comparison,
  facts: FieldFacts,
): boolean {
  if (literal.kind === 'list') return facts.lists.length > 0;
  if (info.kind === 'attribute') return facts.texts.length + facts.numbers.length > 0;
  return isNumeric(info, literal, comparison) ? facts.numbers.length > 0 : facts.texts.length > 0;
}

function isNumeric(info: FieldInfo, literal: WordLiteral, comparison: Comparison): boolean {
  if (info.kind === 'text' || comparison === '~') return false;
  return literal.number !== null;
}

function holds(
  info: FieldInfo,
  comparison: Comparison,
  literal: Literal,
  facts: FieldFacts,
): boolean {
  if (literal.kind === 'list') {
    return facts.lists.some((list) => fitsList(list, literal.entries));
  }
  if (isNumeric(info, literal, comparison) && literal.number !== null) {
    const wanted = literal.number;
    if (facts.numbers.some((number) => compare(number, comparison, wanted))) return true;
    // An attribute can be a text that looks like a number.
    if (info.kind !== 'attribute') return false;
  }
  // Without its domain an operator is that of any domain.
  const isShort = info === fields.op && !literal.text.includes('.');
  return (isShort ? facts.texts.slice(0, 1) : facts.texts).some((text) => {
    const [a, b] = info.ignoresCase
      ? [text.toLowerCase(), literal.text.toLowerCase()]
      : [text, literal.text];
    return comparison === '~' ? matchesPattern(a, b) : a === b && !isOrder(comparison);
  });
}

function isOrder(comparison: Comparison): boolean {
  return comparison === '<' || comparison === '<=' || comparison === '>' || comparison === '>=';
}

/** JavaScript compares numbers with bigints exactly. Fractions are float32, as attributes are. */
function compare(a: number | bigint, comparison: Comparison, b: number | bigint): boolean {
  switch (comparison) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return sameNumber(a, b);
  }
}

function sameNumber(a: number | bigint, b: number | bigint): boolean {
  if (typeof a === typeof b) return a === b || (typeof b === 'number' && a === Math.fround(b));
  // Of different kinds, and the fractional one is no integer: then BigInt would throw.
  return Number.isInteger(Number(a)) && Number.isInteger(Number(b)) && BigInt(a) === BigInt(b);
}

/** Entries that are not known match wildcards only. */
function fitsList(
  list: readonly (number | bigint | string | null)[],
  entries: readonly ListEntry[],
): boolean {
  const rest = entries.findIndex((each) => each.kind === 'rest');
  if (rest < 0) return list.length === entries.length && fitsFrom(list, 0, entries);
  const tail = entries.slice(rest + 1);
  if (list.length < rest + tail.length) return false;
  return (
    fitsFrom(list, 0, entries.slice(0, rest)) && fitsFrom(list, list.length - tail.length, tail)
  );
}

function fitsFrom(
  list: readonly (number | bigint | string | null)[],
  start: number,
  entries: readonly ListEntry[],
): boolean {
  return entries.every((entry, at) => {
    const value = list[start + at];
    if (entry.kind === 'text') return value === entry.text;
    if (entry.kind !== 'number') return true;
    return typeof value !== 'string' && value !== null && value !== undefined
      ? sameNumber(value, entry.value)
      : false;
  });
}
