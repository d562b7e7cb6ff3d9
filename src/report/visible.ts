/**
 * Names in models are written by others. Printed raw, a name could hold a terminal's escape codes,
 * or the marks that reverse the direction of text; here they become visible and harmless.
 */

/** C0 and C1 controls, DEL, the line separators, and the marks that steer bidirectional text. */
const unsafe =
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeOf(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** The text on one line, every control character in a visible form: ESC is `\x1b`. */
export function visibleText(text: string): string {
  return text.replace(unsafe, escapeOf);
}

/** As {@link visibleText}, but lines stay lines and tabs stay tabs. CR LF becomes LF. */
export function visibleLines(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(unsafe, (character) =>
      character === '\n' || character === '\t' ? character : escapeOf(character),
    );
}
