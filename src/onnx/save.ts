import fs from 'node:fs';
import path from 'node:path';
import { MlkitError } from '../errors.ts';
import type { Model } from '../graph/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type PendingFile, refuseTarget, type WriteOptions, writeFiles } from './atomic-write.ts';
import { encodeModel } from './encode.ts';
import type { Placer, TensorPlacement } from './encode-tensor.ts';
import { type DataFolder, objectionTo } from './external-data.ts';
import { limits } from './limits.ts';
import { Rope } from './rope.ts';
import { haveSameContent } from './same-content.ts';
import { tensorsOf } from './tensors.ts';

/** Puts large constants into data files beside the model. */
export interface ExternalSettings {
  /** Name of the data file, relative to the model's folder. Further shards get `_1`, `_2` and so on. */
  readonly file: string;
  /** Constants of at least this size move; smaller ones stay in the model. Default 1024. */
  readonly thresholdBytes?: number;
  /** Constants above 1 MiB start at a multiple of this. Default 4096, as ONNX recommends; 0: packed. */
  readonly alignBytes?: number;
  /** A new file is begun before one grows beyond this. Default: one file. */
  readonly maxShardBytes?: number;
}

export interface SaveOptions extends WriteOptions {
  /**
   * `keep` (default): constants stay where they are, and data files go along with the model to
   * another folder. `embed`: everything into the model file. Settings: into data files.
   */
  readonly external?: 'keep' | 'embed' | ExternalSettings;
  readonly omitValueInfo?: boolean;
  /** Files that are being read and must not be written to: the model and what belongs to it. */
  readonly inputs?: readonly string[];
  /** The folder that external data is read from. */
  readonly folder?: DataFolder;
}

export interface SavedFile {
  readonly path: string;
  readonly sizeBytes: number;
}

export interface SaveResult extends SavedFile {
  readonly dataFiles: readonly SavedFile[];
  /** Whether data files were made although nobody asked, since the model would exceed 2 GiB. */
  readonly externalized: boolean;
}

/** Constants that are aligned in data files; padding small ones would only waste space. */
const alignedFromBytes = 1024 * 1024;

/**
 * Writes a model, and its data files where it has some. All files appear when all are complete.
 *
 * A model file of 2 GiB or more can be read by no other tool, so constants are moved to a data file
 * instead, unless the file is an unchanged copy.
 *
 * @throws MlkitError OUTPUT_IS_INPUT, FILE_EXISTS when a data file of another model is in the way,
 *   and whatever writing runs into.
 */
export async function saveModel(
  model: Model,
  file: string,
  options: SaveOptions = {},
): Promise<SaveResult> {
  const inputs = options.inputs ?? [];
  refuseTarget(file, inputs);
  const encode = (place: Placer): Rope =>
    encodeModel(model, { place, omitValueInfo: options.omitValueInfo ?? false });
  const external = options.external ?? 'keep';
  let layout = layOut(model, external);
  let content = encode(layout.place);
  const isTooLarge = content.length > limits.protobufBytes && content.wholeSource === null;
  if (isTooLarge) {
    layout = layOut(model, { file: `${path.basename(file)}.data`, ...settingsOf(external) });
    content = encode(layout.place);
  }
  const dataFiles: PendingFile[] = [];
  for (const [location, rope] of layout.files) {
    const target = dataPath(file, location);
    refuseTarget(target, inputs);
    dataFiles.push({ path: target, content: rope });
  }
  if (external !== 'embed')
    dataFiles.push(...carriedAlong(model, layout.place, file, options.folder));
  const files = [...dataFiles, { path: file, content }];
  await writeFiles(files, options);
  const saved = (pending: PendingFile): SavedFile => ({
    path: pending.path,
    sizeBytes: pending.content.length,
  });
  return {
    ...saved({ path: file, content }),
    dataFiles: dataFiles.map(saved),
    externalized: isTooLarge,
  };
}

interface Layout {
  readonly place: Placer;
  /** Content of each new data file by location. */
  readonly files: ReadonlyMap<string, Rope>;
}

function settingsOf(external: SaveOptions['external']): Partial<ExternalSettings> {
  return typeof external === 'object' ? external : {};
}

function layOut(model: Model, external: 'keep' | 'embed' | ExternalSettings): Layout {
  const none = new Map<string, Rope>();
  if (external === 'keep') return { place: () => 'keep', files: none };
  if (external === 'embed') {
    return {
      place: (tensor) => (tensor.storage.kind === 'external' ? 'inline' : 'keep'),
      files: none,
    };
  }
  const objection = objectionTo(external.file);
  if (objection !== null) {
    throw new MlkitError('USAGE', `the data file cannot be "${external.file}": ${objection}`, {
      hint: 'Name a file in the folder of the model.',
    });
  }
  return layOutFiles(model, external);
}

function layOutFiles(model: Model, settings: ExternalSettings): Layout {
  const threshold = settings.thresholdBytes ?? 1024;
  const align = settings.alignBytes ?? 4096;
  const maxShard = settings.maxShardBytes ?? Number.POSITIVE_INFINITY;
  const places = new Map<Tensor['storage'], TensorPlacement>();
  const files = new Map<string, Rope>();
  let location = settings.file;
  let rope = new Rope();
  for (const { tensor, isInitializer } of tensorsOf(model)) {
    const { storage } = tensor;
    const isExternal = storage.kind === 'external';
    // Runtimes need the values of small and non-initializer constants while they build the graph.
    const moves = isInitializer && storage.strings === undefined && storage.byteLength >= threshold;
    if (places.has(storage)) continue;
    if (!moves) {
      if (isExternal) places.set(storage, 'inline');
      continue;
    }
    if (rope.length > 0 && rope.length + storage.byteLength > maxShard) {
      rope = new Rope();
      location = `${settings.file}_${files.size}`;
    }
    const over = align > 0 && storage.byteLength >= alignedFromBytes ? rope.length % align : 0;
    if (over > 0) rope.addBytes(new Uint8Array(align - over));
    places.set(storage, { location, offset: rope.length, length: storage.byteLength });
    rope.add(Rope.storage(storage));
    files.set(location, rope);
  }
  return { place: (tensor) => places.get(tensor.storage) ?? 'keep', files };
}

function dataPath(file: string, location: string): string {
  return path.join(path.dirname(file), ...location.split('/'));
}

/** Data files that the model still refers to, when it moves to another folder. */
function carriedAlong(
  model: Model,
  place: Placer,
  file: string,
  folder: DataFolder | undefined,
): PendingFile[] {
  if (folder === undefined) return [];
  const carried = new Map<string, PendingFile>();
  for (const { tensor } of tensorsOf(model)) {
    const location = tensor.storage.external?.location;
    if (location === undefined || place(tensor) !== 'keep' || carried.has(location)) continue;
    const source = folder.open(location, tensor.name);
    const target = dataPath(file, location);
    const there = fs.statSync(target, { throwIfNoEntry: false });
    const { device, inode } = source.identity;
    if (there?.ino === inode && there.dev === device) continue;
    if (there !== undefined && !haveSameContent(source.label, target)) {
      throw new MlkitError(
        'FILE_EXISTS',
        `the data file ${target} would be overwritten, and it holds something else`,
        { hint: 'Write to another folder, or use --embed or --external NAME.' },
      );
    }
    if (there === undefined) {
      carried.set(location, { path: target, content: Rope.span(source, 0, source.size) });
    }
  }
  return [...carried.values()];
}
