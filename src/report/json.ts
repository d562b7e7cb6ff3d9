/**
 * A report as a JSON document: two spaces of indentation, a newline at the end.
 *
 * What JSON lacks is put so that nothing is lost in silence: a bigint is a number where that is
 * exact and else a string of its digits; NaN and the infinities are the strings `"NaN"`,
 * `"Infinity"` and `"-Infinity"`; typed arrays and sets are arrays, maps are objects; what is
 * undefined is left out. Control characters are escaped, so the text is safe to show in a terminal.
 */
export function reportToJson(report: object): string {
  const text = JSON.stringify(report, (_key, value: unknown) => plain(value), 2);
  return `${text.replace(unescapedControls, escapeUnicode)}\n`;
}

/** What JSON.stringify leaves as it is, and a terminal may obey or a line reader stumble over. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const unescapedControls = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escapeUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, entry]) => [String(key), entry as unknown]));
  }
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as ArrayLike<number | bigint>);
  }
  return value;
}
