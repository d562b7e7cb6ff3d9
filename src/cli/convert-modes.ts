import {
  type ConvertReport,
  checkModel,
  fixModel,
  presentCheck,
  presentFix,
} from '../convert/index.ts';
import { exitStatus, MlkitError } from '../errors.ts';
import type { CommandContext, CommandOutcome } from './command.ts';
import type { CheckOptions } from './options.ts';

/** A model and where the result goes, as the user wrote it and as it is on disk. */
export interface ModelFiles {
  readonly name: string;
  readonly input: string;
  readonly outputName?: string;
  readonly output: string | null;
}

/** `convert --check`: answers, and changes nothing. */
export async function runCheck(
  { io, progress }: CommandContext,
  { name, input }: ModelFiles,
  asked: CheckOptions,
): Promise<CommandOutcome> {
  progress.start('checking the model');
  const report = await checkModel(input, {
    runtime: asked.runtime,
    values: asked.weights,
    target: asked.target,
    name,
    signal: io.signal,
    onProgress: (done, total, tensor) => progress.update(done / total, tensor),
  });
  return {
    report,
    document: () => presentCheck(report),
    checks: async () => (await import('./checked-codes.ts')).checkedCodes({ ...asked, report }),
    exit: report.verdict === 'pass' ? exitStatus.done : exitStatus.answerIsNo,
  };
}

/** `convert --fix`: mends what checks find and a pass knows how to mend. */
export async function runFix(
  { io, progress }: CommandContext,
  { name, input, outputName, output }: ModelFiles,
  settings: Parameters<typeof fixModel>[2],
): Promise<CommandOutcome> {
  const report = await fixModel(input, output, settings, {
    signal: io.signal,
    onStep: (label) => progress.start(label),
    onProgress: (done, total, tensor) => progress.update(done / total, tensor),
    name,
    ...(outputName !== undefined && { outputName }),
  });
  return {
    report,
    document: () => presentFix(report),
    exit: exitOfConversion(report),
  };
}

/**
 * Refuses flags that ask for something else than a flag that stands alone.
 *
 * @param flags Names of options as they are kept, and whether they were given.
 */
export function refuseBeside(
  alone: string,
  flags: Readonly<Record<string, boolean>>,
  hint: string,
): void {
  const given = Object.keys(flags).find((key) => flags[key]);
  if (given === undefined) return;
  const flag = given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new MlkitError('USAGE', `${alone} and --${flag} ask for different things`, { hint });
}

/** No, where the result computes something else; what was asked and cannot be told counts less. */
export function exitOfConversion({ verification, config }: ConvertReport): number {
  if (verification.verdict === 'fail') return exitStatus.answerIsNo;
  const isAsked = config.verify === 'always' && verification.verdict === 'inconclusive';
  return isAsked ? exitStatus.inconclusive : exitStatus.done;
}
