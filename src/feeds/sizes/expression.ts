import { evaluate, parseSize, type Size } from '../../symbolic/index.ts';

/** A dimension's name as a formula over others, `past + 1`; null for what is a name itself. */
export function formulaOf(text: string): Size | null {
  const size = /[-+*/%(]/.test(text) ? parseSize(text) : null;
  // Some exporters write -1 for a size that they do not know.
  return typeof size === 'number' && size < 0 ? null : size;
}

/** The size of a formula; null when a name in it has none, or it is beyond what numbers hold. */
export function sizeOfFormula(formula: Size, sizes: ReadonlyMap<string, number>): number | null {
  const size = evaluate(formula, (name) => sizes.get(name));
  return Number.isSafeInteger(size) ? size : null;
}
