/**
 * Evaluates the name of a dimension that is a sum, product or quotient of others, as exporters write
 * them: `past_sequence_length + 1`, `2*seq`, `(h//2)`, `floor(n/4)`. Division rounds down.
 *
 * @param sizeOf Size of a plain name, or null when it has none.
 * @returns Null when the text is no such expression, or a name in it has no size.
 */
export function evaluateDimension(
  text: string,
  sizeOf: (name: string) => number | null,
): number | null {
  const tokens = text.match(/[A-Za-z_][\w.]*|\d+|\/\/|[-+*/()]|\S/g) ?? [];
  let at = 0;

  const primary = (): number | null => {
    const token = tokens[at];
    at += 1;
    if (token === undefined) return null;
    if (/^\d/.test(token)) return Number(token);
    if (token === '(' || (token.toLowerCase() === 'floor' && tokens[at] === '(')) {
      if (token !== '(') at += 1;
      const inner = sum();
      at += 1;
      return tokens[at - 1] === ')' ? inner : null;
    }
    return /^[A-Za-z_]/.test(token) ? sizeOf(token) : null;
  };
  const product = (): number | null => {
    let left = primary();
    while (left !== null && /^(\*|\/\/?)$/.test(tokens[at] ?? '')) {
      const operator = tokens[at];
      at += 1;
      const right = primary();
      if (right === null) return null;
      left = operator === '*' ? left * right : Math.floor(left / right);
    }
    return left;
  };
  const sum = (): number | null => {
    let left = product();
    while (left !== null && /^[-+]$/.test(tokens[at] ?? '')) {
      const sign = tokens[at] === '+' ? 1 : -1;
      at += 1;
      const right = product();
      if (right === null) return null;
      left += sign * right;
    }
    return left;
  };

  const result = sum();
  return at === tokens.length && result !== null && Number.isSafeInteger(result) ? result : null;
}

/** Whether a dimension's name is made of others, rather than a name itself. */
export function isExpression(text: string): boolean {
  return (
    /[-+*/]/.test(text) && evaluateDimension(text, () => 1) !== null && !/^[\d\s]+$/.test(text)
  );
}

/** The plain names in an expression. */
export function namesIn(text: string): string[] {
  return (text.match(/[A-Za-z_][\w.]*/g) ?? []).filter((name) => name.toLowerCase() !== 'floor');
}
