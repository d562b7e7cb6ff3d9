/** How many names a message gives before it says how many more there are. */
const mostNames = 5;

/** `"a", "b", "c", "d", "e" and 3 more` */
export function nameList(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => `"${name}"`);
  const more = names.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}
