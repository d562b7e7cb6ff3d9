import { Buffer } from 'node:buffer';
import type { ByteSource } from './source.ts';

/**
 * Text of protobuf strings. They should be UTF-8 and sometimes are not; names that differ must stay
 * different and go back to the same bytes, so each byte that is not UTF-8 becomes one lone surrogate
 * (U+DC80 to U+DCFF), which no valid text contains.
 *
 * Source: the escape scheme of PEP 383, https://peps.python.org/pep-0383/.
 */
export function decodeText(source: ByteSource, start: number, end: number): string {
  const text = source.utf8(start, end);
  // A replacement character means invalid bytes, or that the text really contains one.
  if (!text.includes('\ufffd')) return text;
  const bytes = source.read(start, end);
  return Buffer.from(text, 'utf8').equals(bytes) ? text : decodeEscaping(bytes);
}

/** The inverse of {@link decodeText}. */
export function encodeText(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return Buffer.from(text, 'utf8');
  const parts: Uint8Array[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const isEscape = code >= 0xdc80 && code <= 0xdcff;
    parts.push(isEscape ? Uint8Array.of(code - 0xdc00) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}

function decodeEscaping(bytes: Uint8Array): string {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] ?? 0;
    const length = sequenceLength(lead);
    const piece = bytes.subarray(at, at + length);
    try {
      if (length === 0 || piece.length < length) throw new TypeError('not UTF-8');
      text += strict.decode(piece);
      at += length;
    } catch {
      text += String.fromCharCode(0xdc00 + lead);
      at += 1;
    }
  }
  return text;
}

/** Bytes that the UTF-8 sequence starting with `lead` takes; 0 when none starts with it. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}
