/**
 * What can go wrong for a reason outside mlkit: the command line, the file, the machine. Anything
 * thrown that is not an {@link MlkitError} is a defect of mlkit and is reported as one.
 */

/** Process exit statuses, the contract with scripts (docs/cli.md). */
export const exitStatus: Readonly<
  Record<
    'done' | 'answerIsNo' | 'usage' | 'input' | 'inconclusive' | 'defect' | 'interrupted',
    number
  >
> = {
  done: 0,
  answerIsNo: 1,
  usage: 2,
  input: 3,
  inconclusive: 4,
  defect: 70,
  interrupted: 130,
};

/** The closed union of error codes. */
export type ErrorCode =
  | 'USAGE'
  | 'FILE_NOT_FOUND'
  | 'FILE_IS_DIRECTORY'
  | 'FILE_PERMISSION'
  | 'FILE_EMPTY'
  | 'FILE_CHANGED'
  | 'FILE_EXISTS'
  | 'FILE_IO'
  | 'DISK_FULL'
  | 'OUTPUT_IS_INPUT'
  | 'FOREIGN_FORMAT'
  | 'MODEL_MALFORMED'
  | 'MODEL_INVALID'
  | 'MODEL_UNSUPPORTED'
  | 'LIMIT_EXCEEDED'
  | 'EXTERNAL_DATA'
  | 'EXTERNAL_PATH'
  | 'INPUT_DATA'
  | 'RUNTIME_LOAD'
  | 'RUNTIME_RUN'
  | 'RUNTIME_CRASHED'
  | 'RUNTIME_TIMEOUT'
  | 'RUNTIME_MEMORY'
  | 'PROVIDER_UNAVAILABLE'
  | 'NOT_SUPPORTED'
  | 'INTERRUPTED';

/** One row per error code: the exit status it maps to, and the hint used when none is given. */
const errorTable: Readonly<Record<ErrorCode, { exit: number; hint: string }>> = {
  USAGE: { exit: exitStatus.usage, hint: 'Run the command with --help to see its options.' },
  FILE_NOT_FOUND: { exit: exitStatus.input, hint: 'Check the path.' },
  FILE_IS_DIRECTORY: { exit: exitStatus.input, hint: 'Name a file inside it.' },
  FILE_PERMISSION: { exit: exitStatus.input, hint: 'Check who may read or write it.' },
  FILE_EMPTY: { exit: exitStatus.input, hint: 'Export or download the model again.' },
  FILE_CHANGED: { exit: exitStatus.input, hint: 'Run again when nothing else writes to it.' },
  FILE_EXISTS: { exit: exitStatus.input, hint: 'Choose another path, or remove it first.' },
  FILE_IO: { exit: exitStatus.input, hint: 'Check the disk and try again.' },
  DISK_FULL: { exit: exitStatus.input, hint: 'Free some space, or write to another disk.' },
  OUTPUT_IS_INPUT: { exit: exitStatus.usage, hint: 'Give -o a path of its own.' },
  FOREIGN_FORMAT: { exit: exitStatus.input, hint: 'mlkit reads ONNX models.' },
  MODEL_MALFORMED: { exit: exitStatus.input, hint: 'Export or download the model again.' },
  MODEL_INVALID: { exit: exitStatus.input, hint: 'Fix the model, or export it again.' },
  MODEL_UNSUPPORTED: { exit: exitStatus.input, hint: 'This model cannot be handled here.' },
  LIMIT_EXCEEDED: { exit: exitStatus.input, hint: 'The file is damaged, or not a model.' },
  EXTERNAL_DATA: { exit: exitStatus.input, hint: 'Keep the data files beside the model.' },
  EXTERNAL_PATH: {
    exit: exitStatus.input,
    hint: 'External data must lie in the folder of its model.',
  },
  INPUT_DATA: { exit: exitStatus.input, hint: 'Check the names, types and shapes of the inputs.' },
  RUNTIME_LOAD: { exit: exitStatus.input, hint: 'onnxruntime does not accept this model.' },
  RUNTIME_RUN: { exit: exitStatus.input, hint: 'Check the inputs; --shape and --dim fix sizes.' },
  RUNTIME_CRASHED: { exit: exitStatus.input, hint: 'The model makes onnxruntime crash.' },
  RUNTIME_TIMEOUT: { exit: exitStatus.input, hint: 'Raise the limit, or use a smaller model.' },
  RUNTIME_MEMORY: { exit: exitStatus.input, hint: 'Raise the limit, or use a smaller model.' },
  PROVIDER_UNAVAILABLE: { exit: exitStatus.input, hint: 'Use --provider cpu.' },
  NOT_SUPPORTED: { exit: exitStatus.input, hint: 'This version of mlkit cannot do that.' },
  INTERRUPTED: { exit: exitStatus.interrupted, hint: 'Nothing was written.' },
};

export interface MlkitErrorOptions {
  /** What to try; replaces the code's standing hint. */
  readonly hint?: string;
  /** The foreign error (runtime, file system) that this one was made from. */
  readonly cause?: unknown;
}

/**
 * The operation could not be done, and the user, the file or the platform is the cause.
 *
 * The message says what was being done, to what, the value found and the value allowed; the hint
 * says what to try next.
 */
export class MlkitError extends Error {
  override readonly name: string = 'MlkitError';
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options: MlkitErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? errorTable[code].hint;
  }

  /** The exit status that this error ends the process with. */
  get exit(): number {
    return errorTable[this.code].exit;
  }
}

const fileErrorCodes: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'FILE_NOT_FOUND',
  ENOTDIR: 'FILE_NOT_FOUND',
  ELOOP: 'FILE_NOT_FOUND',
  ENAMETOOLONG: 'FILE_NOT_FOUND',
  EISDIR: 'FILE_IS_DIRECTORY',
  EACCES: 'FILE_PERMISSION',
  EPERM: 'FILE_PERMISSION',
  EROFS: 'FILE_PERMISSION',
  EEXIST: 'FILE_EXISTS',
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EFBIG: 'DISK_FULL',
};

const fileErrorWords: Partial<Record<ErrorCode, string>> = {
  FILE_NOT_FOUND: 'there is no such file',
  FILE_IS_DIRECTORY: 'it is a directory',
  FILE_PERMISSION: 'permission denied',
  FILE_EXISTS: 'it exists already',
  DISK_FULL: 'the disk is full',
};

/** Words for what the code alone does not say. */
const systemErrorWords: Readonly<Record<string, string>> = {
  ENOTDIR: 'a part of its path is not a folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EBUSY: 'another program is using it',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

/**
 * Converts an error of node:fs. Errors that are already mlkit's pass through unchanged.
 *
 * @param doing What was being done, for example `cannot read the model`.
 * @param path The file that it was done to.
 * @param error What node:fs threw.
 */
export function fromFileError(doing: string, path: string, error: unknown): MlkitError {
  if (error instanceof MlkitError) return error;
  const systemCode = (error as NodeJS.ErrnoException).code ?? '';
  const code = fileErrorCodes[systemCode] ?? 'FILE_IO';
  const words =
    systemErrorWords[systemCode] ??
    fileErrorWords[code] ??
    (error instanceof Error ? error.message : String(error));
  return new MlkitError(code, `${doing} ${path}: ${words}`, { cause: error });
}
