import { type ByteSource, malformed } from './source.ts';

/** A JSON value: whole numbers beyond 2^53 are bigints, and objects are maps (a key may be `__proto__`). */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

/** Honest files nest some ten levels. */
const deepest = 200;

/**
 * Reads a JSON text, exactly: no digit of a large whole number is lost, and keys that are there
 * twice are told of. The words NaN, Infinity and -Infinity, which Python writes, are numbers.
 *
 * @param onDuplicate Told of each key that its object has already; the last one counts.
 * @throws MlkitError MODEL_MALFORMED.
 */
export function parseJson(
  source: ByteSource,
  text: string,
  onDuplicate?: (key: string) => void,
): Json {
  return new JsonReader(source, text, onDuplicate ?? (() => undefined)).read();
}

export function asObject(value: Json | undefined): JsonObject | null {
  return value instanceof Map ? value : null;
}

export function asArray(value: Json | undefined): readonly Json[] | null {
  return Array.isArray(value) ? (value as readonly Json[]) : null;
}

export function asText(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** A whole number from 0 to 2^53 - 1, as sizes and offsets are. */
export function asSize(value: Json | undefined): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

class JsonReader {
  readonly #source: ByteSource;
  readonly #text: string;
  readonly #onDuplicate: (key: string) => void;
  #at = 0;

  constructor(source: ByteSource, text: string, onDuplicate: (key: string) => void) {
    this.#source = source;
    this.#text = text;
    this.#onDuplicate = onDuplicate;
  }

  read(): Json {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#error('the end is expected');
    return value;
  }

  #value(depth: number): Json {
    if (depth > deepest) throw this.#error(`its JSON nests deeper than ${deepest}`);
    this.#space();
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#string();
    const word = this.#match(/true|false|null|NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y);
    switch (word) {
      case null:
        throw this.#error('a value is expected');
      case 'true':
        return true;
      case 'false':
        return false;
      case 'null':
        return null;
      default: {
        const number = Number(word);
        return /^-?\d+$/.test(word) && !Number.isSafeInteger(number) ? BigInt(word) : number;
      }
    }
  }

  #object(depth: number): JsonObject {
    const entries = new Map<string, Json>();
    this.#at += 1;
    if (this.#take('}')) return entries;
    do {
      this.#space();
      if (this.#text[this.#at] !== '"') throw this.#error('a key is expected');
      const key = this.#string();
      if (!this.#take(':')) throw this.#error('":" is expected');
      if (entries.has(key)) this.#onDuplicate(key);
      entries.set(key, this.#value(depth + 1));
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#error('"," or "}" is expected');
    return entries;
  }

  #array(depth: number): Json[] {
    const items: Json[] = [];
    this.#at += 1;
    if (this.#take(']')) return items;
    do items.push(this.#value(depth + 1));
    while (this.#take(','));
    if (!this.#take(']')) throw this.#error('"," or "]" is expected');
    return items;
  }

  #string(): string {
    // oxlint-disable-next-line no-control-regex -- JSON has none in its strings
    const plain = this.#match(/"[^"\\\u0000-\u001f]*"/y);
    if (plain !== null) return plain.slice(1, -1);
    const start = this.#at;
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== '"') {
      end += this.#text[end] === '\\' ? 2 : 1;
    }
    try {
      const string = JSON.parse(this.#text.slice(start, end + 1)) as string;
      this.#at = end + 1;
      return string;
    } catch {
      throw this.#error('a string is damaged or not closed');
    }
  }

  #take(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
  }

  #space(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? '.')) this.#at += 1;
  }

  #error(what: string): Error {
    return malformed(this.#source, `its JSON is damaged at character ${this.#at}: ${what}`);
  }
}
