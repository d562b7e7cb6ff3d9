import {
  type ForeignFile,
  type ForeignFormat,
  type ForeignTensor,
  readForeign,
} from '../formats/index.ts';
import { FileSource, sniffFormat } from '../onnx/index.ts';
import { countBySeverity, type ReportBase, toolInfo } from '../report/index.ts';
import { elementCountOf } from '../tensor/index.ts';

/** What `inspect` can be asked of a file that is no ONNX model. */
export interface ForeignConfig {
  /** List all tensors. */
  readonly tensors: boolean;
  /** Answer whether the file is sound, and harmless to load. */
  readonly check: boolean;
}

/** What is in a file that is no ONNX model: weights, arrays, a model of another framework. */
export interface ForeignReport extends ReportBase {
  readonly kind: 'inspect';
  readonly model: { readonly path: string; readonly sizeBytes: number };
  readonly config: { readonly tensors: boolean; readonly check: boolean };
  readonly format: ForeignFormat;
  /** With its article: `a safetensors file`. */
  readonly what: string;
  /** Of the format, as the file has it; empty where it has none. */
  readonly formatVersion: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the format has them. */
  readonly inputs?: ForeignFile['inputs'];
  readonly outputs?: ForeignFile['outputs'];
  readonly nodes?: number;
  readonly operators?: ForeignFile['operators'];
  /** Elements of all tensors; those that lie in the same bytes count once. */
  readonly parameters: number;
  readonly parameterBytes: number;
  /** Bytes by element type, largest first. */
  readonly dtypes: Readonly<Record<string, number>>;
  /** In the order of the file. */
  readonly tensors: readonly ForeignTensor[];
  /** What the pickles in it name, the worst first. */
  readonly globals?: ForeignFile['globals'];
  readonly findings: ForeignFile['findings'];
  /** What can be done with it. */
  readonly nextStep: string;
}

/** Formats whose weights are read by loading a pickle. */
const pickleStep =
  'Nothing in it was run; loading it in Python runs what it names, with torch.load(FILE, weights_only=True) only what is known.';

const nextSteps: Readonly<Record<ForeignFormat, string>> = {
  safetensors:
    'It holds weights and no graph: export the model that they belong to with torch.onnx.export or Optimum.',
  npy: 'It is data for --inputs of validate and benchmark: --inputs NAME=FILE.',
  npz: 'It is data for --inputs of validate, benchmark and quantize.',
  pt2: 'Export it: torch.onnx.export(torch.export.load(FILE), f="model.onnx", dynamo=True)',
  ort: 'mlkit benchmark and validate run it. What else mlkit does needs the ONNX model that it was made from.',
  pytorch: `It holds weights and no graph: load them into the module and export that with torch.onnx.export. ${pickleStep}`,
  torchscript:
    'Export the PyTorch module that it was made from with torch.onnx.export; without it, torch.jit.load(FILE) can be exported with dynamo=False.',
  pickle:
    'Nothing in it was run; loading it in Python runs what it names. If it holds a scikit-learn model, convert that with skl2onnx.',
};

/**
 * What is in a file that is no ONNX model, by its headers.
 *
 * @param file Where it is.
 * @param path As the user named it.
 * @returns Null when it is nothing that is read here.
 * @throws MlkitError FILE_* when it cannot be read, MODEL_MALFORMED, INPUT_DATA or LIMIT_EXCEEDED
 *   when it is damaged.
 */
export async function inspectForeign(
  file: string,
  path: string,
  config: ForeignConfig,
): Promise<ForeignReport | null> {
  const source = new FileSource(file, 'cannot read the file');
  try {
    const sniffed = sniffFormat(source);
    const content =
      (sniffed && (await readForeign(source, sniffed.kind))) ?? (await readAsPickle(source, path));
    if (content === null) return null;
    const { check, tensors } = config;
    const { error } = countBySeverity(content.findings);
    return {
      schema: 1,
      kind: 'inspect',
      tool: toolInfo(),
      model: { path, sizeBytes: source.size },
      config: { tensors, check },
      format: content.format,
      what: content.format === 'pickle' ? 'a Python pickle' : (sniffed?.what ?? ''),
      formatVersion: content.version ?? '',
      ...describe(content),
      nextStep: nextSteps[content.format],
      ...(check && { verdict: error > 0 ? 'fail' : 'pass' }),
    };
  } finally {
    source.close();
  }
}

/**
 * What is in a file that is named as a pickle and begins in no way of its own, as the oldest do. Null
 * when it is none.
 */
async function readAsPickle(source: FileSource, path: string): Promise<ForeignFile | null> {
  if (!/\.(pkl|pickle)$/i.test(path) || source.size === 0) return null;
  const content = await readForeign(source, 'pickle');
  const isDamaged = content?.findings.some(({ code }) => code === 'pickle-damaged') ?? true;
  return isDamaged && (content?.globals ?? []).length === 0 ? null : content;
}

type Content = Pick<
  ForeignReport,
  | 'metadata'
  | 'inputs'
  | 'outputs'
  | 'nodes'
  | 'operators'
  | 'parameters'
  | 'parameterBytes'
  | 'dtypes'
  | 'tensors'
  | 'globals'
  | 'findings'
>;

function describe(content: ForeignFile): Content {
  const { metadata, inputs, outputs, operators, tensors, globals, findings } = content;
  return {
    metadata,
    ...(inputs !== undefined && { inputs }),
    ...(outputs !== undefined && { outputs }),
    ...(operators !== undefined && {
      nodes: Object.values(operators).reduce((sum, count) => sum + count, 0),
      operators,
    }),
    ...totals(tensors),
    tensors,
    ...(globals !== undefined && { globals }),
    findings,
  };
}

function totals(
  tensors: readonly ForeignTensor[],
): Pick<ForeignReport, 'parameters' | 'parameterBytes' | 'dtypes'> {
  const byType = new Map<string, number>();
  let parameters = 0;
  let parameterBytes = 0;
  for (const { dtype, shape, bytes, sameAs } of tensors) {
    if (sameAs !== undefined) continue;
    parameters += elementCountOf(shape ?? [0]) ?? 0;
    parameterBytes += bytes ?? 0;
    if (dtype !== null) byType.set(dtype, (byType.get(dtype) ?? 0) + (bytes ?? 0));
  }
  return {
    parameters,
    parameterBytes,
    dtypes: Object.fromEntries([...byType].toSorted(([, a], [, b]) => b - a)),
  };
}
