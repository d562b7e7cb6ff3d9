import { resolve } from 'node:path';
import { exitStatus, MlkitError } from '../../errors.ts';
import type { InspectConfig, InspectReport } from '../../inspect/index.ts';
import type { OpenModel } from '../../onnx/index.ts';
import type { CommandContext, CommandModule, CommandOutcome } from '../command.ts';
import {
  checkOptions,
  checkOptionsOf,
  modelOptionsOf,
  once,
  outputOptions,
  outputOptionsOf,
  shapeOptions,
} from '../options.ts';

const examples = `
Examples:
  mlkit inspect model.onnx                 # what is in it; no weights are read
  mlkit inspect model.onnx --json          # the same for scripts
  mlkit inspect model.onnx --tensors       # its constants, largest first
  mlkit inspect model.onnx --stats         # their least, greatest and mean value, zeros, NaN, Inf
  mlkit inspect model.onnx --text          # the graph in ONNX textual syntax
  mlkit inspect model.onnx --shapes        # the types and shapes of all values
  mlkit inspect model.onnx --cost --dim batch=1
  mlkit inspect model.onnx --select 'op=Conv & dtype=float16'
  mlkit inspect old.onnx --diff new.onnx   # exit 1 if they differ
  mlkit inspect model.onnx --check         # exit 1 if there are errors
  mlkit inspect model.onnx --check --weights --target onnxruntime@1.17
  mlkit inspect weights.pt --check         # what a pickle would run; it is not run
`;

export const command: CommandModule = {
  name: 'inspect',
  summary: 'what is in a model, and what is wrong with it; no weights are read unless asked for',
  configure(program) {
    program
      .argument(
        '<model>',
        'an ONNX model; of safetensors, .npz, .pt2, .ort, PyTorch and pickle files, the headers',
      )
      .option('--nodes', 'list the nodes, with the types of what they read and write')
      .option('--tensors', 'list the constants, largest first')
      .option('--stats', 'list the constants with what their values are; reads the weights')
      .option('--shapes', 'list all values with the types and shapes that follow from the graph')
      .option('--cost', 'MACs, FLOPs and memory of activations, by operator and node')
      .option(
        '--select <expression>',
        'list only the nodes and constants that it is true of: "op=Conv & dtype=float16"',
        once('--select'),
      )
      .option(
        '--diff <other>',
        'what differs in another model; exit 1 if anything does',
        once('--diff'),
      )
      .option('--functions', "show the model's own functions")
      .option('--external', 'map the data files: what lies where, unused bytes, overlaps')
      .option('--text', 'print the model in ONNX textual syntax instead');
    checkOptions(program);
    shapeOptions(program);
    outputOptions(program);
    program.addHelpText('after', examples);
  },
  run,
};

async function run(context: CommandContext): Promise<CommandOutcome> {
  const { args, io, progress } = context;
  const config = await configOf(context);
  const [{ diffCases, inspectModel, presentInspection }, { openModel }] = await Promise.all([
    import('../../inspect/index.ts'),
    import('../../onnx/index.ts'),
  ]);
  const [path = ''] = args;
  const file = resolve(io.cwd, path);
  let open: OpenModel;
  try {
    open = openModel(file);
  } catch (error) {
    const { inspectForeignFile } = await import('../foreign-file.ts');
    return inspectForeignFile(context, file, error);
  }
  const otherName = context.options['diff'] as string | undefined;
  let other: OpenModel | undefined;
  let report: InspectReport;
  try {
    if (otherName !== undefined) {
      other = openModel(resolve(io.cwd, otherName));
      progress.start('comparing', 1);
    }
    if (config.stats || config.weights) progress.start('reading the weights', 1);
    else if (config.check) progress.start('checking the model');
    report = await inspectModel(open, config, {
      name: path,
      ...(other !== undefined && otherName !== undefined && { other, otherName }),
      signal: io.signal,
      onProgress: (done, total, tensor) => progress.update(done / total, tensor),
    });
  } finally {
    open.close();
    other?.close();
  }
  return {
    report,
    document: () => presentInspection(report),
    ...(report.diff !== undefined && { testCases: () => diffCases(report) }),
    ...(config.check && {
      checks: async () => (await import('../checked-codes.ts')).checkedCodes({ ...config, report }),
    }),
    exit: exitOf(report),
  };
}

/** No, where the model has errors or the models differ; more than that cannot be known counts less. */
function exitOf({ verdict, diff }: InspectReport): number {
  if (verdict === 'fail' || diff?.verdict === 'different') return exitStatus.answerIsNo;
  return diff?.verdict === 'inconclusive' ? exitStatus.inconclusive : exitStatus.done;
}

/** Sizes are fixed for what is worked out, and change nothing of what the file says. */
function refuseIdleSizes({ dims, inputShapes }: InspectConfig): void {
  if (dims.size + inputShapes.size === 0) return;
  const flag = dims.size > 0 ? '--dim' : '--shape';
  throw new MlkitError('USAGE', `${flag} has no meaning without --shapes, --cost or --select`);
}

async function configOf({ options }: CommandContext): Promise<InspectConfig> {
  const isSet = (name: keyof InspectConfig): boolean => options[name] === true;
  const given = modelOptionsOf(options);
  const config: InspectConfig = {
    nodes: isSet('nodes'),
    tensors: isSet('tensors'),
    stats: isSet('stats'),
    functions: isSet('functions'),
    text: isSet('text'),
    external: isSet('external'),
    ...(await checkOptionsOf(options)),
    shapes: isSet('shapes'),
    cost: isSet('cost'),
    select: (options['select'] as string | undefined) ?? null,
    dims: given.dims,
    inputShapes: given.shapes,
  };
  if (!config.shapes && !config.cost && config.select === null) refuseIdleSizes(config);
  const asked = { ...config, select: config.select !== null, diff: options['diff'] !== undefined };
  const others = Object.entries(asked).filter(
    ([name, value]) => value === true && !['text', 'runtime'].includes(name),
  );
  const [other] = others;
  if (config.text && other !== undefined && outputOptionsOf(options).format !== 'json') {
    throw new MlkitError('USAGE', `--text prints the model only, so --${other[0]} would be lost`, {
      hint: 'Give one of them, or add --json for both.',
    });
  }
  return config;
}
