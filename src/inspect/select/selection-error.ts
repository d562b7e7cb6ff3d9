import { MlkitError } from '../../errors.ts';

/** Characters of the expression that a message shows around the place. */
const mostBefore = 60;
const mostAfter = 30;

/** An expression that cannot be read: what is wrong, and a caret under the place. */
export function selectionError(
  text: string,
  at: number,
  problem: string,
  hint: string = 'For example: --select "op=Conv & dtype=float16", or "bytes>1MB".',
): MlkitError {
  const start = Math.max(0, at - mostBefore);
  const end = Math.min(text.length, at + mostAfter);
  const before = (start > 0 ? '…' : '') + oneLine(text.slice(start, at));
  const after = oneLine(text.slice(at, end)) + (end < text.length ? '…' : '');
  const place = `  ${before}${after}\n  ${' '.repeat(before.length)}^`;
  return new MlkitError('USAGE', `--select, character ${at + 1}: ${problem}\n${place}`, { hint });
}

/** As many characters, none of which moves the caret away from its place. */
function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}
