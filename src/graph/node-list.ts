import { mutable } from './mutable.ts';
import type { Node } from './node.ts';

/** Where a new node goes; at the end by default. */
export type Position = { readonly before: Node } | { readonly after: Node } | 'end';

/** The nodes of one graph in execution order: linked, so that an edit costs the same anywhere. */
export class NodeList {
  #first: Node | null = null;
  #last: Node | null = null;
  #count = 0;
  #snapshot: readonly Node[] | null = null;

  get count(): number {
    return this.#count;
  }

  /** All of them, in an array that later edits leave alone. */
  get snapshot(): readonly Node[] {
    if (this.#snapshot === null) {
      const list: Node[] = [];
      for (let node = this.#first; node !== null; node = node.next) list.push(node);
      this.#snapshot = list;
    }
    return this.#snapshot;
  }

  insert(node: Node, position: Position): void {
    let previous: Node | null;
    let next: Node | null;
    if (position === 'end') [previous, next] = [this.#last, null];
    else if ('before' in position) [previous, next] = [position.before.previous, position.before];
    else [previous, next] = [position.after, position.after.next];
    const editable = mutable(node);
    editable.previous = previous;
    editable.next = next;
    editable.attached = true;
    if (previous === null) this.#first = node;
    else mutable(previous).next = node;
    if (next === null) this.#last = node;
    else mutable(next).previous = node;
    this.#count += 1;
    this.#snapshot = null;
  }

  remove(node: Node): void {
    const { previous, next } = node;
    if (previous === null) this.#first = next;
    else mutable(previous).next = next;
    if (next === null) this.#last = previous;
    else mutable(next).previous = previous;
    const editable = mutable(node);
    editable.previous = null;
    editable.next = null;
    editable.attached = false;
    this.#count -= 1;
    this.#snapshot = null;
  }
}
