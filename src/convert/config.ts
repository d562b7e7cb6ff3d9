import { extname } from 'node:path';
import { MlkitError } from '../errors.ts';
import type { ExternalSettings } from '../onnx/index.ts';
import type { Strippable } from '../passes/index.ts';

/** What a model can be written as. */
export type ModelFormat = 'onnx' | 'ort' | 'json' | 'text';

export const modelFormats: readonly ModelFormat[] = ['onnx', 'ort', 'json', 'text'];

/** Whether original and result are run and compared: when the change calls for it, always, never. */
export type VerifyMode = 'auto' | 'always' | 'never';

/** Where large constants are written: where they are, in the model file, or in data files. */
export type ExternalConfig = 'keep' | 'embed' | Required<ExternalSettings>;

/** Everything that `convert` is asked for, with every default resolved. */
export interface ConvertConfig {
  readonly to: ModelFormat;
  /** Versions of operator sets by domain; the empty text is ai.onnx. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Null: stays as it is. */
  readonly irVersion: number | 'auto' | null;
  readonly external: ExternalConfig;
  readonly strip: ReadonlySet<Strippable>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly dims: ReadonlyMap<string, number>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly rename: ReadonlyMap<string, string>;
  readonly verify: VerifyMode;
  readonly dryRun: boolean;
  /** Of the inputs that original and result are compared on. */
  readonly seed: number;
}

/** A config in which nothing is asked for: the result is a copy. */
export const noConversion: ConvertConfig = {
  to: 'onnx',
  opsets: new Map(),
  irVersion: null,
  external: 'keep',
  strip: new Set(),
  metadata: new Map(),
  dims: new Map(),
  shapes: new Map(),
  rename: new Map(),
  verify: 'auto',
  dryRun: false,
  seed: 0,
};

/** As ONNX recommends: https://onnx.ai/onnx/repo-docs/ExternalData.html */
export const externalDefaults: Readonly<Omit<Required<ExternalSettings>, 'file'>> = {
  thresholdBytes: 1024,
  alignBytes: 4096,
  maxShardBytes: Number.POSITIVE_INFINITY,
};

const formatsByExtension: ReadonlyMap<string, ModelFormat> = new Map([
  ['.onnx', 'onnx'],
  ['.pb', 'onnx'],
  ['.ort', 'ort'],
  ['.json', 'json'],
  ['.onnxjson', 'json'],
  ['.txt', 'text'],
  ['.onnxtxt', 'text'],
]);

/** Extensions of formats that somebody may hope for. */
const foreignExtensions: ReadonlySet<string> = new Set([
  '.tflite',
  '.pt',
  '.pt2',
  '.pth',
  '.safetensors',
  '.gguf',
  '.engine',
  '.plan',
  '.mlmodel',
  '.mlpackage',
  '.xml',
  '.h5',
  '.keras',
  '.textproto',
  '.pbtxt',
  '.npz',
]);

/**
 * The format that the extension of an output stands for; ONNX for one that stands for none.
 *
 * @throws MlkitError USAGE for the extension of a format that mlkit does not write.
 */
export function formatOf(output: string): ModelFormat {
  const extension = extname(output).toLowerCase();
  if (foreignExtensions.has(extension)) {
    throw new MlkitError('USAGE', `--output ${output}: mlkit does not write ${extension} files`, {
      hint: `It writes ${modelFormats.join(', ')}; --to says which, whatever the name.`,
    });
  }
  return formatsByExtension.get(extension) ?? 'onnx';
}
