import { type ErrorCode, MlkitError } from '../errors.ts';
import { dataTypeFromCode } from '../tensor/index.ts';
import { cleanRuntimeMessage } from './clean-message.ts';

export interface RuntimeErrorContext {
  /** The model as the user named it. */
  readonly modelPath: string;
  readonly doing: 'load' | 'run';
}

interface Row {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  /** What is wrong; by default the runtime's own message, cleaned. */
  readonly message?: (match: Match) => string;
  readonly hint: string | ((match: Match) => string);
}

/** The capture groups of a row's pattern; missing ones are empty. */
type Match = readonly [string, string, string];

const checkHint = 'mlkit inspect --check names what is wrong with the model.';

/** First match wins. Matched against the cleaned message. */
const rows: readonly Row[] = [
  // The file.
  {
    pattern: /File doesn't exist/,
    code: 'FILE_NOT_FOUND',
    message: () => 'there is no such file',
    hint: 'Check the path.',
  },
  {
    pattern: /Protobuf parsing failed|ModelProto does not have a graph/,
    code: 'MODEL_MALFORMED',
    hint: 'The file is damaged, or no ONNX model: mlkit inspect says what it is.',
  },
  {
    pattern: /ORT model verification failed|Missing Model\. Invalid ORT format model/,
    code: 'MODEL_MALFORMED',
    message: () => 'it is not a model in ORT format',
    hint: 'The file is damaged, or no .ort model: mlkit inspect says what it is.',
  },
  {
    pattern: /External data path escapes|external data.*(absolute|outside|symlink)/i,
    code: 'EXTERNAL_PATH',
    hint: 'External data must lie in the folder of its model.',
  },
  {
    pattern: /External data path does not exist: "?([^"]+)/,
    code: 'EXTERNAL_DATA',
    message: ([, file]) => `the external data file ${file} is missing`,
    hint: 'Keep the data files beside the model, under the names that the model has for them.',
  },
  {
    pattern: /should be stored in (.+?), but it/,
    code: 'EXTERNAL_DATA',
    message: ([, file]) => `the external data file ${file} is missing or cannot be read`,
    hint: 'Keep the data files beside the model, under the names that the model has for them.',
  },
  {
    pattern: /failed\. ?open file "([^"]*)" failed: Permission denied/,
    code: 'FILE_PERMISSION',
    message: ([, file]) => `the external data file ${file} may not be read: permission denied`,
    hint: 'Check who may read it.',
  },
  {
    pattern: /cannot get file size: [^[]*\[([^\]]*)\]/,
    code: 'EXTERNAL_DATA',
    message: ([, file]) => `the external data file ${file} is no ordinary file`,
    hint: 'Put the data file itself in its place.',
  },
  {
    pattern: /Failed to save ORT format model/,
    code: 'FILE_IO',
    message: () => 'onnxruntime could not write it in ORT format',
    hint: 'Check the space on the disk, and who may write there.',
  },
  {
    pattern: /external data|External initializer|GetExtDataFromTensorProto|Failed to parse value/i,
    code: 'EXTERNAL_DATA',
    hint: 'mlkit inspect --external lists the data files that the model needs.',
  },
  {
    pattern: /^open file "([^"]*)" failed: (.*)/,
    code: 'FILE_IO',
    message: ([, file, why]) => `onnxruntime cannot write ${file}: ${why}`,
    hint: 'Check that the folder exists and can be written to.',
  },

  // Versions, operators and types that the runtime does not have.
  {
    pattern: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    code: 'RUNTIME_LOAD',
    message: ([, found, allowed]) =>
      `its IR version is ${found}, and the installed onnxruntime reads at most ${allowed}`,
    hint: ([, , allowed]) => `mlkit convert --ir-version ${allowed} lowers it.`,
  },
  {
    pattern: /Opset (\d+) is under development.*Current official support for domain (.+?)\.?$/,
    code: 'RUNTIME_LOAD',
    message: ([, found, support]) => {
      const [, domain, allowed] = /^(\S+) is till opset (\d+)/.exec(support) ?? ['', '', '?'];
      return `its opset ${found} of ${domain} is too new: the installed onnxruntime knows at most ${allowed}`;
    },
    hint: ([, , support]) =>
      `Export it with version ${/opset (\d+)/.exec(support)?.[1] ?? 'N'} or older of that operator set.`,
  },
  {
    pattern: /((?:ai\.onnx\.contrib|com\.microsoft\.extensions):\w+)\(-?\d+\) is not a registered/,
    code: 'RUNTIME_LOAD',
    message: ([, op]) => `the operator ${op} belongs to onnxruntime-extensions`,
    hint: 'mlkit does not load that library: do this step outside of the model, and export it without.',
  },
  {
    pattern:
      /(ai\.onnx(?:\.ml|\.preview[.\w]*)?|com\.microsoft(?:\.nchwc)?):(\w+)\(-?\d+\) is not a registered/,
    code: 'RUNTIME_LOAD',
    message: ([, domain, op]) => `the installed onnxruntime has no operator ${op} of ${domain}`,
    hint: 'It may be experimental, for training only, or of another version: export the model without it.',
  },
  {
    pattern: /(\S+?):(\w+)\(-?\d+\) is not a registered function\/op/,
    code: 'RUNTIME_LOAD',
    message: ([, domain, op]) =>
      `the operator ${op} of domain ${domain} is neither built into onnxruntime nor a function in the model`,
    hint: 'A custom operator needs a library that mlkit does not load: export the model without it.',
  },
  {
    pattern: /No opset import for domain '([^']*)'/,
    code: 'MODEL_INVALID',
    message: ([, domain]) => `it uses the domain ${domain} and imports no opset of it`,
    hint: checkHint,
  },
  {
    pattern: /No Op registered for (\S+) with domain_version of (\d+)/,
    code: 'MODEL_INVALID',
    message: ([, op, version]) => `opset ${version} has no operator ${op}`,
    hint: checkHint,
  },
  {
    pattern: /Op registered for (\S+) is deprecated in domain_version of (\d+)/,
    code: 'MODEL_INVALID',
    message: ([, op, version]) => `the operator ${op} does not exist any more in opset ${version}`,
    hint: 'Export it with an older opset, or with the operators that took its place.',
  },
  {
    pattern: /(?:Could not find an implementation for|Failed to find kernel for) (\w+)\((\d+)\)/,
    code: 'RUNTIME_LOAD',
    message: ([, op, version]) =>
      `the provider has no kernel for ${op} (version ${version}) with the types that the model uses`,
    hint: 'Export it with another opset (7 or newer), or with another element type, such as float32.',
  },
  {
    pattern: /^Unsupported data type: (\d+)/,
    code: 'MODEL_UNSUPPORTED',
    message: ([, code]) =>
      `an input or output is ${dataTypeFromCode(Number(code))?.name ?? `of type ${code}`}, which onnxruntime-node cannot pass`,
    hint: 'Add a Cast to float32 at the inputs and outputs of that type.',
  },
  {
    pattern: /Non tensor type is temporarily not supported/,
    code: 'MODEL_UNSUPPORTED',
    message: () =>
      'an output is no tensor (a sequence, a map, an optional or sparse), which onnxruntime-node cannot pass',
    hint: 'Cut the model before it, where it is still a tensor.',
  },
  {
    pattern: /Tensor\.type is not supported: (\w+)/,
    code: 'MODEL_UNSUPPORTED',
    message: ([, type]) => `an input is ${type}, which onnxruntime-node cannot pass`,
    hint: 'Add a Cast from int8 at the input.',
  },
  {
    pattern: /EPContext node generated by '(\w+)'/,
    code: 'RUNTIME_LOAD',
    message: ([, provider]) => `it was compiled for ${provider}, which is not in use`,
    hint: 'Take the model that it was compiled from.',
  },
  {
    pattern: /fallback to CPU EP has been explicitly disabled/,
    code: 'RUNTIME_LOAD',
    message: () => 'the provider does not take all nodes of the model, and falling back is off',
    hint: 'Allow the CPU to take the rest, or change those nodes.',
  },
  {
    pattern: /locale with name:(\S+?):/,
    code: 'RUNTIME_LOAD',
    message: ([, locale]) =>
      `a text operator of it needs the locale ${locale}, which this system lacks`,
    hint: 'Install that locale (on Debian and Ubuntu: package locales, then locale-gen).',
  },

  // Memory.
  {
    pattern:
      /Failed to allocate memory|bad_alloc|bad allocation|out of memory|Array buffer allocation/i,
    code: 'RUNTIME_RUN',
    message: () => 'there is not enough memory',
    hint: 'Use smaller inputs (--shape, --dim) or a machine with more memory.',
  },

  // The inputs.
  {
    pattern: /input '(.*)' is missing in 'feeds'/,
    code: 'INPUT_DATA',
    message: ([, name]) => `there is no data for input "${name}"`,
    hint: 'Every input needs data.',
  },
  {
    pattern:
      /Unexpected input data type\. Actual: \(tensor\((\w+)\)\) ?, expected: \(tensor\((\w+)\)\)/,
    code: 'INPUT_DATA',
    message: ([, found, expected]) => `an input has type ${found}, and the model wants ${expected}`,
    hint: 'Convert the data to the type of the input.',
  },
  {
    pattern: /Invalid rank for input|Got invalid dimensions for input/,
    code: 'INPUT_DATA',
    hint: 'Give data of the shape that the model declares.',
  },
  {
    pattern: /'fetches' contains invalid output name: (.*?)\.?$/,
    code: 'INPUT_DATA',
    message: ([, name]) => `it has no output "${name}"`,
    hint: 'mlkit inspect lists the outputs.',
  },
  {
    pattern: /indices element out of data bounds|invalid index found|index.*out of (bounds|range)/i,
    code: 'RUNTIME_RUN',
    hint: 'An index (a token id, say) is beyond the table that it looks up: check the values of integer inputs, and the sizes (--dim, --shape).',
  },

  // A graph that contradicts the specification.
  {
    pattern: /^Missing opset/,
    code: 'MODEL_INVALID',
    message: () => 'it imports no operator set, so nothing says what its operators mean',
    hint: 'Export it again: files of before 2018 did not have that, and runtimes refuse them.',
  },
  {
    pattern: /(Shape|Type)InferenceError|its (shape|type)s cannot be inferred/,
    code: 'MODEL_INVALID',
    hint: 'The types and shapes in the model contradict each other there: fix it where it is exported.',
  },
  {
    pattern:
      /This is an invalid model|^Invalid model|must not be recursive|Type Error|Duplicate definition|does not match expected size|Out of bounds dimensions/,
    code: 'MODEL_INVALID',
    hint: checkHint,
  },
];

/**
 * Makes mlkit's error of one of onnxruntime's. What is not recognised keeps the runtime's own message,
 * as RUNTIME_LOAD or RUNTIME_RUN.
 */
export function classifyRuntimeError(message: string, context: RuntimeErrorContext): MlkitError {
  const text = cleanRuntimeMessage(message);
  const doing = `cannot ${context.doing} ${context.modelPath}`;
  const cause = new Error(message);
  for (const row of rows) {
    const found = row.pattern.exec(text);
    if (found === null) continue;
    const match: Match = [found[0], found[1] ?? '', found[2] ?? ''];
    const hint = typeof row.hint === 'string' ? row.hint : row.hint(match);
    return new MlkitError(row.code, `${doing}: ${row.message?.(match) ?? text}`, { hint, cause });
  }
  const code = context.doing === 'load' ? 'RUNTIME_LOAD' : 'RUNTIME_RUN';
  return new MlkitError(code, `${doing}: ${text}`, { cause });
}
