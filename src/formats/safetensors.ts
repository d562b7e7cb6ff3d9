import type { DataType } from '../tensor/index.ts';
import { FindingList } from './finding-list.ts';
import type { ForeignFile, ForeignTensor } from './foreign-file.ts';
import {
  asArray,
  asObject,
  asSize,
  asText,
  type Json,
  type JsonObject,
  parseJson,
} from './json.ts';
import { type ByteSource, malformed, overLimit, utf8 } from './source.ts';
import { tensorBytes } from './tensor-bytes.ts';

/** Bytes of the number at the start that says how long the header is. */
const lengthBytes = 8;
/** That the reference implementation reads. */
const mostHeaderBytes = 100_000_000;

const types: Readonly<Record<string, DataType>> = {
  BOOL: 'bool',
  U8: 'uint8',
  I8: 'int8',
  U16: 'uint16',
  I16: 'int16',
  U32: 'uint32',
  I32: 'int32',
  U64: 'uint64',
  I64: 'int64',
  F16: 'float16',
  BF16: 'bfloat16',
  F32: 'float32',
  F64: 'float64',
  C64: 'complex64',
  F8_E4M3: 'float8e4m3fn',
  F8_E4M3FNUZ: 'float8e4m3fnuz',
  F8_E5M2: 'float8e5m2',
  F8_E5M2FNUZ: 'float8e5m2fnuz',
  F8_E8M0: 'float8e8m0',
  F6_E2M3: 'float6e2m3',
  F6_E3M2: 'float6e3m2',
  F4: 'float4e2m1',
};

/** Where a tensor lies after the header. */
interface Span {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

/**
 * What the header of a safetensors file says, held against the format's own rules. No tensor is
 * read.
 *
 * Source: https://github.com/huggingface/safetensors#format
 *
 * @throws MlkitError MODEL_MALFORMED, LIMIT_EXCEEDED when the header cannot be read.
 */
export function readSafetensors(source: ByteSource): ForeignFile {
  if (source.size < lengthBytes) throw malformed(source, `it has ${source.size} bytes`);
  const headerBytes = Number(Buffer.from(source.read(0, lengthBytes)).readBigUInt64LE());
  if (headerBytes > mostHeaderBytes) {
    throw overLimit(
      source,
      `its header would have ${headerBytes} bytes; at most ${mostHeaderBytes} may be`,
    );
  }
  const dataStart = lengthBytes + headerBytes;
  if (dataStart > source.size) {
    throw malformed(
      source,
      `its header would have ${headerBytes} bytes, and the file has ${source.size}`,
    );
  }
  const findings = new FindingList();
  const text = utf8(source.read(lengthBytes, dataStart));
  if (!text.startsWith('{')) throw malformed(source, 'its header does not start with "{"');
  const header = asObject(
    parseJson(source, text, (key) =>
      findings.add('error', 'name-duplicate', `"${key}" is in the header twice`, key),
    ),
  );
  if (header === null) throw malformed(source, 'its header is no JSON object');
  const dataBytes = source.size - dataStart;
  const reader = new HeaderReader(findings, dataBytes);
  const tensors: ForeignTensor[] = [];
  for (const [name, entry] of header) {
    if (name !== '__metadata__') tensors.push(reader.tensor(name, entry));
  }
  checkLayout(reader.spans, dataBytes, findings);
  return {
    format: 'safetensors',
    metadata: metadataOf(header, findings),
    tensors,
    findings: findings.toArray(),
  };
}

function metadataOf(header: JsonObject, findings: FindingList): Record<string, string> {
  const entry = header.get('__metadata__');
  if (entry === undefined) return {};
  const texts: [string, string][] = [];
  for (const [key, value] of asObject(entry) ?? []) {
    if (typeof value === 'string') texts.push([key, value]);
    else findings.add('error', 'metadata-type', `the metadata "${key}" is no text`, key);
  }
  if (asObject(entry) === null) findings.add('error', 'metadata-type', 'the metadata is no object');
  return Object.fromEntries(texts);
}

/** Reads the entries of the header, and keeps where the tensors lie. */
class HeaderReader {
  readonly spans: Span[] = [];
  readonly #findings: FindingList;
  readonly #dataBytes: number;

  constructor(findings: FindingList, dataBytes: number) {
    this.#findings = findings;
    this.#dataBytes = dataBytes;
  }

  tensor(name: string, entry: Json): ForeignTensor {
    const fields = asObject(entry);
    const typeName = asText(fields?.get('dtype'));
    const isKnown = typeName !== null && Object.hasOwn(types, typeName);
    const dtype = (isKnown ? types[typeName] : undefined) ?? null;
    if (dtype === null) {
      this.#error('tensor-type', `"${name}" has the unknown type ${typeName ?? '(none)'}`, name);
    }
    const shape = sizes(fields?.get('shape'));
    if (shape === null) this.#error('tensor-shape', `"${name}" has no possible shape`, name);
    const bytes = this.#span(name, fields?.get('data_offsets'));
    if (dtype !== null && shape !== null && bytes !== null) {
      this.#checkSize(name, dtype, shape, bytes);
    }
    return { name, dtype: dtype ?? typeName, shape, bytes };
  }

  #checkSize(name: string, dtype: DataType, shape: readonly number[], bytes: number): void {
    const need = tensorBytes(dtype, shape);
    if (bytes === need) return;
    const takes = need === null ? 'more bytes than there can be' : `${need} bytes`;
    const message = `"${name}" has ${bytes} bytes; ${dtype}[${shape.join(', ')}] takes ${takes}`;
    this.#error('tensor-size', message, name);
  }

  /** Bytes that a tensor takes, by its offsets. */
  #span(name: string, offsets: Json | undefined): number | null {
    const [begin, end, ...more] = sizes(offsets) ?? [];
    if (begin === undefined || end === undefined || more.length > 0 || begin > end) {
      this.#error('tensor-range', `"${name}" does not say where it lies`, name);
      return null;
    }
    this.spans.push({ name, begin, end });
    if (end > this.#dataBytes) {
      this.#error(
        'tensor-range',
        `"${name}" ends at byte ${end} of the data, which have ${this.#dataBytes}`,
        name,
      );
    }
    return end - begin;
  }

  #error(code: string, message: string, name: string): void {
    this.#findings.add('error', code, message, name);
  }
}

function sizes(value: Json | undefined): number[] | null {
  const list = asArray(value)?.map(asSize);
  return list?.every((size) => size !== null) === true ? list : null;
}

/** The format has no holes and no overlaps, and ends where its last tensor does. */
function checkLayout(spans: readonly Span[], dataBytes: number, findings: FindingList): void {
  let at = 0;
  let last = '';
  for (const { name, begin, end } of spans.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin > at) {
      findings.add('error', 'data-hole', `bytes ${at} to ${begin} of the data belong to no tensor`);
    } else if (begin < at) {
      findings.add('error', 'data-overlap', `"${name}" lies over "${last}"`, name);
    }
    if (end >= at) {
      at = end;
      last = name;
    }
  }
  if (at < dataBytes) {
    findings.add(
      'error',
      'data-hole',
      `${dataBytes - at} bytes after the last tensor belong to none`,
    );
  } else if (at > dataBytes) {
    findings.add(
      'error',
      'file-cut-off',
      `the file ends ${at - dataBytes} bytes before its last tensor does`,
      undefined,
      'Download or copy it again.',
    );
  }
}
