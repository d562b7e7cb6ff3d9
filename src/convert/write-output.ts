import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import path from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';
import { type Model } from '../graph/index.ts';
import {
  encodeModel,
  memorySource,
  type OpenModel,
  type Placer,
  RawMessage,
  Rope,
  type SavedFile,
  saveModel,
  tensorsOf,
  type WriteOptions,
  writeFiles,
} from '../onnx/index.ts';
import { formatBytes } from '../report/index.ts';
import { openSession } from '../runtime/index.ts';
import { locationsOf, type Stage } from '../staging/index.ts';
import { printModel } from '../text/index.ts';
import type { ConvertConfig } from './config.ts';
import { countUnknownFields, messageJson } from './model-json.ts';

/** What has been written into the stage. */
export interface Written {
  /** Paths in the stage. */
  readonly dataFiles: readonly SavedFile[];
  readonly notes: readonly string[];
}

export interface WriteRequest {
  readonly open: OpenModel;
  /** Whether the model in memory differs from its file. */
  readonly isEdited: boolean;
  readonly config: ConvertConfig;
  readonly stage: Stage;
  readonly options: WriteOptions;
}

/** Writes the model into the stage in the format that is asked for. */
export function writeOutput(request: WriteRequest): Promise<Written> {
  switch (request.config.to) {
    case 'onnx':
      return writeOnnx(request);
    case 'ort':
      return writeOrt(request);
    case 'json':
      return writeJson(request);
    case 'text':
      return writeText(request);
  }
}

/** Bytes of the model file alone, when constants stay where they are or are all embedded. */
export async function encodedLength(model: Model, config: ConvertConfig): Promise<number> {
  const encoded = await encodeModel(model, encodeOptions(config));
  return encoded.length;
}

function encodeOptions(config: ConvertConfig): { place: Placer; omitValueInfo: boolean } {
  const place: Placer = (tensor) =>
    config.external === 'embed' && tensor.storage.kind === 'external' ? 'inline' : 'keep';
  return { place, omitValueInfo: config.strip.has('value-info') };
}

async function writeOnnx({ open, config, stage, options }: WriteRequest): Promise<Written> {
  const { external } = config;
  const locations = external === 'keep' ? locationsOf(open.model) : [];
  stage.prepare(typeof external === 'object' ? [external.file] : locations);
  const saved = await saveModel(open.model, stage.path, {
    ...options,
    external,
    omitValueInfo: config.strip.has('value-info'),
    // Beside its data, it finds what there is; what is missing is missed as before.
    ...(!stage.isBeside && { folder: open.folder }),
  });
  const notes: string[] = [];
  if (saved.externalized) {
    notes.push(
      'The weights are in a data file, since no tool reads a model file of 2 GiB or more. Keep the two together.',
    );
  }
  if (typeof external === 'object' && saved.dataFiles.length === 0) {
    notes.push(nothingMoved(open.model, external));
  }
  return { dataFiles: saved.dataFiles, notes };
}

/** Why there is no data file, although one was asked for. */
function nothingMoved(
  model: Model,
  { file, thresholdBytes }: Exclude<ConvertConfig['external'], string>,
): string {
  const inNodes = [...tensorsOf(model)]
    .filter(({ tensor, isInitializer }) => !isInitializer && tensor.byteLength >= thresholdBytes)
    .reduce((sum, { tensor }) => sum + tensor.byteLength, 0);
  const rest =
    inNodes === 0 ? '' : `; ${formatBytes(inNodes)} of constants are in nodes, and stay there`;
  return `There is no ${file}: no initializer has ${formatBytes(thresholdBytes)} or more${rest}.`;
}

/** Larger models would make more text than a program can hold at once. */
const jsonLimitBytes = 256 * 1024 * 1024;

async function writeJson({ open, config, stage, options }: WriteRequest): Promise<Written> {
  const encoded = await encodeModel(open.model, encodeOptions(config));
  if (encoded.length > jsonLimitBytes) {
    throw new MlkitError(
      'NOT_SUPPORTED',
      `cannot write ${open.path} as JSON: it has ${encoded.length} bytes, and at most ${jsonLimitBytes} can be written`,
      { hint: 'Put the weights into a data file first: mlkit convert --external FILE.' },
    );
  }
  const message = new RawMessage('ModelProto', memorySource(encoded.toBytes(), open.path));
  const content = new Rope();
  for (const piece of messageJson(message)) content.addBytes(piece);
  await writeFiles([{ path: stage.path, content }], options);
  const unknown = countUnknownFields(message);
  const notes: string[] = [];
  if (unknown > 0) {
    notes.push(`${unknown} fields that ONNX does not define are not in the JSON.`);
  }
  if (config.external !== 'embed' && locationsOf(open.model).length > 0) {
    notes.push(
      'The weights stay in the data files of the original; --embed puts them into the JSON.',
    );
  }
  return { dataFiles: [], notes };
}

async function writeText({ open, stage, options }: WriteRequest): Promise<Written> {
  const content = Rope.bytes(Buffer.from(printModel(open.model), 'utf8'));
  await writeFiles([{ path: stage.path, content }], options);
  const notes = ['The text is for reading: large constants are left out.'];
  return { dataFiles: [], notes };
}

/**
 * How far the runtime rewrites the graph for the ORT format. `all` would also lay weights out for
 * the instructions of the processor that happens to do it (its own tool leaves that step out by
 * hand, which its JavaScript binding cannot); `extended` is everything before that.
 */
export const ortOptimization = 'extended' as const;

async function writeOrt(request: WriteRequest): Promise<Written> {
  const { open, isEdited, stage, options } = request;
  const source = isEdited ? await writeSource(request) : open.path;
  const session = await openSession(source, {
    optimization: ortOptimization,
    optimizedModelPath: stage.path,
    optimizedModelFormat: 'ort',
    threads: 1,
    ...(options.signal !== undefined && { signal: options.signal }),
  });
  await session.close();
  if (!fs.existsSync(stage.path)) {
    throw new MlkitError('RUNTIME_LOAD', `onnxruntime loaded ${open.path} and wrote no ORT file`, {
      hint: 'Check the space on the disk.',
    });
  }
  return { dataFiles: [], notes: [] };
}

/** Where the edited model is, for the runtime to read. */
export function sourceIn(stage: Stage): string {
  return path.join(stage.folder, 'source', 'model.onnx');
}

/** The edited model as a file of its own. */
async function writeSource({ open, config, stage, options }: WriteRequest): Promise<string> {
  const file = sourceIn(stage);
  const folder = path.dirname(file);
  try {
    fs.mkdirSync(folder);
    for (const location of locationsOf(open.model)) {
      fs.mkdirSync(path.dirname(path.join(folder, ...location.split(/[\\/]/))), {
        recursive: true,
      });
    }
  } catch (error) {
    throw fromFileError('cannot write', file, error);
  }
  await saveModel(open.model, file, {
    ...options,
    omitValueInfo: config.strip.has('value-info'),
    folder: open.folder,
  });
  return file;
}
