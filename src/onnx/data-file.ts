import { MlkitError } from '../errors.ts';
import type { Tensor } from '../tensor/index.ts';
import { decodeTensor } from './decode-tensor.ts';
import { RawMessage } from './message.ts';
import { FileSource, memorySource } from './source.ts';

/** A recorded value, as a file holds it. The name is empty where the file gives none. */
export type DataValue =
  | { readonly kind: 'tensor'; readonly name: string; readonly tensor: Tensor }
  | { readonly kind: 'sparse-tensor'; readonly name: string }
  | { readonly kind: 'sequence'; readonly name: string; readonly elements: readonly DataValue[] }
  | {
      readonly kind: 'map';
      readonly name: string;
      /** Integers in decimal. */
      readonly keys: readonly string[];
      /** One for each key. */
      readonly values: readonly DataValue[];
    }
  | { readonly kind: 'optional'; readonly name: string; readonly value: DataValue | null };

/** The messages that a file of test data can be; which one it is, the file does not say. */
export type DataMessage =
  | 'TensorProto'
  | 'SparseTensorProto'
  | 'SequenceProto'
  | 'MapProto'
  | 'OptionalProto';

/** Files up to this size are read at once and closed: test data comes in thousands of files. */
const readAtOnceBytes = 64 * 1024 * 1024;

/**
 * Reads a file with one message of test data, such as `input_0.pb`. The bytes of the tensors in a
 * large one are read when asked for, from a file that stays open.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx-data.proto
 *
 * @throws MlkitError FILE_*, MODEL_MALFORMED, LIMIT_EXCEEDED, or INPUT_DATA when it holds something
 *   else.
 */
export function openDataFile(file: string, message: DataMessage): DataValue {
  const opened = new FileSource(file, 'cannot read the tensor');
  const isSmall = opened.size <= readAtOnceBytes;
  const source = isSmall ? memorySource(opened.read(0, opened.size), file) : opened;
  if (isSmall) opened.close();
  return decoders[message](new RawMessage(message, source));
}

const decoders: Readonly<Record<DataMessage, (message: RawMessage) => DataValue>> = {
  TensorProto: decodeDataTensor,
  SparseTensorProto: (message) => ({
    kind: 'sparse-tensor',
    name: message.message('values')?.text('name') ?? '',
  }),
  SequenceProto: decodeSequence,
  MapProto: decodeMap,
  OptionalProto: decodeOptional,
};

function decodeDataTensor(message: RawMessage): DataValue {
  if (message.number('data_type') === 0) {
    throw holdsNo(message, 'tensor, or one without a data type');
  }
  const tensor = decodeTensor(message, null);
  return { kind: 'tensor', name: tensor.name, tensor };
}

/** The fields that the elements of a sequence are in; all but one are empty. */
const elementFields: readonly (readonly [string, DataMessage])[] = [
  ['tensor_values', 'TensorProto'],
  ['sparse_tensor_values', 'SparseTensorProto'],
  ['sequence_values', 'SequenceProto'],
  ['map_values', 'MapProto'],
  ['optional_values', 'OptionalProto'],
];

function decodeSequence(message: RawMessage): DataValue {
  const filled = elementFields.filter(([field]) => message.has(field));
  const [only, other] = filled;
  if (other !== undefined) throw holdsNo(message, 'sequence: its elements are of two kinds');
  refuseStrangers(message, only !== undefined, 'sequence');
  const elements =
    only === undefined ? [] : message.messages(only[0]).map((each) => decoders[only[1]](each));
  return { kind: 'sequence', name: message.text('name'), elements };
}

/** The fields that the value of an optional is in; none for an absent one. */
const valueFields: readonly (readonly [string, DataMessage])[] = [
  ['tensor_value', 'TensorProto'],
  ['sparse_tensor_value', 'SparseTensorProto'],
  ['sequence_value', 'SequenceProto'],
  ['map_value', 'MapProto'],
  ['optional_value', 'OptionalProto'],
];

function decodeOptional(message: RawMessage): DataValue {
  const [only, other] = valueFields.filter(([field]) => message.has(field));
  if (other !== undefined) throw holdsNo(message, 'optional: it has two values');
  refuseStrangers(message, only !== undefined, 'optional');
  const inner = only === undefined ? null : message.message(only[0]);
  const value = only === undefined || inner === null ? null : decoders[only[1]](inner);
  return { kind: 'optional', name: message.text('name'), value };
}

function decodeMap(message: RawMessage): DataValue {
  const decoder = new TextDecoder();
  const texts = message.bytesList('string_keys').map((each) => decoder.decode(each));
  const keys = texts.length > 0 ? texts : message.ints('keys').map(String);
  const inner = message.message('values');
  refuseStrangers(message, inner !== null, 'map');
  const sequence = inner === null ? null : decodeSequence(inner);
  const values = sequence?.kind === 'sequence' ? sequence.elements : [];
  if (keys.length !== values.length) {
    throw holdsNo(message, `map: it has ${keys.length} keys and ${values.length} values`);
  }
  return { kind: 'map', name: message.text('name'), keys, values };
}

/** What is empty may be of another kind: the message of a tensor has fields that these lack. */
function refuseStrangers(message: RawMessage, isFilled: boolean, what: string): void {
  if (!isFilled && message.unknownRecords().length > 0) throw holdsNo(message, what);
}

function holdsNo({ source }: RawMessage, what: string): MlkitError {
  return new MlkitError('INPUT_DATA', `${source.label} holds no ${what}`, {
    hint: 'The kind of value that the model declares there is what the file should hold.',
  });
}
