import { expect, test } from 'vitest';
import { TailBuffer } from '../../src/runtime/tail-buffer.ts';

function tail(limit: number, ...chunks: string[]): string {
  const buffer = new TailBuffer(limit);
  for (const chunk of chunks) buffer.push(Buffer.from(chunk));
  return buffer.text();
}

test.each<[number, string[], string]>([
  [10, [], ''],
  [10, ['abc', 'def'], 'abcdef'],
  [4, ['abc', 'def'], 'cdef'],
  [3, ['abc', 'def'], 'def'],
  [2, ['abcdefgh'], 'gh'],
  [5, ['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'cdefg'],
])('the last %i bytes of %j are %j', (limit, chunks, expected) => {
  expect(tail(limit, ...chunks)).toBe(expected);
});
