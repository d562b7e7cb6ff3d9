import { describe, expect, test } from 'vitest';
import { memorySource } from '../../src/onnx/source.ts';
import { decodeText, encodeText } from '../../src/onnx/text.ts';

function decode(bytes: Uint8Array): string {
  return decodeText(memorySource(bytes), 0, bytes.length);
}

describe('text of the file', () => {
  test.each(['', 'plain', 'ä ✓ \u{1f600}', 'a real \ufffd stays', '\u0000\u001b'])(
    'valid UTF-8 goes both ways: %j',
    (text) => {
      const bytes = Buffer.from(text, 'utf8');
      expect(decode(bytes)).toBe(text);
      expect(Buffer.from(encodeText(text))).toEqual(bytes);
    },
  );

  test.each([
    [[0xff]],
    [[0x61, 0x80, 0x62]],
    [[0xc3]],
    [[0xed, 0xa0, 0x80]],
    [[0xf5, 0x80, 0x80, 0x80]],
  ])('bytes that are not UTF-8 come back as they were: %j', (bytes) => {
    const text = decode(Uint8Array.from(bytes));
    expect([...encodeText(text)]).toEqual(bytes);
  });

  test('different invalid names stay different', () => {
    expect(decode(Uint8Array.of(0xfe))).not.toBe(decode(Uint8Array.of(0xff)));
  });
});
