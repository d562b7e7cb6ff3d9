import {
  canonicalType,
  comparisons,
  type Field,
  type FieldInfo,
  fieldNames,
  fields,
  nearestName,
  suggestField,
} from './fields.ts';
import { readNumber } from './read-number.ts';
import type {
  Comparison,
  ListEntry,
  ListLiteral,
  Literal,
  Selection,
  SelectionExpression,
  WordLiteral,
} from './selection.ts';
import { selectionError } from './selection-error.ts';
import { type Token, tokensOf } from './tokens.ts';

/** Parentheses and negations within each other. */
const deepest = 100;

const comparisonSymbols = new Map<string, Comparison>(
  ['=', '!=', '<', '<=', '>', '>=', '~', '!~'].map((each) => [each, each as Comparison]),
).set('==', '=');

/**
 * Reads an expression of `--select`, as `op=Conv & (dtype=float16 | bytes>1MB)`; the grammar is in
 * docs/inspect.md.
 *
 * @throws MlkitError USAGE, with a caret under the place where it cannot be read.
 */
export function parseSelection(text: string): Selection {
  return { text, expression: new Parser(text).parse() };
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  parse(): SelectionExpression {
    if (this.#peek().kind === 'end') throw this.#error('the expression is empty');
    const expression = this.#either();
    const rest = this.#peek();
    if (rest.kind !== 'end') {
      throw this.#error(`expected "&", "|" or the end, found ${found(rest)}`);
    }
    return expression;
  }

  #either(): SelectionExpression {
    const parts = [this.#both()];
    while (this.#takeOperator('or', '|', '||')) parts.push(this.#both());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'or', parts };
  }

  #both(): SelectionExpression {
    const parts = [this.#single()];
    while (this.#takeOperator('and', '&', '&&')) parts.push(this.#single());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'and', parts };
  }

  #single(): SelectionExpression {
    this.#depth += 1;
    if (this.#depth > deepest) throw this.#error('too many parentheses within each other');
    try {
      if (this.#takeOperator('not', '!')) return { kind: 'not', part: this.#single() };
      if (!this.#takeSymbol('(')) return this.#test();
      const inner = this.#either();
      if (!this.#takeSymbol(')')) {
        throw this.#error(`expected ")", found ${found(this.#peek())}`);
      }
      return inner;
    } finally {
      this.#depth -= 1;
    }
  }

  #test(): SelectionExpression {
    const token = this.#peek();
    const { field, attribute } = this.#field();
    const info = fields[field];
    const place = this.#peek();
    const test = { kind: 'test', field, attribute } as const;
    if (
      place.kind === 'word' &&
      place.text.toLowerCase() === 'not' &&
      isWord(this.#next(1), 'in')
    ) {
      this.#at += 2;
      const literals = this.#literals(token.text, info);
      return { kind: 'not', part: { ...test, comparison: 'in', literals } };
    }
    if (isWord(place, 'in')) {
      this.#at += 1;
      return { ...test, comparison: 'in', literals: this.#literals(token.text, info) };
    }
    const comparison = place.kind === 'symbol' ? comparisonSymbols.get(place.text) : undefined;
    if (comparison === undefined) return this.#known(test, place);
    if (!comparisons[info.kind].includes(comparison)) {
      const allowed = comparisons[info.kind].join(' ');
      throw this.#error(
        `${token.text} cannot be compared with ${place.text}; only with ${allowed}`,
      );
    }
    this.#at += 1;
    return { ...test, comparison, literals: [this.#literal(token.text, info, comparison)] };
  }

  /** A field by itself; what follows must not look like a comparison that was meant. */
  #known(
    test: { kind: 'test'; field: Field; attribute: string },
    place: Token,
  ): SelectionExpression {
    const isEnd =
      place.kind === 'end' ||
      [')', '&', '&&', '|', '||'].includes(place.kind === 'symbol' ? place.text : '') ||
      isWord(place, 'and') ||
      isWord(place, 'or');
    if (!isEnd) {
      const operators = comparisons[fields[test.field].kind].join(' ');
      throw this.#error(`expected a comparison (${operators}), found ${found(place)}`);
    }
    return { ...test, comparison: 'known', literals: [] };
  }

  #field(): { field: Field; attribute: string } {
    const token = this.#peek();
    if (token.kind !== 'word') throw this.#error(`expected a field, found ${found(token)}`);
    const dot = token.text.indexOf('.');
    const head = dot < 0 ? token.text : token.text.slice(0, dot);
    const attribute = dot < 0 ? '' : token.text.slice(dot + 1);
    const hint = `Fields: ${fieldNames.join(', ')}.`;
    const isKnown = Object.hasOwn(fields, head) && (head === 'attr' || dot < 0);
    if (!isKnown) {
      const meant = suggestField(head);
      const suggestion = meant === null ? '' : `; did you mean ${meant}?`;
      throw this.#error(`there is no field "${token.text}"${suggestion}`, hint);
    }
    if (head === 'attr' && attribute === '') {
      throw this.#error('attr needs the name of an attribute, as in attr.group', hint);
    }
    this.#at += 1;
    return { field: head as Field, attribute };
  }

  #literals(name: string, info: FieldInfo): Literal[] {
    if (!this.#takeSymbol('(')) {
      throw this.#error(`expected "(" after in, found ${found(this.#peek())}`);
    }
    const literals = [this.#literal(name, info, 'in')];
    while (this.#takeSymbol(',')) literals.push(this.#literal(name, info, 'in'));
    if (!this.#takeSymbol(')')) {
      throw this.#error(`expected "," or ")", found ${found(this.#peek())}`);
    }
    return literals;
  }

  #literal(name: string, info: FieldInfo, comparison: Comparison): Literal {
    const token = this.#peek();
    if (token.kind === 'symbol' && token.text === '[') {
      const takesLists = info.kind === 'shape' || info.kind === 'attribute';
      if (!takesLists || !['=', '!=', 'in'].includes(comparison)) {
        throw this.#error(`${name} ${comparison} takes no list in brackets`);
      }
      return this.#list();
    }
    if (token.kind !== 'word' && token.kind !== 'quoted') {
      throw this.#error(`expected ${valueWords(info)}, found ${found(token)}`);
    }
    if (info.kind === 'shape') {
      throw this.#error(`expected a shape such as [1, ?, 3], found ${found(token)}`);
    }
    const literal = this.#word(name, token, info, comparison);
    this.#at += 1;
    return literal;
  }

  #word(name: string, token: Token, info: FieldInfo, comparison: Comparison): WordLiteral {
    const number = token.kind === 'word' ? readNumber(token.text) : null;
    this.#checkNumber(name, token, info, comparison);
    const isPattern = comparison === '~' || comparison === '!~';
    if (!isPattern) this.#checkExact(token, info);
    const isType = info === fields.dtype && !isPattern;
    const text = isType ? canonicalType(token.text) : token.text;
    return { kind: 'word', text, number: number?.value ?? null };
  }

  #checkNumber(name: string, token: Token, info: FieldInfo, comparison: Comparison): void {
    const isOrder = comparison.startsWith('<') || comparison.startsWith('>');
    if (info.kind !== 'number' && !isOrder) return;
    const number = token.kind === 'word' ? readNumber(token.text) : null;
    if (number === null) {
      throw this.#error(
        `expected ${valueWords({ ...info, kind: 'number' })}, found ${found(token)}`,
      );
    }
    if (number.isBytes && info.isBytes !== true && info.kind !== 'attribute') {
      throw this.#error(`${token.text} is an amount of bytes, and ${name} is a count`);
    }
  }

  /** What is compared exactly is no pattern, and where there are few values it is one of them. */
  #checkExact(token: Token, info: FieldInfo): void {
    if (token.kind === 'word' && /[*?]/.test(token.text)) {
      throw this.#error(
        `${found(token)} looks like a pattern, and this comparison is exact`,
        'Use ~ for patterns (op~Conv*), or quotes for a name that has such a character.',
      );
    }
    if (info.words === undefined) return;
    // Types of other things than tensors are texts: "seq(float32[])".
    if (info === fields.dtype && !/^\w+$/.test(token.text)) return;
    const wanted = info === fields.dtype ? canonicalType(token.text) : token.text.toLowerCase();
    if (info.words.includes(wanted)) return;
    const nearest = nearestName(wanted, info.words);
    const suggestion = nearest === null ? '' : `; did you mean ${nearest}?`;
    throw this.#error(
      `there is no such value: ${found(token)}${suggestion}`,
      `Values: ${info.words.join(', ')}.`,
    );
  }

  #list(): ListLiteral {
    const open = this.#peek();
    this.#at += 1;
    const entries: ListEntry[] = [];
    while (!this.#takeSymbol(']')) {
      if (entries.length > 0 && !this.#takeSymbol(',')) {
        throw this.#error(`expected "," or "]", found ${found(this.#peek())}`);
      }
      entries.push(this.#entry());
    }
    if (entries.filter((each) => each.kind === 'rest').length > 1) {
      throw selectionError(this.#text, open.at, 'a list can have "..." once');
    }
    return { kind: 'list', entries };
  }

  #entry(): ListEntry {
    const token = this.#peek();
    if (token.kind !== 'word' && token.kind !== 'quoted') {
      throw this.#error(`expected a size, a name, ? or ..., found ${found(token)}`);
    }
    this.#at += 1;
    const { text } = token;
    if (token.kind === 'quoted') return { kind: 'text', text };
    if (text === '?' || text === '*') return { kind: 'any' };
    if (text === '...' || text === '…') return { kind: 'rest' };
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)
      ? { kind: 'number', value: Number(text) }
      : { kind: 'text', text };
  }

  #peek(): Token {
    return this.#next(0);
  }

  #next(ahead: number): Token {
    return this.#tokens[this.#at + ahead] ?? { kind: 'end', text: '', at: this.#text.length };
  }

  #takeSymbol(symbol: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'symbol' || token.text !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #takeOperator(word: string, ...symbols: readonly string[]): boolean {
    const token = this.#peek();
    const isSymbol = token.kind === 'symbol' && symbols.includes(token.text);
    if (!isSymbol && !isWord(token, word)) return false;
    this.#at += 1;
    return true;
  }

  #error(problem: string, hint?: string): Error {
    return selectionError(this.#text, this.#peek().at, problem, hint);
  }
}

function isWord(token: Token, word: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === word;
}

function found(token: Token): string {
  if (token.kind === 'end') return 'the end';
  return token.kind === 'quoted' ? `the text "${token.text}"` : `"${token.text}"`;
}

function valueWords(info: FieldInfo): string {
  if (info.kind === 'number') return info.isBytes === true ? 'a number such as 1MB' : 'a number';
  return info.kind === 'shape' ? 'a shape such as [1, ?, 3]' : 'a value';
}
