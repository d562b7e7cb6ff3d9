import { visibleLines, visibleText } from './visible.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute; control characters become visible. */
export function escapeHtml(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** The same, and lines stay lines. */
export function escapeHtmlLines(text: string): string {
  return visibleLines(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Anchors that are unique in a page, made from titles that anybody may have written. */
export class Anchors {
  readonly #taken = new Set<string>();

  /** Letters of ASCII, digits and hyphens; `section` where the title has none. */
  of(title: string): string {
    const words = title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '');
    const base = words.slice(0, 60) || 'section';
    let anchor = base;
    for (let count = 2; this.#taken.has(anchor); count += 1) anchor = `${base}-${count}`;
    this.#taken.add(anchor);
    return anchor;
  }
}
