import { resolve } from 'node:path';
import type { Command } from 'commander';
import { exitStatus, MlkitError } from '../../errors.ts';
import {
  type Mode,
  modes,
  plannedModes,
  plannedWeightTypes,
  presentQuantization,
  type QuantizeConfig,
  type QuantizeReport,
  quantizationCases,
  quantizeModel,
  type WeightType,
  weightTypes,
} from '../../quantize/index.ts';
import type { CommandContext, CommandModule, CommandOutcome } from '../command.ts';
import {
  modelOptions,
  modelOptionsOf,
  outputModelOptions,
  outputModelOptionsOf,
  outputOptions,
} from '../options.ts';
import { parseChoice, parseList, parseNumber } from '../parse.ts';

const examples = `
Examples:
  mlkit quantize model.onnx -o model.int8.onnx
  mlkit quantize model.onnx --dry-run
  mlkit quantize encoder.onnx -o encoder.int8.onnx --mode dynamic --inputs samples.npz
  mlkit quantize model.onnx -o model.int8.onnx --mode weight-only --min-sqnr 35
  mlkit quantize model.onnx -o model.int8.onnx --exclude '*/lm_head/*' --exclude '/pooler*'
  mlkit quantize model.onnx -o model.int8.onnx --json > report.json

dynamic: weights and activations in 8 bits, integer arithmetic; the fastest, needs no data.
weight-only: weights in 8 bits, arithmetic in float; more accurate, the same size, and the results
do not depend on what else is in the batch.
Exit status: 0 written; 1 the result does not pass its gates, or there is nothing to quantize;
4 written, but it could not be run or judged.`;

/** `mlkit quantize`. */
export const command: CommandModule = {
  name: 'quantize',
  summary: 'put the weights of a model into 8 bits, and measure what that costs and gains',
  configure(program) {
    program.argument('<model>', 'an ONNX model');
    outputModelOptions(program);
    quantizationOptions(program);
    selectionOptions(program);
    program
      .option('--dry-run', 'print what would become of each node, and why; write nothing')
      .option(
        '--min-sqnr <dB>',
        'the least signal-to-noise ratio of every output (default: 20)',
        (text) => parseNumber('--min-sqnr', text),
      )
      .option('--force', 'write a result that does not pass its gates all the same')
      .option('--verify', 'run original and result, compare and time them (the default)')
      .option('--no-verify', 'only write the result');
    modelOptions(program);
    outputOptions(program);
    program.addHelpText('after', examples);
  },
  run,
};

function quantizationOptions(program: Command): void {
  program
    .option(
      `--mode <${modes.join('|')}>`,
      'auto: dynamic where matrix products dominate and it passes, else weight-only',
      (text) => parsePlanned('--mode', text, modes, plannedModes),
      'auto',
    )
    .option(
      `--weights <${weightTypes.join('|')}>`,
      'type of the weights; uint8 avoids saturation on x64 processors without VNNI',
      (text) => parsePlanned('--weights', text, weightTypes, plannedWeightTypes),
      'int8',
    )
    .option('--per-tensor', 'one scale for a whole weight instead of one for each column')
    .option('--symmetric', 'the same range on both sides of zero, without zero points');
}

function selectionOptions(program: Command): void {
  program
    .option('--ops <a,b>', 'operators to quantize (default: MatMul,Gemm,Gather)', (text) =>
      parseList('--ops', text),
    )
    .option(
      '--nodes <glob>',
      'quantize only nodes of such names; * is any text; repeatable',
      collect,
    )
    .option('--exclude <glob>', 'leave nodes of such names in float; repeatable', collect);
}

function collect(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), text];
}

/** A choice of which some are known and not there yet. */
function parsePlanned<Choice extends string>(
  flag: string,
  text: string,
  choices: readonly Choice[],
  planned: readonly string[],
): Choice {
  if (planned.includes(text)) {
    throw new MlkitError('NOT_SUPPORTED', `${flag} ${text} comes in a later version of mlkit`, {
      hint: `This version has: ${choices.join(', ')}.`,
    });
  }
  return parseChoice(flag, text, choices);
}

interface Flags {
  readonly mode?: Mode;
  readonly weights?: WeightType;
  readonly perTensor?: boolean;
  readonly symmetric?: boolean;
  readonly ops?: readonly string[];
  readonly nodes?: readonly string[];
  readonly exclude?: readonly string[];
  readonly dryRun?: boolean;
  readonly minSqnr?: number;
  readonly force?: boolean;
  readonly verify?: boolean;
}

async function run({ args, options, io, progress }: CommandContext): Promise<CommandOutcome> {
  const [name = ''] = args;
  const config = configOf(options);
  const { output: outputName } = outputModelOptionsOf(options);
  if (outputName === undefined && !config.dryRun) {
    throw new MlkitError('USAGE', 'there is no output: where shall the result be written?', {
      hint: 'Give a path with -o; --dry-run writes nothing.',
    });
  }
  if (outputName !== undefined) await refuseOtherFormat(outputName);
  const output = outputName === undefined ? null : resolve(io.cwd, outputName);
  const report = await quantizeModel(resolve(io.cwd, name), output, config, {
    signal: io.signal,
    onStep: (label, total) => progress.start(label, total),
    onProgress: (done) => progress.update(done),
    name,
    ...(outputName !== undefined && { outputName }),
  });
  return {
    report,
    document: () => presentQuantization(report),
    testCases: () => quantizationCases(report),
    exit: exitOf(report),
  };
}

/** What is written is ONNX; under another name it would be taken for something else. */
async function refuseOtherFormat(output: string): Promise<void> {
  const { formatOf } = await import('../../convert/index.ts');
  if (formatOf(output) === 'onnx') return;
  throw new MlkitError('USAGE', `--output ${output}: quantize writes ONNX models`, {
    hint: 'Name it *.onnx; mlkit convert makes other formats of that.',
  });
}

function exitOf({ verdict }: QuantizeReport): number {
  if (verdict === 'fail') return exitStatus.answerIsNo;
  return verdict === 'inconclusive' ? exitStatus.inconclusive : exitStatus.done;
}

function configOf(options: CommandContext['options']): QuantizeConfig {
  const flags: Flags = options;
  const { provider, threads, dims, shapes, inputs, seed } = modelOptionsOf(options);
  if (flags.verify === false && flags.minSqnr !== undefined) {
    throw new MlkitError('USAGE', '--min-sqnr cannot be judged with --no-verify', {
      hint: 'Leave one of the two out.',
    });
  }
  return {
    mode: flags.mode ?? 'auto',
    weights: flags.weights ?? 'int8',
    perTensor: flags.perTensor === true,
    symmetric: flags.symmetric === true,
    ops: flags.ops ?? null,
    nodes: flags.nodes ?? [],
    exclude: flags.exclude ?? [],
    dryRun: flags.dryRun === true,
    minSqnrDb: flags.minSqnr ?? null,
    force: flags.force === true,
    verify: flags.verify !== false,
    provider,
    threads: threads ?? null,
    dims,
    shapes,
    inputs,
    seed,
  };
}
