/**
 * What numbers with a unit are worth, so that `900 KiB` sorts before `1.2 MiB`. Bytes in bytes, times
 * in milliseconds, counts as they are.
 */
const unitValues: Readonly<Record<string, number>> = {
  '': 1,
  '%': 1,
  x: 1,
  dB: 1,
  '/s': 1,
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  PiB: 2 ** 50,
  ns: 1e-6,
  µs: 1e-3,
  us: 1e-3,
  ms: 1,
  s: 1e3,
  min: 6e4,
  h: 3.6e6,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
};

const words: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Infinity,
  infinity: Infinity,
};

/** A number, its unit, and what may follow: `of` how many, or a remark in brackets. */
const quantity =
  /^([+\-\u2212]?)(\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?) ?([a-zµ%]{0,3}|\/s)(?:\/\d[\d,]*| \([^()]*\))?$/i;
const wordNumber = /^([+-]?)(nan|inf|infinity)$/i;

/** What a cell without a value says. */
const blank = /^(?:|-|–|—|\?|n\/a)$/;

/** Whether a cell says that there is no value. */
export function isBlank(text: string): boolean {
  return blank.test(text.trim());
}

/**
 * The number that a text such as `12.3 ms`, `1,234`, `35%` or `3/80` is sorted by; null where it is
 * none. NaN is a number here.
 */
export function sortValue(text: string): number | null {
  const trimmed = text.trim();
  const [, wordSign, word] = wordNumber.exec(trimmed) ?? [];
  if (word !== undefined) {
    return (wordSign === '-' ? -1 : 1) * (words[word.toLowerCase()] ?? Number.NaN);
  }
  const [, sign = '', digits, unit = ''] = quantity.exec(trimmed) ?? [];
  if (digits === undefined) return null;
  const scale = Object.hasOwn(unitValues, unit) ? unitValues[unit] : undefined;
  if (scale === undefined) return null;
  const size = Number(digits.replaceAll(',', '')) * scale;
  return sign === '' || sign === '+' ? size : -size;
}
