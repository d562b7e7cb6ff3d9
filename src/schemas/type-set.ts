import { typeSets } from './generated/operators.ts';

let descriptions: readonly string[] | null = null;
const sets = new Map<number, ReadonlySet<string>>();

/**
 * A set of types that the generated tables name by number.
 *
 * Format of the table: sets parted by `;` or the end of a line, their types parted by blanks. `@12` first stands for all types
 * of set 12, and `-string` takes a type out of them.
 */
export function typeSet(number: number): ReadonlySet<string> {
  const known = sets.get(number);
  if (known !== undefined) return known;
  descriptions ??= typeSets.split(/[;\n]/);
  const types = new Set<string>();
  for (const word of descriptions[number]?.split(' ') ?? []) {
    if (word.startsWith('@')) for (const type of typeSet(Number(word.slice(1)))) types.add(type);
    else if (word.startsWith('-')) types.delete(spell(word.slice(1)));
    else types.add(spell(word));
  }
  sets.set(number, types);
  return types;
}

/** Reads `T=3 T1=12`. */
export function parseTypeSets(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  if (text === '') return found;
  for (const part of text.split(' ')) {
    const at = part.indexOf('=');
    found.set(part.slice(0, at), typeSet(Number(part.slice(at + 1))));
  }
  return found;
}

/** The table has no blanks inside a type. */
function spell(type: string): string {
  return type.replace(',', ', ');
}
