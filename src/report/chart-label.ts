import { fitWidth, textWidth } from './text-width.ts';
import { visibleText } from './visible.ts';

/** What no XML document may hold, and `visibleText` lets through. */
const illegal = /\p{Surrogate}|[\ufffe\uffff]/gu;

/** A letter may have marks above it, but not any number of them. */
const mostUnitsPerCell = 3;

/** Text of a chart: on one line, harmless, and no wider than so many cells of a terminal. */
export function chartLabel(text: string, width: number): string {
  const shown = legible(text, width);
  return uninherited(fits(shown, width) ? shown : `${start(shown, width - 1)}…`);
}

/**
 * The same of names, cut in their middle: what tells those of nodes apart is mostly their end. If one
 * is too long, folders that all are in are left out first.
 */
export function chartNames(names: readonly string[], width: number): string[] {
  const shown = names.map((name) => legible(name, width));
  if (shown.every((name) => fits(name, width))) return shown.map(uninherited);
  const common = shown.length > 1 ? commonFolders(shown) : 0;
  return shown.map((name) => {
    const rest = common > 1 ? `…${name.slice(common)}` : name;
    if (fits(rest, width)) return rest;
    const tail = reversed(start(reversed(rest), Math.ceil(width * 0.8)));
    return `${start(rest, width - 1 - textWidth(tail))}…${tail}`;
  });
}

/**
 * The library keeps what it has measured in objects, by text, and takes what every object inherits
 * (`__proto__`, `constructor`) for an entry, which it then writes to. A word joiner, which nobody sees,
 * makes another text of it.
 */
function uninherited(text: string): string {
  return text in Object.prototype ? `${text}\u2060` : text;
}

/** The index of the last separator that all names begin the same up to. */
function commonFolders(names: readonly string[]): number {
  const [first = '', ...others] = names;
  let same = first.length;
  for (const name of others) {
    while (same > 0 && !name.startsWith(first.slice(0, same))) same -= 1;
  }
  const start = first.slice(0, same);
  const slash = start.lastIndexOf('/');
  return slash > 0 ? slash : start.lastIndexOf('.');
}

/** No more of it than could be shown: names may be megabytes long. */
function legible(text: string, width: number): string {
  const most = width * mostUnitsPerCell;
  const part =
    text.length <= 2 * most ? text : text.slice(0, most) + text.slice(text.length - most);
  const shown = visibleText(part).replace(illegal, '\ufffd').trim();
  return shown === '' ? '(no name)' : shown;
}

function fits(text: string, width: number): boolean {
  return text.length <= width * mostUnitsPerCell && textWidth(text) <= width;
}

function start(text: string, width: number): string {
  const part = fitWidth(text, width).slice(0, Math.max(width, 1) * mostUnitsPerCell);
  // Without the half of a character that a cut has left.
  return part.replace(/\p{Surrogate}/gu, '');
}

function reversed(text: string): string {
  return Array.from(text).toReversed().join('');
}
