import { type PickleCursor, PickleDamage } from './pickle-cursor.ts';
import type { PickleMachine } from './pickle-machine.ts';
import { type PickleValue, unknownValue } from './pickle-values.ts';

type Operation = (machine: PickleMachine, cursor: PickleCursor) => void;

/** What is in a line of an old pickle between quotes; escapes are left to be unknown. */
function quotedText(line: string): PickleValue {
  const text = line.trim().slice(1, -1);
  return text.includes('\\') ? unknownValue : text;
}

/** Of the escapes that a line of Unicode may have, `\uXXXX` is read; a doubled backslash is not. */
function escapedText(line: string): PickleValue {
  if (/\\(?!u[\da-f]{4}|U00[\da-f]{6})/i.test(line)) return unknownValue;
  return line.replaceAll(
    /\\u([\da-f]{4})|\\U([\da-f]{8})/gi,
    (_, short?: string, long?: string) => {
      const point = Number.parseInt(short ?? long ?? '', 16);
      return point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point);
    },
  );
}

function wholeNumber(line: string): PickleValue {
  if (line === '00') return false;
  if (line === '01') return true;
  const digits = line.trim().replace(/L$/, '');
  return /^[-+]?\d{1,15}$/.test(digits) ? Number(digits) : unknownValue;
}

/** A whole number in so many bytes, the lowest first, in two's complement. */
function longNumber(machine: PickleMachine, cursor: PickleCursor, bytes: number): void {
  if (bytes > 8) {
    cursor.skip(bytes);
    machine.push(unknownValue);
    return;
  }
  let value = 0n;
  for (let at = 0; at < bytes; at += 1) value |= BigInt(cursor.uint8()) << BigInt(8 * at);
  const signed = BigInt.asIntN(8 * bytes, value);
  machine.push(Number.isSafeInteger(Number(signed)) ? Number(signed) : signed);
}

/**
 * The operations of protocols 0 to 5, by the character that stands for each.
 *
 * Source: https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
export const operations: Readonly<Record<string, Operation>> = {
  // Of the pickle itself.
  '\u0080': (machine, cursor) => {
    machine.protocol = cursor.uint8();
  },
  '\u0095': (_, cursor) => void cursor.uint64(),
  // The stack.
  '(': (machine) => machine.mark(),
  '0': (machine) => machine.pop(),
  '1': (machine) => void machine.popMark(),
  '2': (machine) => machine.push(machine.top),
  // The memo.
  p: (machine, cursor) => machine.keep(Number(cursor.line())),
  q: (machine, cursor) => machine.keep(cursor.uint8()),
  r: (machine, cursor) => machine.keep(cursor.uint32()),
  '\u0094': (machine) => machine.keepNext(),
  g: (machine, cursor) => machine.recall(Number(cursor.line())),
  h: (machine, cursor) => machine.recall(cursor.uint8()),
  j: (machine, cursor) => machine.recall(cursor.uint32()),
  // Constants and numbers.
  N: (machine) => machine.push(null),
  '\u0088': (machine) => machine.push(true),
  '\u0089': (machine) => machine.push(false),
  I: (machine, cursor) => machine.push(wholeNumber(cursor.line())),
  L: (machine, cursor) => machine.push(wholeNumber(cursor.line())),
  F: (machine, cursor) => machine.push(Number(cursor.line())),
  J: (machine, cursor) => machine.push(cursor.int32()),
  K: (machine, cursor) => machine.push(cursor.uint8()),
  M: (machine, cursor) => machine.push(cursor.uint16()),
  G: (machine, cursor) => machine.push(cursor.float64BigEndian()),
  '\u008a': (machine, cursor) => longNumber(machine, cursor, cursor.uint8()),
  '\u008b': (machine, cursor) => longNumber(machine, cursor, lengthOf(cursor.int32())),
  // Texts and bytes.
  S: (machine, cursor) => machine.push(quotedText(cursor.line())),
  T: (machine, cursor) => machine.text(lengthOf(cursor.int32()), 'latin1'),
  U: (machine, cursor) => machine.text(cursor.uint8(), 'latin1'),
  V: (machine, cursor) => machine.push(escapedText(cursor.line())),
  X: (machine, cursor) => machine.text(cursor.uint32(), 'utf8'),
  '\u008c': (machine, cursor) => machine.text(cursor.uint8(), 'utf8'),
  '\u008d': (machine, cursor) => machine.text(cursor.uint64(), 'utf8'),
  B: (machine, cursor) => machine.bytes(cursor.uint32()),
  C: (machine, cursor) => machine.bytes(cursor.uint8()),
  '\u008e': (machine, cursor) => machine.bytes(cursor.uint64()),
  '\u0096': (machine, cursor) => machine.bytes(cursor.uint64()),
  '\u0097': (machine) => machine.push(unknownValue),
  '\u0098': () => undefined,
  // Containers.
  ')': (machine) => machine.list([]),
  t: (machine) => machine.list(machine.popMark()),
  '\u0085': (machine) => machine.listOf(1),
  '\u0086': (machine) => machine.listOf(2),
  '\u0087': (machine) => machine.listOf(3),
  ']': (machine) => machine.list([]),
  l: (machine) => machine.list(machine.popMark()),
  a: (machine) => machine.appendOne(),
  e: (machine) => machine.append(machine.popMark()),
  '}': (machine) => machine.dict([]),
  d: (machine) => machine.dict(machine.popMark()),
  s: (machine) => machine.setItem(),
  u: (machine) => machine.setItems(machine.popMark()),
  '\u008f': (machine) => machine.list([]),
  '\u0090': (machine) => machine.append(machine.popMark()),
  '\u0091': (machine) => machine.list(machine.popMark()),
  // Classes, functions and calls.
  c: (machine, cursor) => machine.global(cursor.line(), cursor.line()),
  '\u0093': (machine) => machine.globalFromStack(),
  '\u0082': (machine, cursor) => machine.globalByNumber(cursor.uint8()),
  '\u0083': (machine, cursor) => machine.globalByNumber(cursor.uint16()),
  '\u0084': (machine, cursor) => machine.globalByNumber(cursor.int32()),
  R: (machine) => machine.reduce(),
  '\u0081': (machine) => machine.reduce(),
  '\u0092': (machine) => machine.newObjectWithKeywords(),
  o: (machine) => machine.callMarked(),
  i: (machine, cursor) => machine.callGlobal(cursor.line(), cursor.line()),
  b: (machine) => machine.build(),
  // What is kept outside.
  P: (machine, cursor) => machine.persistent(cursor.line()),
  Q: (machine) => machine.persistentFromStack(),
};

function lengthOf(value: number): number {
  if (value < 0) throw new PickleDamage(`a length is ${value}`);
  return value;
}
