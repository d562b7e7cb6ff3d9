import { type ErrorCode, exitStatus, MlkitError } from '../errors.ts';
import { inspectForeign, presentForeign } from '../inspect/index.ts';
import type { CommandContext, CommandOutcome } from './command.ts';

/** Options of `inspect` that say something of files without a graph that is read. */
const useful: ReadonlySet<string> = new Set([
  'tensors',
  'check',
  // True unless --no-runtime is given, which then asks for nothing.
  'runtime',
  'json',
  'format',
  'reportFormat',
  'report',
  'quiet',
  'verbose',
  'color',
]);

/** Why what is in a file is no model; other reasons are not about that. */
const ofContent: ReadonlySet<ErrorCode> = new Set(['FOREIGN_FORMAT', 'MODEL_MALFORMED']);

/**
 * What `inspect` says of a file that is no ONNX model, where its headers are read.
 *
 * @param file Where it is.
 * @param refusal Why it was not read as a model.
 * @throws MlkitError the refusal itself for other files; USAGE for options that need an ONNX model.
 */
export async function inspectForeignFile(
  { args, options }: CommandContext,
  file: string,
  refusal: unknown,
): Promise<CommandOutcome> {
  if (!(refusal instanceof MlkitError) || !ofContent.has(refusal.code)) throw refusal;
  const [path = ''] = args;
  const report = await inspectForeign(file, path, {
    tensors: options['tensors'] === true,
    check: options['check'] === true,
  });
  if (report === null) throw refusal;
  const other = Object.keys(options).find((name) => !useful.has(name) && isSet(options[name]));
  if (other !== undefined) {
    const flag = `--${other.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new MlkitError('USAGE', `${path} is ${report.what}; ${flag} is for ONNX models`, {
      hint: 'Of such a file, --tensors and --check can be asked.',
    });
  }
  return {
    report,
    document: () => presentForeign(report),
    exit: report.verdict === 'fail' ? exitStatus.answerIsNo : exitStatus.done,
  };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}
