import type { ForeignFormat } from './sniff.ts';
import type { ByteSource } from './source.ts';

/** One field of the outermost message of a file. */
interface TopField {
  readonly number: number;
  readonly wire: number;
  /** Of a varint: its value; else 0. */
  readonly value: number;
  /** Where its bytes begin and end, tag and length not included. */
  readonly start: number;
  readonly end: number;
}

/** Graphs that are no models can have a field for each node; the first ones tell enough. */
const mostFields = 4096;

/**
 * Wire types of the fields of ModelProto and of the first byte in its graph, by field number.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
const modelWires: ReadonlyMap<number, number> = new Map([
  [1, 0],
  [2, 2],
  [3, 2],
  [4, 2],
  [5, 0],
  [6, 2],
  [7, 2],
  [8, 2],
  [14, 2],
  [20, 2],
  [25, 2],
  [26, 2],
]);
const graphField = 7;
const graphPartNumbers: ReadonlySet<number> = new Set([1, 2, 5, 10, 11, 12, 13, 14, 15, 16]);

/** Whether a file begins as an ONNX model does, as far as its graph. */
export function isModelStart(source: ByteSource): boolean {
  const { fields } = topFields(source, (field) => field.number === graphField);
  const graph = fields.at(-1);
  if (graph?.number !== graphField) return false;
  const isModel = fields.every(
    ({ number, wire }) => (modelWires.get(number) ?? wire) === wire && number > 0,
  );
  if (!isModel || graph.start === graph.end) return isModel;
  const [tag = 0] = source.read(graph.start, graph.start + 1);
  const part = tag >= 0x80 ? graphPartNumbers.size : tag >> 3;
  return (tag & 7) === 2 && graphPartNumbers.has(part);
}

/** The fields up to one that is wanted; `isWhole` unless something was wrong before. */
function topFields(
  source: ByteSource,
  isWanted: (field: TopField) => boolean,
): { readonly fields: readonly TopField[]; readonly isWhole: boolean } {
  const fields: TopField[] = [];
  let at = 0;
  while (at < source.size && fields.length < mostFields) {
    const field = fieldAt(source, at);
    if (field === null) return { fields, isWhole: false };
    fields.push(field);
    if (isWanted(field)) break;
    at = field.end;
  }
  return { fields, isWhole: true };
}

function fieldAt(source: ByteSource, at: number): TopField | null {
  const tag = varintAt(source, at);
  if (tag === null || tag.value < 8) return null;
  const wire = tag.value & 7;
  const number = Math.floor(tag.value / 8);
  const start = tag.end;
  if (wire === 0) {
    const value = varintAt(source, start);
    return value && { number, wire, value: value.value, start, end: value.end };
  }
  let length: number;
  let from = start;
  if (wire === 1) length = 8;
  else if (wire === 5) length = 4;
  else if (wire === 2) {
    const size = varintAt(source, start);
    if (size === null) return null;
    length = size.value;
    from = size.end;
  } else return null;
  const end = from + length;
  return end <= source.size ? { number, wire, value: 0, start: from, end } : null;
}

function varintAt(source: ByteSource, at: number): { value: number; end: number } | null {
  const bytes = source.read(at, Math.min(at + 10, source.size));
  let value = 0;
  for (const [index, byte] of bytes.entries()) {
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: at + index + 1 };
  }
  return null;
}

interface ProtobufFormat extends ForeignFormat {
  readonly matches: (found: ProtobufFacts) => boolean;
}

/** What the outermost message of a file looks like. */
interface ProtobufFacts {
  /** `number:wire` of each field that occurs. */
  readonly kinds: ReadonlySet<string>;
  /** Whether all fields are among these numbers. */
  readonly hasOnly: (...numbers: readonly number[]) => boolean;
  /** Value of the first varint field of a number. */
  readonly varint: (number: number) => number | undefined;
  /** First byte in the first field of a number. */
  readonly firstByte: (number: number) => number | undefined;
  readonly largestNumber: number;
}

/**
 * Messages that people keep in files, by the fields they have. Sources: onnx.proto (above);
 * https://github.com/tensorflow/tensorflow, core/protobuf/saved_model.proto and
 * core/framework/graph.proto; https://apple.github.io/coremltools/mlmodel/Format/Model.html;
 * https://github.com/BVLC/caffe/blob/master/src/caffe/proto/caffe.proto;
 * https://github.com/PaddlePaddle/Paddle/blob/develop/paddle/fluid/framework/framework.proto
 */
const formats: readonly ProtobufFormat[] = [
  {
    kind: 'onnx-tensor',
    what: 'a single ONNX tensor or sequence',
    hint: 'It may be test data: give the model that it belongs to.',
    matches: ({ kinds, hasOnly, varint }) =>
      kinds.has('2:0') &&
      hasOnly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16) &&
      (varint(2) ?? 0) > 0 &&
      (varint(2) ?? 0) < 64,
  },
  {
    kind: 'coreml',
    what: 'a Core ML model',
    hint: 'Convert it to ONNX with coremltools and onnxmltools, or export the original again.',
    matches: ({ kinds, varint, largestNumber }) =>
      kinds.has('1:0') && kinds.has('2:2') && (varint(1) ?? 0) < 100 && largestNumber >= 200,
  },
  {
    kind: 'tensorflow-saved-model',
    what: 'a TensorFlow SavedModel',
    hint: 'Convert its folder: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx',
    matches: ({ kinds, hasOnly, varint, firstByte }) =>
      kinds.has('2:2') && hasOnly(1, 2) && varint(1) === 1 && firstByte(2) === 0x0a,
  },
  {
    kind: 'onnx-graph',
    what: 'an ONNX graph without the model around it, as in 2017',
    hint: 'It names no version, so its operators cannot be read: export the model again.',
    matches: ({ kinds, hasOnly }) =>
      kinds.has('1:2') &&
      // Inputs and outputs, or the version that the first layout of all had in the graph.
      (kinds.has('11:2') || kinds.has('12:2') || kinds.has('6:0')) &&
      hasOnly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13),
  },
  {
    kind: 'paddle',
    what: 'a PaddlePaddle program',
    hint: 'Convert it with paddle2onnx.',
    matches: ({ kinds, hasOnly, firstByte }) =>
      kinds.has('1:2') && hasOnly(1, 2, 3, 4, 5) && firstByte(1) === 0x08,
  },
  {
    kind: 'tensorflow-graph',
    what: 'a TensorFlow graph',
    hint: 'Convert it: python -m tf2onnx.convert --graphdef FILE --inputs … --outputs … --output model.onnx',
    matches: ({ kinds, hasOnly, firstByte }) =>
      kinds.has('1:2') &&
      hasOnly(1, 2, 3, 4, 5) &&
      (kinds.has('4:2') || kinds.has('3:0')) &&
      firstByte(1) === 0x0a,
  },
  {
    kind: 'caffe',
    what: 'a Caffe model',
    hint: 'It must be converted to ONNX, or exported from another framework.',
    matches: ({ kinds }) => kinds.has('1:2') && kinds.has('100:2'),
  },
];

/** What a protobuf file is when it is no ONNX model, where that can be told. */
export function sniffProtobuf(source: ByteSource): ForeignFormat | null {
  const { fields, isWhole } = topFields(source, () => false);
  if (!isWhole || fields.length === 0) return null;
  const facts: ProtobufFacts = {
    kinds: new Set(fields.map(({ number, wire }) => `${number}:${wire}`)),
    hasOnly: (...numbers) => fields.every((field) => numbers.includes(field.number)),
    varint: (number) => fields.find((field) => field.number === number && field.wire === 0)?.value,
    firstByte: (number) => {
      const field = fields.find((each) => each.number === number && each.wire === 2);
      return field && source.read(field.start, Math.min(field.start + 1, field.end))[0];
    },
    largestNumber: fields.reduce((largest, { number }) => Math.max(largest, number), 0),
  };
  const found = formats.find((format) => format.matches(facts));
  return found === undefined ? null : { kind: found.kind, what: found.what, hint: found.hint };
}
