import { describe, expect, test } from 'vitest';
import type { Piece, WireTensor } from '../../src/runtime/protocol.ts';
import { PieceAssembler, sendLargeTensors } from '../../src/runtime/transfer.ts';

const mebibyte = 1 << 20;

function tensor(name: string, size: number, seed: number): WireTensor {
  const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31 + seed) % 251);
  return { name, dtype: 'uint8', dims: [size], bytes, strings: null };
}

describe('large tensors', () => {
  test('travel in pieces of at most 1 MiB and come out as they went in', async () => {
    const tensors = [
      tensor('small', 10, 1),
      tensor('large', 2 * mebibyte + 17, 2),
      tensor('limit', mebibyte, 3),
      tensor('other', mebibyte + 1, 4),
      { ...tensor('text', 0, 0), bytes: null, strings: ['a'] },
    ];
    const pieces: Piece[] = [];
    let sending = 0;
    const rest = await sendLargeTensors(tensors, async (message) => {
      expect(++sending).toBe(1);
      await Promise.resolve();
      sending--;
      pieces.push(message as Piece);
    });
    expect(pieces.map((piece) => piece.data.byteLength)).toEqual([
      mebibyte,
      mebibyte,
      17,
      mebibyte,
      1,
    ]);
    expect(rest.map((each) => each.bytes?.byteLength ?? null)).toEqual([
      10,
      null,
      mebibyte,
      null,
      null,
    ]);
    const assembler = new PieceAssembler();
    for (const piece of pieces) assembler.accept(piece);
    const back = assembler.complete(rest);
    expect(back.map(({ name }) => name)).toEqual(tensors.map(({ name }) => name));
    for (const [index, each] of back.entries()) {
      expect(
        Buffer.compare(each.bytes ?? Buffer.alloc(0), tensors[index]?.bytes ?? Buffer.alloc(0)),
      ).toBe(0);
    }
  });

  test('a tensor whose pieces did not come is a defect', () => {
    const missing = { ...tensor('x', 5, 1), bytes: null };
    expect(() => new PieceAssembler().complete([missing])).toThrow(/"x"/);
  });
});
