import { createContext, runInContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { htmlScript } from '../../src/report/html-script.ts';

/* The script in a small model of a page: only what it touches. The browser itself is tried by hand. */

class FakeElement {
  readonly attributes = new Map<string, string>();
  readonly dataset: { value?: string } = {};
  childNodes: unknown[] = [];
  className = '';
  type = '';
  placeholder = '';
  value = '';
  hidden = false;
  textContent = '';
  parentElement: FakeElement | null = null;
  before: (element: FakeElement) => void = () => undefined;
  readonly listeners = new Map<string, () => void>();

  append(...nodes: unknown[]): void {
    this.childNodes.push(...nodes);
  }
  hasAttribute(name: string): boolean {
    return this.attributes.has(name);
  }
  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }
  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }
  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }
  addEventListener(name: string, listener: () => void): void {
    this.listeners.set(name, listener);
  }
}

interface CellSpec {
  readonly text: string;
  readonly value?: number;
}

class FakeTable {
  readonly parentElement = new FakeElement();
  readonly tHead: { readonly rows: readonly { readonly cells: readonly FakeElement[] }[] };
  readonly tBodies: readonly { rows: FakeRow[]; append(...rows: FakeRow[]): void }[];

  constructor(headers: readonly FakeElement[], rows: FakeRow[]) {
    this.parentElement.setAttribute('aria-label', 'Nodes');
    this.tHead = { rows: [{ cells: headers }] };
    const body = {
      rows,
      append: (...next: FakeRow[]): void => {
        body.rows = next;
      },
    };
    this.tBodies = [body];
  }

  get texts(): (string | undefined)[] {
    return (this.tBodies[0]?.rows ?? [])
      .filter((row) => !row.hidden)
      .map((row) => row.cells[0]?.textContent);
  }
}

class FakeRow extends FakeElement {
  readonly cells: readonly FakeElement[];
  constructor(specs: readonly CellSpec[]) {
    super();
    this.cells = specs.map(({ text, value }) => {
      const cell = new FakeElement();
      cell.textContent = text;
      if (value !== undefined) cell.dataset.value = String(value);
      return cell;
    });
    this.textContent = specs.map(({ text }) => text).join('');
  }
}

function header(text: string, ...attributes: string[]): FakeElement {
  const element = new FakeElement();
  element.textContent = text;
  element.childNodes = [text];
  for (const name of attributes) element.setAttribute(name, '');
  return element;
}

/** Runs the script over one table; returns every element that it made. */
function run(table: FakeTable, selector: '[data-sortable]' | '[data-filter]'): FakeElement[] {
  const made: FakeElement[] = [];
  const document = {
    querySelectorAll: (asked: string) => (asked === `table${selector}` ? [table] : []),
    createElement: () => {
      const element = new FakeElement();
      made.push(element);
      return element;
    },
  };
  runInContext(htmlScript, createContext({ document }));
  return made;
}

function click(button: FakeElement | undefined): void {
  button?.listeners.get('click')?.();
}

describe('sorting', () => {
  const rest = (text: string): FakeRow => {
    const row = new FakeRow([{ text }]);
    row.setAttribute('data-rest', '');
    return row;
  };

  test('numbers by value, largest first, then smallest, then as it was', () => {
    const size = header('size', 'data-numeric');
    const table = new FakeTable(
      [header('name'), size],
      [
        new FakeRow([{ text: 'none' }, { text: '-' }]),
        new FakeRow([{ text: 'kib' }, { text: '900 KiB', value: 921_600 }]),
        new FakeRow([{ text: 'mib' }, { text: '1.2 MiB', value: 1_258_291 }]),
        rest('and 3 more'),
      ],
    );
    const [, button] = run(table, '[data-sortable]');
    click(button);
    expect(size.getAttribute('aria-sort')).toBe('descending');
    expect(table.texts).toEqual(['mib', 'kib', 'none', 'and 3 more']);
    click(button);
    expect(size.getAttribute('aria-sort')).toBe('ascending');
    expect(table.texts).toEqual(['kib', 'mib', 'none', 'and 3 more']);
    click(button);
    expect(size.getAttribute('aria-sort')).toBeNull();
    expect(table.texts).toEqual(['none', 'kib', 'mib', 'and 3 more']);
  });

  test('names with numbers in their natural order, one column at a time', () => {
    const [name, other] = [header('name'), header('other')];
    const rows = ['layer.10', 'Layer.9', 'layer.1'].map(
      (text) => new FakeRow([{ text }, { text: 'x' }]),
    );
    const table = new FakeTable([name, other], rows);
    const [first, second] = run(table, '[data-sortable]');
    click(first);
    expect(table.texts).toEqual(['layer.1', 'Layer.9', 'layer.10']);
    click(second);
    expect(name.getAttribute('aria-sort')).toBeNull();
    expect(other.getAttribute('aria-sort')).toBe('ascending');
    expect(table.texts).toEqual(['layer.10', 'Layer.9', 'layer.1']);
  });

  test('a single row needs no buttons', () => {
    expect(
      run(new FakeTable([header('a')], [new FakeRow([{ text: 'x' }])]), '[data-sortable]'),
    ).toEqual([]);
  });
});

test('filtering shows the rows that have every word', () => {
  const rows = ['MatMul query', 'MatMul key', 'Add key'].map((text) => new FakeRow([{ text }]));
  const table = new FakeTable([header('a')], rows);
  const [, input, count] = run(table, '[data-filter]');
  if (input === undefined || count === undefined) throw new Error('there is no box');
  expect(input.placeholder).toBe('Filter 3 rows');
  input.value = 'KEY mat';
  input.listeners.get('input')?.();
  expect(table.texts).toEqual(['MatMul key']);
  expect(count.textContent).toBe('1 shown');
  input.value = '';
  input.listeners.get('input')?.();
  expect(table.texts).toHaveLength(3);
  expect(count.textContent).toBe('');
});
