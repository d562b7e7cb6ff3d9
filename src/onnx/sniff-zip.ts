import type { ForeignFormat } from './sniff.ts';
import type { ByteSource } from './source.ts';

/** A comment of up to 65,535 bytes may follow the record that ends an archive. */
const endRecordBytes = 22;
const mostTailBytes = endRecordBytes + 65_535;
/** As much of the list of files as is looked at: thousands of names. */
const mostDirectoryBytes = 256 * 1024;
const mostNameCharacters = 80;

interface ZipFormat extends ForeignFormat {
  readonly matches: (has: (name: RegExp) => boolean, names: readonly string[]) => boolean;
}

const exportHint = 'Load it in Python and export it with torch.onnx.export.';

/** What archives with certain files in them are; the first that fits. */
const formats: readonly ZipFormat[] = [
  {
    kind: 'npz',
    what: 'a NumPy archive (.npz)',
    hint: 'It holds arrays and no model: give it to --inputs.',
    matches: (_, names) => names.every((name) => name.endsWith('.npy')),
  },
  {
    kind: 'pt2',
    what: 'a PyTorch exported program (.pt2)',
    hint: 'Export it: torch.onnx.export(torch.export.load(FILE), f="model.onnx", dynamo=True)',
    matches: (has) =>
      has(/(^|\/)models\/[^/]+\.json$/) || has(/(^|\/)serialized_exported_program\.json$/),
  },
  {
    kind: 'torchscript',
    what: 'a TorchScript archive',
    hint: 'Export the PyTorch module that it was made from with torch.onnx.export.',
    matches: (has) => has(/(^|\/)constants\.pkl$/) || has(/(^|\/)code\/__torch__/),
  },
  {
    kind: 'stable-baselines',
    what: 'a Stable-Baselines3 agent',
    hint: 'Load it in Python and export its policy with torch.onnx.export.',
    matches: (has) => has(/^policy\.pth$/),
  },
  {
    kind: 'pytorch',
    what: 'a PyTorch file (.pt, .pth)',
    hint: `It holds weights or Python objects, and no graph. ${exportHint}`,
    matches: (has) => has(/(^|\/)data\.pkl$/),
  },
  {
    kind: 'keras',
    what: 'a Keras model (.keras)',
    hint: 'Load it in Python and save it with model.export("model.onnx", format="onnx").',
    matches: (has) => has(/^model\.weights\.h5$/),
  },
  {
    kind: 'tensorflow-saved-model',
    what: 'a zip archive with a TensorFlow SavedModel',
    hint: 'Unpack it: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx',
    matches: (has) => has(/(^|\/)saved_model\.pb$/),
  },
  {
    kind: 'coreml',
    what: 'a Core ML package',
    hint: 'Export the model that it was made from to ONNX.',
    matches: (has) => has(/\.mlpackage\//) || has(/(^|\/)com\.apple\.CoreML\//),
  },
  {
    kind: 'torchserve',
    what: 'a TorchServe archive (.mar)',
    hint: 'Unpack it and give the ONNX model in it, if there is one.',
    matches: (has) => has(/^MAR-INF\//),
  },
  {
    kind: 'skops',
    what: 'a skops file (scikit-learn)',
    hint: 'Load it in Python and convert it with skl2onnx.',
    matches: (has) => has(/^schema\.json$/),
  },
  {
    kind: 'wheel',
    what: 'a Python package',
    hint: 'Give the ONNX model.',
    matches: (has) => has(/^[^/]+\.dist-info\//),
  },
  {
    kind: 'jar',
    what: 'a Java archive',
    hint: 'Give the ONNX model.',
    matches: (has) => has(/^META-INF\/MANIFEST\.MF$/),
  },
  {
    kind: 'office',
    what: 'an office document',
    hint: 'Give the ONNX model.',
    matches: (has) => has(/^\[Content_Types\]\.xml$/),
  },
];

/** What a zip archive is, by the names of the files in it. */
export function sniffZip(source: ByteSource): ForeignFormat {
  const names = zipNames(source);
  if (names === null) {
    return {
      kind: 'zip',
      what: 'a zip archive that is cut off',
      hint: 'Fetch it again; PyTorch and Keras files are such archives too, and no ONNX models.',
    };
  }
  const files = names.filter((name) => !name.endsWith('/'));
  const found = formats.find(
    (format) =>
      files.length > 0 && format.matches((name) => names.some((n) => name.test(n)), files),
  );
  if (found !== undefined) return { kind: found.kind, what: found.what, hint: found.hint };
  const model = files.find((name) => /\.onnx$/i.test(name));
  if (model !== undefined) {
    return {
      kind: 'zip',
      what: `a zip archive with "${model.slice(-mostNameCharacters)}" in it`,
      hint: 'Unpack it, and its data files too, and give that model.',
    };
  }
  return { kind: 'zip', what: 'a zip archive', hint: 'Give the ONNX model itself.' };
}

/**
 * Names of the files in an archive, of the first ones where there are very many; null when its list
 * of files is missing. Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
function zipNames(source: ByteSource): string[] | null {
  const tailStart = Math.max(source.size - mostTailBytes, 0);
  const tail = Buffer.from(source.read(tailStart, source.size));
  const at = tail.lastIndexOf('PK\u0005\u0006', tail.length - endRecordBytes, 'latin1');
  if (at < 0) return null;
  let size = tail.readUInt32LE(at + 12);
  let start = tail.readUInt32LE(at + 16);
  if (start === 0xffff_ffff || size === 0xffff_ffff) {
    // Archives above 4 GiB say where in a record of their own, which another points to.
    const pointer = at - 20;
    if (pointer < 0 || tail.toString('latin1', pointer, pointer + 4) !== 'PK\u0006\u0007')
      return null;
    const record = Number(tail.readBigUInt64LE(pointer + 8));
    if (record + 56 > source.size) return null;
    const large = Buffer.from(source.read(record, record + 56));
    size = Number(large.readBigUInt64LE(40));
    start = Number(large.readBigUInt64LE(48));
  }
  if (start + size > source.size) return null;
  return directoryNames(
    Buffer.from(source.read(start, start + Math.min(size, mostDirectoryBytes))),
  );
}

function directoryNames(directory: Buffer): string[] {
  const names: string[] = [];
  let at = 0;
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === 0x0201_4b50) {
    const nameBytes = directory.readUInt16LE(at + 28);
    const otherBytes = directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    names.push(directory.toString('utf8', at + 46, at + 46 + nameBytes));
    at += 46 + nameBytes + otherBytes;
  }
  return names;
}
