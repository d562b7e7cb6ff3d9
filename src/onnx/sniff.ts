import { isModelStart, sniffProtobuf } from './sniff-protobuf.ts';
import { sniffText } from './sniff-text.ts';
import { sniffZip } from './sniff-zip.ts';
import type { ByteSource } from './source.ts';

/** A file format that is not an ONNX model. */
export interface ForeignFormat {
  readonly kind: string;
  /** With its article: `a zip archive`. */
  readonly what: string;
  readonly hint: string;
}

interface Signature extends ForeignFormat {
  readonly matches: (head: Uint8Array, text: string) => boolean;
}

/** Enough of a file to tell: a tar archive's name is at byte 257, texts say what they are early. */
const headBytes = 4096;

const startsWith =
  (...bytes: number[]) =>
  (head: Uint8Array): boolean =>
    bytes.every((byte, at) => head[at] === byte);

const beginsWith =
  (...words: readonly string[]) =>
  (_: Uint8Array, text: string): boolean =>
    words.some((word) => text.startsWith(word));

/** A FlatBuffers file: the place of its root, which is near, and an identifier of four characters. */
const isFlatBuffer =
  (identifier: RegExp) =>
  (head: Uint8Array, text: string): boolean => {
    const root = (head[0] ?? 0) + (head[1] ?? 0) * 256;
    return root >= 8 && head[2] === 0 && head[3] === 0 && identifier.test(text.slice(4, 8));
  };

const unpackHint = 'Unpack it and give the ONNX model.';
const exportHint = 'Export the model that it was made from to ONNX.';
const modelHint = 'Give the ONNX model.';

/**
 * How binary files that people take for ONNX models begin. Sources: the formats' own documentation;
 * FlatBuffers file identifiers, https://flatbuffers.dev; GGUF,
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; safetensors,
 * https://github.com/huggingface/safetensors; NumPy,
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html; pickle,
 * https://peps.python.org/pep-0307/.
 */
const signatures: readonly Signature[] = [
  {
    kind: 'ort',
    what: 'a model in ORT format',
    hint: 'Give the ONNX model that it was made from.',
    matches: isFlatBuffer(/^ORTM$/),
  },
  {
    kind: 'ort-checkpoint',
    what: 'a training checkpoint of onnxruntime',
    hint: 'Give the ONNX model that it belongs to.',
    matches: isFlatBuffer(/^ODTC$/),
  },
  {
    kind: 'tflite',
    what: 'a TensorFlow Lite model',
    hint: 'Convert it: python -m tf2onnx.convert --tflite FILE --output model.onnx',
    matches: isFlatBuffer(/^TFL3$/),
  },
  {
    kind: 'executorch',
    what: 'an ExecuTorch program',
    hint: exportHint,
    matches: isFlatBuffer(/^ET\d\d$/),
  },
  {
    kind: 'tensorrt',
    what: 'a TensorRT engine',
    hint: 'Engines cannot be turned back: give the ONNX model that it was built from.',
    matches: beginsWith('ptrt', 'ftrt'),
  },
  {
    kind: 'gguf',
    what: 'a GGUF file',
    hint: 'It holds weights and no graph: export the model to ONNX.',
    matches: beginsWith('GGUF', 'tjgg', 'lmgg', 'fmgg'),
  },
  {
    kind: 'catboost',
    what: 'a CatBoost model',
    hint: 'Save it from CatBoost with format="onnx".',
    matches: beginsWith('CBM1'),
  },
  {
    kind: 'xgboost',
    what: 'an XGBoost model',
    hint: 'Convert it in Python with onnxmltools.',
    matches: (_, text) =>
      text.startsWith('binf') || (text.startsWith('{L') && text.startsWith('learner', 10)),
  },
  {
    kind: 'rknn',
    what: 'an RKNN model',
    hint: exportHint,
    matches: beginsWith('RKNN'),
  },
  {
    kind: 'hdf5',
    what: 'an HDF5 file, as Keras writes',
    hint: 'If it is a Keras model, load it in Python and convert it with tf2onnx.',
    matches: startsWith(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a),
  },
  {
    kind: 'numpy',
    what: 'a NumPy array',
    hint: 'It holds no model: give it to --inputs.',
    matches: startsWith(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59),
  },
  {
    kind: 'pytorch',
    what: 'a PyTorch file of before version 1.6',
    hint: 'It holds weights or Python objects, and no graph. Load it in Python and export it with torch.onnx.export.',
    matches: startsWith(0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20),
  },
  {
    kind: 'scikit-learn',
    what: 'a scikit-learn model in a Python pickle',
    hint: 'Load it in Python and convert it with skl2onnx.',
    matches: (head, text) => isPickle(head) && /sklearn/.test(text),
  },
  {
    kind: 'pickle',
    what: 'a Python pickle',
    hint: 'Load it in Python and export the model in it to ONNX.',
    matches: isPickle,
  },
  {
    kind: 'joblib',
    what: 'zlib-compressed, as joblib writes pickles',
    hint: 'Load it in Python and export the model in it to ONNX.',
    matches: (head) => head[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(head[1] ?? 0),
  },
  {
    kind: 'safetensors',
    what: 'a safetensors file',
    hint: 'It holds weights and no graph: export the model to ONNX.',
    matches: isSafetensors,
  },
  {
    kind: 'tar',
    what: 'a tar archive',
    hint: unpackHint,
    matches: (_, text) => text.startsWith('ustar', 257),
  },
  {
    kind: 'gzip',
    what: 'a gzip file',
    hint: unpackHint,
    matches: startsWith(0x1f, 0x8b, 0x08),
  },
  {
    kind: 'compressed',
    what: 'a compressed file or archive',
    hint: unpackHint,
    matches: beginsWith(
      'BZh91AY&SY',
      '7z\xbc\xaf\x27\x1c',
      '\xfd7zXZ\0',
      '\x28\xb5\x2f\xfd',
      'Rar!\x1a\x07',
      '\x04\x22\x4d\x18',
    ),
  },
  {
    kind: 'image',
    what: 'an image',
    hint: modelHint,
    matches: (_, text) => /^(\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF[\s\S]{4}WEBP)/.test(text),
  },
  {
    kind: 'pdf',
    what: 'a PDF document',
    hint: modelHint,
    matches: beginsWith('%PDF-'),
  },
  {
    kind: 'database',
    what: 'a database or table',
    hint: modelHint,
    matches: beginsWith('SQLite format 3\0', 'PAR1', 'ARROW1'),
  },
  {
    kind: 'program',
    what: 'a program or library',
    hint: modelHint,
    matches: (_, text) =>
      /^(\x7fELF|MZ[\s\S]{56,}PE\0\0|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe)/.test(text),
  },
  {
    kind: 'zeros',
    what: 'a file of zero bytes, as far as it was read',
    hint: 'The download or copy was cut off: fetch it again.',
    matches: (head) => head.length > 0 && head.every((byte) => byte === 0),
  },
];

/**
 * What a file is when it is plainly not an ONNX model; null when it may be one, damaged perhaps. A
 * file that begins as a model does is never taken for something else.
 */
export function sniffFormat(source: ByteSource): ForeignFormat | null {
  if (isModelStart(source)) return null;
  const head = source.read(0, Math.min(source.size, headBytes));
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return sniffZip(source);
  const found = signatures.find((signature) => signature.matches(head, text));
  if (found !== undefined) return { kind: found.kind, what: found.what, hint: found.hint };
  const start = startsWith(0xef, 0xbb, 0xbf)(head) ? 3 : 0;
  return sniffText(head.subarray(start), head.length === source.size) ?? sniffProtobuf(source);
}

/** Protocol 2 to 5; the older ones are text. The last byte of a pickle is always a full stop. */
function isPickle(head: Uint8Array): boolean {
  return head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5;
}

function isSafetensors(head: Uint8Array, text: string): boolean {
  if (head.length < 16) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const headerBytes = view.getBigUint64(0, true);
  return headerBytes > 1n && headerBytes < 100_000_000n && text.startsWith('{"', 8);
}
