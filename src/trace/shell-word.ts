/** A text as one word of a command line, quoted where a shell would take it apart. */
export function shellWord(text: string): string {
  if (/^[\w./:@%+,=-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
