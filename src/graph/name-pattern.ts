/**
 * Whether a name matches a pattern as a whole. `*` stands for any text, slashes included, since
 * names of nodes look like paths and are none; `?` for one character; everything else for itself.
 *
 * Cost: at most the product of the lengths; there is no pattern that takes longer.
 */
export function matchesPattern(name: string, pattern: string): boolean {
  let at = 0;
  let patternAt = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const wanted = pattern[patternAt];
    if (wanted === '*') {
      star = patternAt;
      starAt = at;
      patternAt += 1;
    } else if (wanted === '?' || wanted === name[at]) {
      at += 1;
      patternAt += 1;
    } else if (star >= 0) {
      // The last star takes one character more.
      starAt += 1;
      at = starAt;
      patternAt = star + 1;
    } else return false;
  }
  while (pattern[patternAt] === '*') patternAt += 1;
  return patternAt === pattern.length;
}
