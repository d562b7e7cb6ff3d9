import type { ByteSource } from './source.ts';

/** A file format that is not ONNX protobuf. */
export interface ForeignFormat {
  readonly kind: string;
  /** With its article: `a zip archive`. */
  readonly what: string;
  readonly hint: string;
}

interface Signature extends ForeignFormat {
  readonly matches: (head: Uint8Array, text: string) => boolean;
}

const startsWith =
  (...bytes: number[]) =>
  (head: Uint8Array): boolean =>
    bytes.every((byte, at) => head[at] === byte);

const exportHint = 'Export it to ONNX first.';

/**
 * How files that people take for ONNX models begin. Sources: the formats' own documentation; Git LFS
 * pointers, https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md; FlatBuffers file identifiers
 * at byte 4; GGUF, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; safetensors,
 * https://github.com/huggingface/safetensors.
 */
const signatures: readonly Signature[] = [
  {
    kind: 'git-lfs',
    what: 'a Git LFS pointer',
    hint: 'Fetch the real file with "git lfs pull".',
    matches: (_, text) => text.startsWith('version https://git-lfs.github.com/spec/'),
  },
  {
    kind: 'html',
    what: 'an HTML page',
    hint: 'The download went to a web page; fetch the raw file.',
    matches: (_, text) => /^\s*<(!doctype html|html|head)/i.test(text),
  },
  {
    kind: 'xml',
    what: 'an XML file',
    hint: 'The download may have failed, or this is OpenVINO IR.',
    matches: (_, text) => /^\s*<\?xml/i.test(text),
  },
  {
    kind: 'zip',
    what: 'a zip archive',
    hint: 'Unpack it, or if it is a PyTorch or Keras file, export it to ONNX.',
    matches: startsWith(0x50, 0x4b, 0x03, 0x04),
  },
  {
    kind: 'gzip',
    what: 'a gzip file',
    hint: 'Unpack it first.',
    matches: startsWith(0x1f, 0x8b),
  },
  {
    kind: 'ort',
    what: 'a model in ORT format',
    hint: 'Give the ONNX model that it was made from.',
    matches: (_, text) => text.slice(4, 8) === 'ORTM',
  },
  {
    kind: 'tflite',
    what: 'a TensorFlow Lite model',
    hint: exportHint,
    matches: (_, text) => text.slice(4, 8) === 'TFL3',
  },
  {
    kind: 'gguf',
    what: 'a GGUF file',
    hint: exportHint,
    matches: (_, text) => text.startsWith('GGUF'),
  },
  {
    kind: 'catboost',
    what: 'a CatBoost model',
    hint: 'Save it from CatBoost with format="onnx".',
    matches: (_, text) => text.startsWith('CBM1'),
  },
  {
    kind: 'hdf5',
    what: 'an HDF5 file (Keras)',
    hint: exportHint,
    matches: startsWith(0x89, 0x48, 0x44, 0x46),
  },
  {
    kind: 'numpy',
    what: 'a NumPy array',
    hint: 'Give it to --inputs.',
    matches: startsWith(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59),
  },
  {
    kind: 'pickle',
    what: 'a Python pickle',
    hint: exportHint,
    matches: (head) =>
      head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5 && head[2] !== 0x01,
  },
  {
    kind: 'safetensors',
    what: 'a safetensors file',
    hint: 'It holds weights and no graph; export the model to ONNX.',
    matches: (head, text) => isSafetensors(head, text),
  },
  {
    kind: 'json',
    what: 'a JSON file',
    hint: 'Give the binary ONNX model.',
    matches: (_, text) => /^\s*[{[]\s*["{\]}]/.test(text),
  },
  {
    kind: 'image',
    what: 'an image',
    hint: 'Give the ONNX model.',
    matches: (head) =>
      startsWith(0x89, 0x50, 0x4e, 0x47)(head) || startsWith(0xff, 0xd8, 0xff)(head),
  },
  {
    kind: 'elf',
    what: 'a program or library',
    hint: 'Give the ONNX model.',
    matches: (head) => startsWith(0x7f, 0x45, 0x4c, 0x46)(head) || startsWith(0x4d, 0x5a)(head),
  },
  {
    kind: 'text',
    what: 'a text file',
    hint: 'Give the binary ONNX model.',
    matches: (head, text) => head.length > 0 && !hasControlBytes(text),
  },
];

/** What a file is, if it is plainly not a protobuf message; null when it may be one. */
export function sniffFormat(source: ByteSource): ForeignFormat | null {
  const head = source.read(0, Math.min(source.size, 512));
  const text = Buffer.from(head).toString('latin1');
  return signatures.find((signature) => signature.matches(head, text)) ?? null;
}

function isSafetensors(head: Uint8Array, text: string): boolean {
  if (head.length < 16) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const headerBytes = view.getBigUint64(0, true);
  return headerBytes > 1n && headerBytes < 100_000_000n && text.startsWith('{"', 8);
}

/** Protobuf always has some, in tags and lengths. */
function hasControlBytes(text: string): boolean {
  for (const character of text) {
    const code = character.charCodeAt(0);
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code > 126) return true;
  }
  return false;
}
