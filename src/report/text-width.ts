/** Ranges of code points that terminals draw two cells wide: Hangul, CJK, kana, full-width forms. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Marks drawn over the character before them, and joiners that are not drawn. */
const zeroWidth = /[\p{Mn}\p{Me}\u200b-\u200d]/u;
const plainAscii = /^[\x20-\x7e]*$/;

/** How many terminal cells the text takes, control characters aside. */
export function textWidth(text: string): number {
  if (plainAscii.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (character <= '~') return 1;
  if (zeroWidth.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** The longest start of the text that fits the width; at least one character. Reads no further. */
export function fitWidth(text: string, width: number): string {
  const head = text.slice(0, Math.max(width, 1) + 1);
  if (plainAscii.test(head)) return head.slice(0, Math.max(width, 1));
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width && end > 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/**
 * Breaks one line of text into lines of at most the given width: at a blank where there is one, else
 * after a separator of names (`/ . _ : - ,`), else anywhere.
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  for (;;) {
    const fitting = fitWidth(rest, width);
    if (fitting.length === rest.length) return [...lines, rest];
    const at = breakPoint(rest, fitting.length);
    lines.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
}

/** The index to break before: at most `limit`; outside of brackets, so that `[1, 3, 224]` stays whole. */
function breakPoint(text: string, limit: number): number {
  const start = text.slice(0, limit);
  const blanks = blanksOf(text[limit] === ' ' ? `${start} ` : start);
  if (blanks.outside > limit / 3) return Math.min(blanks.outside + 1, limit);
  if (blanks.any > 0) return Math.min(blanks.any + 1, limit);
  const separator = Math.max(...['/', '.', '_', ':', '-', ','].map((s) => start.lastIndexOf(s)));
  return separator > limit / 3 ? separator + 1 : limit;
}

/** The last blank, and the last that is not in square brackets nor after a colon; -1 where there is none. */
function blanksOf(start: string): { readonly any: number; readonly outside: number } {
  let depth = 0;
  let outside = -1;
  for (let at = 0; at < start.length; at += 1) {
    const character = start[at];
    if (character === '[') depth += 1;
    else if (character === ']') depth = Math.max(depth - 1, 0);
    else if (character === ' ' && depth === 0 && start[at - 1] !== ':') outside = at;
  }
  return { any: start.lastIndexOf(' '), outside };
}
