/**
 * Whether a text as a whole looks like a pattern: `*` is any text, slashes included, `?` is any one
 * character, and everything else is itself.
 *
 * Takes the leftmost place for each part between two stars, which is enough for a match to be found
 * if there is one; so the cost is at most the product of the lengths.
 */
export function matchesGlob(text: string, pattern: string): boolean {
  const parts = pattern.split('*');
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return text.length === first.length && fits(text, 0, first);
  const end = text.length - last.length;
  if (end < first.length || !fits(text, 0, first) || !fits(text, end, last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    while (at + part.length <= end && !fits(text, at, part)) at += 1;
    if (at + part.length > end) return false;
    at += part.length;
  }
  return true;
}

function fits(text: string, at: number, part: string): boolean {
  for (let index = 0; index < part.length; index += 1) {
    const wanted = part[index];
    if (wanted !== '?' && wanted !== text[at + index]) return false;
  }
  return true;
}
