export interface ReadNumber {
  readonly value: number | bigint;
  /** Whether it has a unit of bytes: 1MB, and not 1M. */
  readonly isBytes: boolean;
}

const numberForm = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?:([kmgtp])(i?)(b?)|(b))?$/i;

const powers = 'kmgtp';

/**
 * A number with an optional unit: `12`, `-1`, `1.5e6`, `1M` (10⁶), `1MB` (10⁶ bytes), `64KiB` (65,536
 * bytes). Whole numbers beyond ±(2^53 - 1) are bigints, so that they stay exact. Null: something else.
 */
export function readNumber(text: string): ReadNumber | null {
  const parts = numberForm.exec(text);
  if (parts === null) return null;
  const [, digits = '', prefix = '', binary = '', byte = '', plainByte = ''] = parts;
  const isBytes = byte !== '' || plainByte !== '';
  // Ki and so on are units of bytes only.
  if (binary !== '' && byte === '') return null;
  if (prefix === '' && /^[+-]?\d+$/.test(digits) && !Number.isSafeInteger(Number(digits))) {
    return { value: BigInt(digits.replace('+', '')), isBytes };
  }
  const power = prefix === '' ? 0 : powers.indexOf(prefix.toLowerCase()) + 1;
  return { value: Number(digits) * (binary === '' ? 1000 : 1024) ** power, isBytes };
}
