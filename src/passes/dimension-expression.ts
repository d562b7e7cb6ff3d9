/**
 * The size of a dimension whose symbol is a formula over other symbols, as exporters write them:
 * `past + seq`, `2*batch`, `(s0 - 1)//2 + 1`. Known are whole numbers, names, `+ - * //` and
 * parentheses; `//` rounds down.
 *
 * @returns Null when it is no such formula, a name in it has no size, or the result is no size.
 */
export function evaluateDimension(text: string, sizes: ReadonlyMap<string, number>): number | null {
  const tokens = tokensOf(text);
  if (tokens === null) return null;
  const reader = new FormulaReader(tokens, sizes);
  const result = reader.read();
  return result !== null && Number.isSafeInteger(result) && result >= 0 ? result : null;
}

/** The names in a symbol: itself, and the names of its formula if it is one. */
export function namesInDimension(text: string): readonly string[] {
  const tokens = tokensOf(text) ?? [];
  return [...new Set([text, ...tokens.filter((token) => identifier.test(token))])];
}

const identifier = /^[A-Za-z_][\w.]*$/;

function tokensOf(text: string): string[] | null {
  const tokens = text.match(/[A-Za-z_][\w.]*|\d+|\/\/|[-+*()]/g) ?? [];
  // Anything between the tokens but blanks is something that we do not know.
  return tokens.length > 0 && tokens.join('') === text.replace(/\s+/g, '') ? tokens : null;
}

/** Deeper parentheses than this are no honest formula. */
const deepest = 50;

class FormulaReader {
  readonly #tokens: readonly string[];
  readonly #sizes: ReadonlyMap<string, number>;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly string[], sizes: ReadonlyMap<string, number>) {
    this.#tokens = tokens;
    this.#sizes = sizes;
  }

  read(): number | null {
    const result = this.#sum();
    return this.#at === this.#tokens.length ? result : null;
  }

  #sum(): number | null {
    let total = this.#product();
    while (total !== null) {
      const operator = this.#take('+', '-');
      if (operator === null) break;
      const term = this.#product();
      if (term === null) return null;
      total += operator === '+' ? term : -term;
    }
    return total;
  }

  #product(): number | null {
    let total = this.#factor();
    while (total !== null) {
      const operator = this.#take('*', '//');
      if (operator === null) break;
      const factor = this.#factor();
      if (factor === null || (operator === '//' && factor === 0)) return null;
      total = operator === '*' ? total * factor : Math.floor(total / factor);
    }
    return total;
  }

  #factor(): number | null {
    if (this.#take('-') !== null) {
      // No token follows a run of signs for ever, so this ends.
      const factor = this.#nested(() => this.#factor());
      return factor === null ? null : -factor;
    }
    if (this.#take('(') !== null) {
      const inner = this.#nested(() => this.#sum());
      return this.#take(')') === null ? null : inner;
    }
    const token = this.#tokens[this.#at];
    if (token === undefined) return null;
    this.#at += 1;
    return /^\d/.test(token) ? Number(token) : (this.#sizes.get(token) ?? null);
  }

  #nested(read: () => number | null): number | null {
    this.#depth += 1;
    const result = this.#depth > deepest ? null : read();
    this.#depth -= 1;
    return result;
  }

  #take(...wanted: readonly string[]): string | null {
    const token = this.#tokens[this.#at];
    if (token === undefined || !wanted.includes(token)) return null;
    this.#at += 1;
    return token;
  }
}
