import { MlkitError } from '../errors.ts';
import type { Shape, ValueType } from '../graph/index.ts';
import { formatBytes, formatCount } from '../report/index.ts';
import {
  type DataType,
  dataTypes,
  elementCountOf,
  type Tensor,
  toFloat64,
} from '../tensor/index.ts';
import {
  commentText,
  elementTypeToken,
  float32Token,
  float64Token,
  isIdentifier,
  losesCharacters,
  nameToken,
  stringToken,
} from './print-token.ts';
import type { Noted } from './print-writer.ts';

/** Bytes of text that one string may have for each element that a list may have. */
const bytesPerElement = 64;

/** A type, or null where the syntax has no words for it. */
export function typeToken(type: ValueType | null): string | null {
  switch (type?.kind) {
    case 'tensor':
      return tensorTypeToken(type.elementType, type.shape);
    case 'sparse-tensor': {
      const tensor = tensorTypeToken(type.elementType, type.shape);
      return tensor === null ? null : `sparse_tensor(${tensor})`;
    }
    case 'sequence':
    case 'optional': {
      const element = typeToken(type.element);
      const word = type.kind === 'sequence' ? 'seq' : 'optional';
      return element === null ? null : `${word}(${element})`;
    }
    case 'map': {
      const value = typeToken(type.value);
      if (type.keyType === null || value === null) return null;
      return `map(${elementTypeToken(type.keyType)}, ${value})`;
    }
    case 'opaque':
      return opaqueToken(type.domain, type.name);
    case 'unknown':
    case undefined:
      return null;
  }
}

/** `float` is a scalar, and `float[]` a tensor of unknown rank. */
function tensorTypeToken(dtype: DataType | null, shape: Shape | null): string | null {
  if (dtype === null) return null;
  if (shape === null) return `${elementTypeToken(dtype)}[]`;
  if (shape.length === 0) return elementTypeToken(dtype);
  const dimensions = shape.map((dimension) => {
    if (dimension === null) return '?';
    return typeof dimension === 'number' ? String(dimension) : nameToken(dimension);
  });
  return `${elementTypeToken(dtype)}[${dimensions.join(',')}]`;
}

function opaqueToken(domain: string, name: string): string | null {
  const parts = domain === '' ? name : `${domain}.${name}`;
  if (parts !== '' && !parts.split('.').every(isIdentifier)) return null;
  if (domain === '') return `opaque(${name})`;
  return isIdentifier(name) ? `opaque(${domain},${name})` : null;
}

/**
 * The elements of a constant: `{1, 2}`, a reference to a data file, or `{}` with a remark where they
 * are too many. Reads no bytes of what it does not show.
 *
 * Floats of 16 bits and below are bit patterns in the syntax, and 2- and 4-bit elements packed
 * bytes; a remark has their values.
 */
export function tensorLiteral(tensor: Tensor, maxElements: number): Noted {
  const { external } = tensor.storage;
  if (external !== undefined) {
    const entries = [`"location": ${stringToken(external.location)}`];
    if (external.offset > 0) entries.push(`"offset": "${external.offset}"`);
    if (external.length !== null) entries.push(`"length": "${external.length}"`);
    return { text: `[${entries.join(', ')}]`, notes: [] };
  }
  const count = elementCountOf(tensor.dims);
  if (count === null) return { text: '{}', notes: ['impossible shape'] };
  if (count > maxElements) {
    const size = formatBytes(tensor.byteLength);
    return { text: '{}', notes: [`${formatCount(count)} elements (${size}) not shown`] };
  }
  if (tensor.elementType === 'string') return stringsLiteral(tensor, count, maxElements);
  try {
    return elementsLiteral(tensor);
  } catch (error) {
    if (!(error instanceof MlkitError)) throw error;
    return { text: '{}', notes: [commentText(error.message)] };
  }
}

function elementsLiteral(tensor: Tensor): Noted {
  const { bits, kind } = dataTypes[tensor.dtype];
  const data = tensor.data();
  let tokens: string[];
  if (data instanceof Float32Array) tokens = Array.from(data, float32Token);
  else if (data instanceof Float64Array) tokens = Array.from(data, float64Token);
  else if (bits < 6) tokens = Array.from(tensor.storage.bytes(), String);
  else tokens = Array.from<number | bigint, string>(data, String);
  const isCoded = bits < 8 || (kind === 'float' && bits < 32);
  const notes =
    isCoded && data.length > 0
      ? [`stands for ${Array.from(toFloat64(tensor.dtype, data), float32Token).join(', ')}`]
      : [];
  return { text: `{${tokens.join(', ')}}`, notes };
}

function stringsLiteral(tensor: Tensor, count: number, maxElements: number): Noted {
  const strings = tensor.storage.strings ?? [];
  if (strings.length !== count) {
    return { text: '{}', notes: [`${strings.length} strings for ${count} elements`] };
  }
  const tokens = strings.map((each) => bytesLiteral(each, maxElements));
  return {
    text: `{${tokens.map((each) => each.text).join(', ')}}`,
    notes: [...new Set(tokens.flatMap((each) => each.notes))],
  };
}

/** A string that the model holds as bytes. */
export function bytesLiteral(bytes: Uint8Array, maxElements: number): Noted {
  const room = maxElements * bytesPerElement;
  if (bytes.byteLength > room) {
    const start = bytes.subarray(0, room);
    return {
      text: stringToken(`${new TextDecoder().decode(start)}…`),
      notes: [`${formatBytes(bytes.byteLength)} of text not shown in full`],
    };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const notes = losesCharacters(text) ? ['control characters shown as escapes'] : [];
    return { text: stringToken(text), notes };
  } catch {
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return { text: `"${hex}"`, notes: [`${bytes.byteLength} bytes that are no text, in hex`] };
  }
}

/** A string of the model. */
export function textLiteral(text: string, maxElements: number): Noted {
  return bytesLiteral(new TextEncoder().encode(text), maxElements);
}
