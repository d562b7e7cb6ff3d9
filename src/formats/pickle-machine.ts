import type { FindingList } from './finding-list.ts';
import { PickleCursor, PickleDamage } from './pickle-cursor.ts';
import type { GlobalList } from './pickle-globals.ts';
import { inlineArrayBytes } from './pickle-joblib.ts';
import { operations } from './pickle-operations.ts';
import {
  globalName,
  isObject,
  itemsOf,
  type PickleCall,
  type PickleValue,
  unknownValue,
} from './pickle-values.ts';
import { type ByteSource, overLimit, sectionOf } from './source.ts';

/** Operations in one file; a state dict has some ten thousand, a list of a million numbers as many. */
const mostOperations = 20_000_000;
/** Texts longer than this are no names, and kept only by their place. */
const mostTextBytes = 4096;
/** That a pickle in a pickle counts for, since starting to read one costs more than going on. */
const operationsOfPickle = 50;
const deepestPickle = 8;

/**
 * Looks through a pickle without running it: the operations of protocols 0 to 5, in their order,
 * with a stack that holds descriptions instead of objects. Nothing is imported, called or made.
 *
 * All names of classes and functions go to `globals`. A pickle may end early or be wrong and still
 * have done harm by then, so what was found counts, and the damage is a finding.
 *
 * Source: https://docs.python.org/3/library/pickletools.html, and the comments in
 * https://github.com/python/cpython/blob/main/Lib/pickletools.py
 *
 * @returns What each of the pickles in the file would be, in their order.
 * @throws MlkitError LIMIT_EXCEEDED for one that is too long to be looked through.
 */
export function scanPickle(
  source: ByteSource,
  globals: GlobalList,
  findings: FindingList,
): PickleScan {
  const budget = { operations: mostOperations };
  return scanFrom(new PickleCursor(source), { globals, findings, budget }, 0);
}

export interface PickleScan {
  readonly values: readonly PickleValue[];
  /** Of the first pickle; 0 where it says none. */
  readonly protocol: number;
  /** Where the last pickle ends. */
  readonly end: number;
  /** Whether all were read to their end. */
  readonly isWhole: boolean;
}

interface Context {
  readonly globals: GlobalList;
  readonly findings: FindingList;
  /** Operations that may still come. */
  readonly budget: { operations: number };
}

function scanFrom(cursor: PickleCursor, context: Context, depth: number): PickleScan {
  const values: PickleValue[] = [];
  let protocol: number | null = null;
  let end = cursor.position;
  // After the first, only what begins as a pickle does: storages and other bytes may follow.
  while (!cursor.isAtEnd && (values.length === 0 || cursor.peek() === protocolOperation)) {
    const machine = new PickleMachine(cursor, context, depth);
    try {
      values.push(machine.run());
      end = cursor.position;
    } catch (error) {
      if (!(error instanceof PickleDamage)) throw error;
      // Bytes after a whole pickle that only look like one are no damage.
      if (values.length > 0 && !machine.hasNames) break;
      const message = `the pickle in ${cursor.source.label} is damaged: ${error.message}`;
      context.findings.add('error', 'pickle-damaged', message);
      return { values, protocol: protocol ?? machine.protocol, end, isWhole: false };
    }
    protocol ??= machine.protocol;
  }
  return { values, protocol: protocol ?? 0, end, isWhole: values.length > 0 };
}

/** The operation that names the protocol, which every pickle from protocol 2 on begins with. */
const protocolOperation = 0x80;

/** What one pickle does. */
export class PickleMachine {
  protocol = 0;
  /** Whether it names a class or function. */
  hasNames = false;
  readonly #cursor: PickleCursor;
  readonly #context: Context;
  readonly #depth: number;
  readonly #marked: PickleValue[][] = [];
  readonly #memo = new Map<number, PickleValue>();
  #stack: PickleValue[] = [];

  constructor(cursor: PickleCursor, context: Context, depth: number) {
    this.#cursor = cursor;
    this.#context = context;
    this.#depth = depth;
    context.budget.operations -= operationsOfPickle;
    if (depth > deepestPickle) {
      throw overLimit(cursor.source, `it has pickles within pickles, over ${deepestPickle} deep`);
    }
  }

  /** Goes to the end of the pickle; what it would be. */
  run(): PickleValue {
    const cursor = this.#cursor;
    for (;;) {
      this.#context.budget.operations -= 1;
      if (this.#context.budget.operations < 0) {
        throw overLimit(cursor.source, `it has over ${mostOperations} pickle operations`);
      }
      const at = cursor.position;
      const code = String.fromCharCode(cursor.uint8());
      if (code === '.') return this.#pop();
      const operation = operations[code];
      if (operation === undefined) {
        const hex = code.charCodeAt(0).toString(16);
        throw new PickleDamage(`there is no operation 0x${hex} (at byte ${at})`);
      }
      operation(this, cursor);
    }
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  /** A stack that is too short would stop Python; here it goes on, so that nothing is hidden. */
  #pop(): PickleValue {
    return this.#stack.pop() ?? this.#marked.at(-1)?.pop() ?? unknownValue;
  }

  pop(): void {
    // A mark is popped as a value is.
    if (this.#stack.length === 0 && this.#marked.length > 0) this.popMark();
    else this.#stack.pop();
  }

  get top(): PickleValue {
    return this.#stack.at(-1) ?? unknownValue;
  }

  mark(): void {
    this.#marked.push(this.#stack);
    this.#stack = [];
  }

  /** What was pushed since the last mark. */
  popMark(): PickleValue[] {
    const items = this.#stack;
    this.#stack = this.#marked.pop() ?? [];
    return items;
  }

  list(items: PickleValue[]): void {
    this.push({ kind: 'list', items });
  }

  listOf(count: number): void {
    const items = Array.from({ length: count }, () => this.#pop()).toReversed();
    this.list(items);
  }

  dict(items: readonly PickleValue[]): void {
    const entries: [PickleValue, PickleValue][] = [];
    addEntries(entries, items);
    this.push({ kind: 'dict', entries });
  }

  append(items: readonly PickleValue[]): void {
    const target = this.top;
    if (isObject(target) && (target.kind === 'list' || target.kind === 'call')) {
      for (const item of items) target.items.push(item);
    }
  }

  appendOne(): void {
    const item = this.#pop();
    this.append([item]);
  }

  setItems(items: readonly PickleValue[]): void {
    const target = this.top;
    if (isObject(target) && (target.kind === 'dict' || target.kind === 'call')) {
      addEntries(target.entries, items);
    }
  }

  setItem(): void {
    const value = this.#pop();
    const key = this.#pop();
    this.setItems([key, value]);
  }

  keep(index: number): void {
    this.#memo.set(index, this.top);
  }

  keepNext(): void {
    this.keep(this.#memo.size);
  }

  recall(index: number): void {
    this.push(this.#memo.get(index) ?? unknownValue);
  }

  text(bytes: number, encoding: 'utf8' | 'latin1'): void {
    if (bytes > mostTextBytes) this.bytes(bytes);
    else this.push(this.#cursor.text(bytes, encoding));
  }

  bytes(count: number): void {
    const start = this.#cursor.position;
    this.#cursor.skip(count);
    this.push({ kind: 'bytes', start, end: start + count });
  }

  global(module: string, name: string): void {
    this.hasNames = true;
    this.push({ kind: 'global', name: this.#context.globals.name(module, name) });
  }

  /** The name of a class or function that was put together on the stack. */
  globalFromStack(): void {
    const name = this.#pop();
    const module = this.#pop();
    if (typeof name === 'string' && typeof module === 'string') this.global(module, name);
    else this.#hiddenName('it does not say plainly which class or function it takes');
  }

  /** One that was registered under a number in the program that reads it. */
  globalByNumber(code: number): void {
    this.#hiddenName(`it takes the class or function registered under ${code}`);
  }

  #hiddenName(what: string): void {
    this.hasNames = true;
    const message = `the pickle in ${this.#cursor.source.label} hides a name: ${what}`;
    this.#context.findings.add('error', 'pickle-global-hidden', message);
    this.push(unknownValue);
  }

  persistent(id: PickleValue): void {
    this.push({ kind: 'persistent', id });
  }

  persistentFromStack(): void {
    this.persistent(this.#pop());
  }

  /** A call of what is below its arguments. */
  reduce(): void {
    const args = this.#pop();
    this.#call(this.#pop(), itemsOf(args));
  }

  newObjectWithKeywords(): void {
    this.#pop();
    this.reduce();
  }

  /** A call of the first of what was pushed since the last mark. */
  callMarked(): void {
    const [callee = unknownValue, ...args] = this.popMark();
    this.#call(callee, args);
  }

  callGlobal(module: string, name: string): void {
    const args = this.popMark();
    this.global(module, name);
    this.#call(this.#pop(), args);
  }

  #call(callee: PickleValue, args: readonly PickleValue[]): void {
    const name = globalName(callee);
    if (name !== null) this.#context.globals.call(name);
    this.push({ kind: 'call', callee, args, state: undefined, items: [], entries: [] });
    const [first] = args;
    if (name === nestedLoader && isObject(first) && first.kind === 'bytes') {
      this.#scanInner(first.start, first.end);
    }
  }

  /** Looks through bytes that loading the pickle would load in turn. */
  #scanInner(start: number, end: number): void {
    const { source } = this.#cursor;
    const inner = new PickleCursor(sectionOf(source, start, end, source.label));
    if (inner.peek() === protocolOperation) scanFrom(inner, this.#context, this.#depth + 1);
    else {
      const message = `the pickle in ${source.label} holds another file, which was not looked through`;
      this.#context.findings.add('warning', 'pickle-inner-file', message);
    }
  }

  /** Fills the object on the stack; its own code does that in Python. */
  build(): void {
    const state = this.#pop();
    const target = this.top;
    if (!isObject(target) || target.kind !== 'call') return;
    target.state = state;
    this.#skipInlineArray(target);
  }

  /** Joblib puts the elements of arrays between the operations. */
  #skipInlineArray(target: PickleCall): void {
    const array = inlineArrayBytes(target);
    if (array === null) return;
    this.#context.findings.once(
      'warning',
      'pickle-joblib',
      `the pickle in ${this.#cursor.source.label} has arrays between its operations, as joblib writes them; pickle.load would do something else with it, which was not looked at`,
      'Load it with joblib.load only.',
    );
    if (array.hasPadding) this.#cursor.skip(this.#cursor.uint8());
    if (array.bytes !== null) this.#cursor.skip(array.bytes);
    else if (array.isObjects) new PickleMachine(this.#cursor, this.#context, this.#depth + 1).run();
    else throw new PickleDamage('it holds an array of joblib of no known size');
  }
}

/** What pickles of tensors call on bytes that are a pickle themselves. */
const nestedLoader = 'torch.storage._load_from_bytes';

function addEntries(entries: [PickleValue, PickleValue][], items: readonly PickleValue[]): void {
  for (let at = 0; at + 1 < items.length; at += 2) {
    entries.push([items[at] ?? unknownValue, items[at + 1] ?? unknownValue]);
  }
}
