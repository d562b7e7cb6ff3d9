import { FindingList } from './finding-list.ts';
import type { ForeignFile, ForeignTensor } from './foreign-file.ts';
import { GlobalList } from './pickle-globals.ts';
import { scanPickle } from './pickle-machine.ts';
import { findTensors, type PickledTensor } from './pickle-tensors.ts';
import { entriesOf, type PickleValue } from './pickle-values.ts';
import type { ByteSource } from './source.ts';
import { isPickleName, TorchArchive } from './torch-archive.ts';
import { torchScriptOperators } from './torchscript-code.ts';

/**
 * What is in a zip archive of `torch.save` or `torch.jit.save`: the tensors with their types and
 * shapes, and what its pickles name. No pickle is run, and no storage is read.
 *
 * @throws MlkitError MODEL_MALFORMED, LIMIT_EXCEEDED when the archive cannot be read.
 */
export function readTorchArchive(source: ByteSource): ForeignFile {
  const archive = new TorchArchive(source);
  const isScript = archive.has('constants.pkl');
  // Classes of the archive's own code.
  const globals = new GlobalList((name) => isScript && name.startsWith('__torch__.'));
  const { findings } = archive;
  let root: PickleValue | undefined;
  for (const entry of archive.entries.filter(({ name }) => isPickleName(name))) {
    const [value] = archive.scan(entry, globals);
    if (entry === archive.entry('data.pkl')) root = value;
  }
  const { tensors, settings } = findTensors(root);
  for (const tensor of tensors) checkStorage(archive, tensor);
  const version = archive.note('version');
  return {
    format: isScript ? 'torchscript' : 'pytorch',
    ...(version !== null && { version }),
    metadata: {
      ...archive.notes(['byteorder', '.format_version', '.storage_alignment']),
      ...settings,
    },
    ...(isScript && { operators: torchScriptOperators(archive.texts(/^code\/.*\.py$/)) }),
    tensors: tensors.map(withoutStorage),
    globals: globals.toArray(findings),
    findings: findings.toArray(),
  };
}

/**
 * What is in a file of `torch.save` of before version 1.6, or of one that was told to write as
 * then: pickles one after another, and the storages after them.
 *
 * Source: https://github.com/pytorch/pytorch/blob/main/torch/serialization.py
 *
 * @throws MlkitError LIMIT_EXCEEDED.
 */
export function readLegacyTorch(source: ByteSource): ForeignFile {
  const globals = new GlobalList();
  const findings = new FindingList();
  // A number that marks the format, its version, what machine wrote it, the object, the storages.
  const { values } = scanPickle(source, globals, findings);
  const [, version, machine, root, keys] = values;
  const { tensors, settings } = findTensors(root);
  if (values.length < 5 || keys === undefined) {
    findings.add('error', 'file-cut-off', `it has ${values.length} of 5 pickles`);
  }
  const system = entriesOf(machine).flatMap(([key, value]): [string, string][] =>
    typeof key === 'string' && typeof value === 'boolean' ? [[key, String(value)]] : [],
  );
  return {
    format: 'pytorch',
    ...(typeof version === 'number' && { version: String(version) }),
    metadata: { ...Object.fromEntries(system), ...settings },
    tensors: tensors.map(withoutStorage),
    globals: globals.toArray(findings),
    findings: findings.toArray(),
  };
}

/**
 * What a pickle is that is no file of torch's: what it names, and arrays of NumPy and tensors of
 * torch in it.
 *
 * @throws MlkitError LIMIT_EXCEEDED.
 */
export function readPickleFile(source: ByteSource): ForeignFile {
  const globals = new GlobalList();
  const findings = new FindingList();
  const { values, protocol, end, isWhole } = scanPickle(source, globals, findings);
  const { tensors, settings } = findTensors(values[0]);
  if (isWhole && end < source.size) {
    const message = `${source.size - end} bytes after the pickle were not looked through`;
    findings.add('warning', 'pickle-trailing-bytes', message);
  }
  return {
    format: 'pickle',
    version: `protocol ${protocol}`,
    metadata: settings,
    tensors: tensors.map(withoutStorage),
    globals: globals.toArray(findings),
    findings: findings.toArray(),
  };
}

function withoutStorage({ name, dtype, shape, bytes, sameAs }: PickledTensor): ForeignTensor {
  return { name, dtype, shape, bytes, ...(sameAs !== undefined && { sameAs }) };
}

/** Whether the file of a tensor's storage is there and as large as the tensor needs. */
function checkStorage(archive: TorchArchive, { name, storage }: PickledTensor): void {
  if (storage === undefined) return;
  const { key, elements, itemBytes, neededElements } = storage;
  const entry = archive.entry(`data/${key}`);
  const needed = Math.max(neededElements ?? 0, elements ?? 0);
  if (neededElements === null || (elements !== null && neededElements > elements)) {
    const message = `"${name}" goes beyond its storage, which has ${elements ?? '?'} elements`;
    archive.findings.add('error', 'tensor-range', message, name);
  } else if (entry === undefined) {
    archive.findings.add(
      'error',
      'storage-missing',
      `the storage of "${name}" is not in the file`,
      name,
    );
  } else if (itemBytes !== null && needed * itemBytes > entry.sizeBytes) {
    const message = `the storage of "${name}" has ${entry.sizeBytes} bytes, and ${needed * itemBytes} are needed`;
    archive.findings.add('error', 'tensor-size', message, name);
  }
}

/** A file of `torch.save`: a zip archive, or what it wrote before version 1.6. */
export function readTorch(source: ByteSource): ForeignFile {
  const isArchive = source.read(0, 2).every((byte, at) => byte === 'PK'.charCodeAt(at));
  return isArchive ? readTorchArchive(source) : readLegacyTorch(source);
}
