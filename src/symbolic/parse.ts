import { greatestCommonDivisor, multiply, negate, sum } from './arithmetic.ts';
import { ceilDivide, floorDivide, modulo } from './divide.ts';
import { plainName, type Size, symbol, termsOf } from './expression.ts';
import { maximum, minimum } from './extremum.ts';

/*
 * What is longer, deeper or more work than this is no honest formula: those of exporters have a few
 * terms. A model can have many thousands of dimensions.
 */
const longestText = 4096;
const deepest = 50;
const highestPower = 64;
const mostProducts = 1000;

/**
 * Reads the name of a dimension as a formula, as {@link formatSize} writes it and as exporters write
 * them: `past + seq`, `2*batch`, `(s0 - 1)//2 + 1`, `floor(n/4)`, `Max(1, s0)`, `s0 % 8`.
 *
 * Known are integers, names, `+ - * ** // / %` with Python's precedence and signs, `floor`, `ceil` or
 * `ceiling`, `max`, `min` and `Mod` in either case. `a/b` rounds down, except within floor and ceil,
 * which round only at the end: floor(h/2 - 1/2) is floor((h - 1)/2), and floor(0.5*h) is floor(h/2).
 *
 * @returns Null when the text is no such formula, or divides by 0: then it is a name like any other.
 */
export function parseSize(text: string): Size | null {
  const tokens = tokensOf(text);
  if (tokens === null) return null;
  try {
    return new Reader(tokens).read();
  } catch (error) {
    if (error instanceof Unreadable || error instanceof RangeError) return null;
    throw error;
  }
}

class Unreadable extends Error {}

/** A quotient that is not rounded yet. */
interface Fraction {
  readonly above: Size;
  readonly below: Size;
}

const tokenKinds = ['number', 'name', 'quoted', 'operator'] as const;
type TokenKind = (typeof tokenKinds)[number];

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const tokenForm = new RegExp(
  `\\s*(?:(?<number>\\d+(?:\\.\\d+)?)|(?<name>${plainName.source})|(?<quoted>"(?:[^"\\\\]|\\\\.)*")|(?<operator>//|\\*\\*|[-+*/%(),]))\\s*`,
  'uy',
);

function tokensOf(text: string): Token[] | null {
  if (text.length > longestText) return null;
  const tokens: Token[] = [];
  const form = new RegExp(tokenForm);
  while (form.lastIndex < text.length) {
    const groups: Readonly<Record<string, string | undefined>> = form.exec(text)?.groups ?? {};
    const kind = tokenKinds.find((each) => groups[each] !== undefined);
    if (kind === undefined) return null;
    tokens.push({ kind, text: groups[kind] ?? '' });
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  /** Within floor and ceil, quotients are exact. */
  #isExact = false;
  #products = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): Size {
    const result = whole(this.#sum());
    if (this.#at < this.#tokens.length) throw new Unreadable();
    return result;
  }

  #sum(): Fraction {
    const parts = [this.#product()];
    for (;;) {
      const operator = this.#take('+', '-');
      if (operator === null) break;
      const next = this.#product();
      parts.push(operator === '+' ? next : negated(next));
    }
    if (parts.every(({ below }) => below === 1)) return fraction(sum(parts.map(whole)));
    return parts.reduce((total, next) => this.#add(total, next));
  }

  #product(): Fraction {
    let total = this.#signed();
    for (;;) {
      const operator = this.#take('*', '/', '//', '%');
      if (operator === null) return total;
      total = this.#apply(operator, total, this.#signed());
    }
  }

  #apply(operator: string, a: Fraction, b: Fraction): Fraction {
    if (operator === '*') return this.#multiply(a, b);
    if (operator === '%') return fraction(modulo(whole(a), whole(b)));
    if (b.above === 0) throw new Unreadable();
    const quotient = this.#multiply(a, { above: b.below, below: b.above });
    const isKept = operator === '/' && this.#isExact;
    return isKept ? quotient : fraction(floorDivide(quotient.above, quotient.below));
  }

  #signed(): Fraction {
    if (this.#take('-') !== null) return negated(this.#nested(() => this.#signed()));
    return this.#power();
  }

  #power(): Fraction {
    const base = this.#primary();
    if (this.#take('**') === null) return base;
    const exponent = Number(this.#next('number').text);
    if (!Number.isInteger(exponent) || exponent > highestPower) throw new Unreadable();
    let result = fraction(1);
    for (let count = 0; count < exponent; count += 1) result = this.#multiply(result, base);
    return result;
  }

  #multiply(a: Fraction, b: Fraction): Fraction {
    this.#products += termsOf(a.above).length * termsOf(b.above).length - 1;
    this.#products += termsOf(a.below).length * termsOf(b.below).length - 1;
    if (this.#products > mostProducts) throw new Unreadable();
    return fraction(multiply(a.above, b.above), multiply(a.below, b.below));
  }

  #add(a: Fraction, b: Fraction): Fraction {
    const below = fraction(b.below);
    const above = [this.#multiply(a, below), this.#multiply(b, fraction(a.below))];
    const common = this.#multiply(fraction(a.below), below).above;
    return fraction(sum(above.map((each) => each.above)), common);
  }

  #primary(): Fraction {
    const token = this.#next();
    if (token.kind === 'number') return this.#number(token.text);
    if (token.kind === 'quoted') return fraction(symbol(unquoted(token.text)));
    if (token.kind === 'name') {
      return this.#take('(') === null ? fraction(symbol(token.text)) : this.#call(token.text);
    }
    if (token.text !== '(') throw new Unreadable();
    const inner = this.#nested(() => this.#sum());
    this.#expect(')');
    return inner;
  }

  #number(text: string): Fraction {
    const [before = '', after = ''] = text.replace(/\.0+$/, '').split('.');
    const above = Number(before + after);
    const below = 10 ** after.length;
    if (!Number.isSafeInteger(above) || !Number.isSafeInteger(below)) throw new Unreadable();
    // 0.5 rounded down at once would be 0, which nobody means.
    if (below > 1 && !this.#isExact) throw new Unreadable();
    return fraction(above, below);
  }

  #call(name: string): Fraction {
    switch (name.toLowerCase()) {
      case 'floor': {
        const { above, below } = this.#rounded();
        return fraction(floorDivide(above, below));
      }
      case 'ceil':
      case 'ceiling': {
        const { above, below } = this.#rounded();
        return fraction(ceilDivide(above, below));
      }
      case 'max':
        return fraction(this.#list().reduce(maximum));
      case 'min':
        return fraction(this.#list().reduce(minimum));
      case 'mod': {
        const [a, b, ...more] = this.#list();
        if (a === undefined || b === undefined || more.length > 0) throw new Unreadable();
        return fraction(modulo(a, b));
      }
      default:
        throw new Unreadable();
    }
  }

  /** What is to be rounded, and the parenthesis after it. */
  #rounded(): Fraction {
    const before = this.#isExact;
    this.#isExact = true;
    const inner = this.#nested(() => this.#sum());
    this.#isExact = before;
    this.#expect(')');
    return inner;
  }

  /** One argument or more, and the parenthesis after them. */
  #list(): Size[] {
    const list: Size[] = [];
    do list.push(whole(this.#nested(() => this.#sum())));
    while (this.#take(',') !== null);
    this.#expect(')');
    return list;
  }

  #nested(read: () => Fraction): Fraction {
    this.#depth += 1;
    if (this.#depth > deepest) throw new Unreadable();
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #take(...wanted: readonly string[]): string | null {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'operator' || !wanted.includes(token.text)) return null;
    this.#at += 1;
    return token.text;
  }

  #expect(wanted: string): void {
    if (this.#take(wanted) === null) throw new Unreadable();
  }

  #next(kind?: TokenKind): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined || (kind !== undefined && token.kind !== kind)) throw new Unreadable();
    this.#at += 1;
    return token;
  }
}

/** The fraction, reduced where that is by a number. */
function fraction(above: Size, below: Size = 1): Fraction {
  if (typeof above !== 'number' || typeof below !== 'number') return { above, below };
  const common = greatestCommonDivisor([above, below]) * (below < 0 ? -1 : 1);
  return { above: above / common + 0, below: below / common };
}

function negated({ above, below }: Fraction): Fraction {
  return { above: negate(above), below };
}

/** The size that a fraction is; one that may not be whole is none. */
function whole({ above, below }: Fraction): Size {
  if (below !== 1) throw new Unreadable();
  return above;
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    throw new Unreadable();
  }
}
