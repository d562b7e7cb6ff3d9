import { extname, resolve } from 'node:path';
import type { Command } from 'commander';
import {
  type ConvertConfig,
  conversionCases,
  convertModel,
  type ExternalConfig,
  externalDefaults,
  formatOf,
  type ModelFormat,
  modelFormats,
  presentConversion,
  type VerifyMode,
} from '../../convert/index.ts';
import { MlkitError } from '../../errors.ts';
import { newestIrVersion, type Strippable, strippables } from '../../passes/index.ts';
import type { CommandContext, CommandModule, CommandOutcome } from '../command.ts';
import { exitOfConversion, refuseBeside, runCheck, runFix } from '../convert-modes.ts';
import {
  addOnce,
  checkOptions,
  checkOptionsOf,
  outputModelOptions,
  outputModelOptionsOf,
  outputOptions,
  seedOption,
} from '../options.ts';
import {
  parseAssignment,
  parseByteSize,
  parseChoice,
  parseChoiceList,
  parseDimOrDynamic,
  parseShape,
  parseWholeNumber,
} from '../parse.ts';

const examples = `
Examples:
  mlkit convert model.onnx --check         # exit 1 if there are errors
  mlkit convert model.onnx --check --report check.html --report check.sarif
  mlkit convert model.onnx -o fixed.onnx --fix
  mlkit convert model.onnx -o batch1.onnx --dim batch=1
  mlkit convert model.onnx -o sized.onnx --shape images=1x3x640x640
  mlkit convert big.onnx -o sharded.onnx --external sharded.data --max-shard 2GB
  mlkit convert split.onnx -o single.onnx --embed
  mlkit convert new.onnx -o old.onnx --ir-version auto
  mlkit convert model.onnx -o clean.onnx --strip doc,metadata --set-metadata version=1.2
  mlkit convert model.onnx -o renamed.onnx --rename input.1=images --rename 464=logits
  mlkit convert model.onnx -o model.ort
  mlkit convert model.onnx -o model.json --dry-run

With nothing asked for, the output is a copy, byte for byte. Flags use the names of the original.`;

/** `mlkit convert`. */
export const command: CommandModule = {
  name: 'convert',
  summary: 'check a model; change its shapes, names, format or files, and prove the result',
  configure(program) {
    program.argument('<model>', 'an ONNX model');
    outputModelOptions(program);
    checkOptions(program);
    program.option(
      '--fix',
      'mend what checks find and can be mended: order, dead nodes, copies of weights, missing shapes',
    );
    formatOptions(program);
    dataOptions(program);
    graphOptions(program);
    program
      .option('--verify', 'run original and result and compare, whatever was changed')
      .option('--no-verify', 'do not compare the result with the original')
      .option('--dry-run', 'tell what would change and write nothing');
    seedOption(program);
    outputOptions(program);
    program.addHelpText('after', examples);
  },
  run,
};

function formatOptions(program: Command): void {
  program
    .option(
      `--to <${modelFormats.join('|')}>`,
      'format of the output (default: by the extension of -o)',
      (text) => parseChoice('--to', text, modelFormats),
    )
    .option(
      '--opset <n>',
      'version of ai.onnx, or DOMAIN=N for another operator set; repeatable',
      (text, previous: ReadonlyMap<string, number> | undefined) => {
        const { domain, version } = parseOpset(text);
        return addOnce(previous, '--opset', domain, version, domain === '' ? 'ai.onnx' : domain);
      },
    )
    .option(
      '--ir-version <n|auto>',
      'version of the file format; auto: the lowest needed',
      (text) => (text === 'auto' ? text : parseWholeNumber('--ir-version', text, irRange)),
    );
}

const irRange = { min: 1, max: newestIrVersion };

function dataOptions(program: Command): void {
  program
    .option('--external <file>', 'put the weights into a data file beside the model')
    .option('--embed', 'put the weights into the model file')
    .option(
      '--external-threshold <size>',
      'with --external: smaller ones stay (default: 1KiB)',
      (text) => parseByteSize('--external-threshold', text),
    )
    .option(
      '--align <bytes>',
      'with --external: weights above 1 MiB start at multiples of this; 0 packs them (default: 4096)',
      (text) => parseAlignment(text),
    )
    .option(
      '--max-shard <size>',
      'with --external: begin a new file before one grows beyond',
      (text) => {
        const size = parseByteSize('--max-shard', text);
        if (size > 0) return size;
        throw new MlkitError('USAGE', '--max-shard: 0 bytes is no size for a file');
      },
    );
}

function graphOptions(program: Command): void {
  program
    .option(
      '--dim <name=n>',
      'fix a symbolic dimension everywhere; repeatable',
      (text, previous: ReadonlyMap<string, number> | undefined) => {
        const { name, size } = parseDimOrDynamic('--dim', text);
        if (size !== 'dynamic') return addOnce(previous, '--dim', name, size);
        throw new MlkitError(
          'NOT_SUPPORTED',
          `--dim ${name}=dynamic: opening a fixed dimension comes in a later version of mlkit`,
          { hint: 'Export the model with that dimension dynamic.' },
        );
      },
    )
    .option(
      '--shape <input=1x3x224x224>',
      "fix an input's shape; repeatable",
      (text, previous: ReadonlyMap<string, readonly number[]> | undefined) => {
        const { input, shape } = parseShape('--shape', text);
        return addOnce(previous, '--shape', input, shape);
      },
    )
    .option(
      '--rename <old=new>',
      'rename an input, output or other value; repeatable',
      (text, previous: ReadonlyMap<string, string> | undefined) => {
        const { name, value } = parseAssignment('--rename', text, 'OLD=NEW');
        return addOnce(previous, '--rename', name, value);
      },
    )
    .option(
      `--strip <${strippables.join(',')}>`,
      'take out texts, keys and values, or types that can be inferred',
      (text) => parseChoiceList('--strip', text, strippables),
    )
    .option(
      '--set-metadata <key=value>',
      "set an entry of the model's metadata; repeatable",
      (text, previous: ReadonlyMap<string, string> | undefined) => {
        const { key, value } = parseEntry(text);
        return addOnce(previous, '--set-metadata', key, value);
      },
    );
}

/** `17`, or `ml=3`; `ml` is short for ai.onnx.ml. */
function parseOpset(text: string): { domain: string; version: number } {
  const at = text.lastIndexOf('=');
  const name = at < 0 ? '' : text.slice(0, at);
  if (at === 0)
    throw new MlkitError('USAGE', `--opset: "${text}" is not of the form N or DOMAIN=N`);
  const domain = name === 'ml' ? 'ai.onnx.ml' : name === 'ai.onnx' ? '' : name;
  const version = parseWholeNumber('--opset', text.slice(at + 1), { min: 1, max: 2 ** 31 - 1 });
  return { domain, version };
}

/** Split at the first `=`: values are more likely to hold one than keys. */
function parseEntry(text: string): { key: string; value: string } {
  const at = text.indexOf('=');
  if (at > 0) return { key: text.slice(0, at), value: text.slice(at + 1) };
  throw new MlkitError('USAGE', `--set-metadata: "${text}" is not of the form KEY=VALUE`);
}

function parseAlignment(text: string): number {
  const bytes = parseByteSize('--align', text);
  const isPowerOfTwo = bytes > 0 && Number.isInteger(Math.log2(bytes));
  if (bytes === 0 || (isPowerOfTwo && bytes <= 2 ** 30)) return bytes;
  throw new MlkitError('USAGE', `--align: "${text}" is not 0 or a power of two up to 1GiB`);
}

interface Flags {
  readonly to?: ModelFormat;
  readonly opset?: ReadonlyMap<string, number>;
  readonly irVersion?: number | 'auto';
  readonly external?: string;
  readonly embed?: boolean;
  readonly externalThreshold?: number;
  readonly align?: number;
  readonly maxShard?: number;
  readonly dim?: ReadonlyMap<string, number>;
  readonly shape?: ReadonlyMap<string, readonly number[]>;
  readonly rename?: ReadonlyMap<string, string>;
  readonly strip?: readonly Strippable[];
  readonly setMetadata?: ReadonlyMap<string, string>;
  readonly fix?: boolean;
  readonly verify?: boolean;
  readonly dryRun?: boolean;
  readonly seed?: number;
}

async function run(context: CommandContext): Promise<CommandOutcome> {
  const { args, options, io, progress } = context;
  const [name = ''] = args;
  const flags: Flags = options;
  const { output: outputName } = outputModelOptionsOf(options);
  const input = resolve(io.cwd, name);
  const output = outputName === undefined ? null : resolve(io.cwd, outputName);
  const files = { name, input, output, ...(outputName !== undefined && { outputName }) };
  const asked = await checkOptionsOf(options);
  if (asked.check) {
    const given = {
      ...givenOf(flags),
      verify: flags.verify === true,
      noVerify: flags.verify === false,
      output: output !== null,
      fix: flags.fix === true,
    };
    refuseBeside(
      '--check',
      given,
      'Leave one of the two out; a conversion checks the model anyway.',
    );
    return runCheck(context, files, asked);
  }
  if (flags.fix === true) {
    const others = { ...givenOf(flags), verify: false, dryRun: false };
    refuseBeside('--fix', others, 'Mend the model first, and convert the result.');
    refuseNoOutput(output, flags);
    if (outputName !== undefined) refuseOtherFormat(outputName);
    return runFix(context, files, {
      dryRun: flags.dryRun === true,
      verify: verifyMode(flags.verify),
      seed: flags.seed ?? 0,
    });
  }
  const config = configOf(flags, outputName);
  refuseNoOutput(output, flags);
  const report = await convertModel(input, output, config, {
    signal: io.signal,
    onStep: (label) => progress.start(label),
    name,
    ...(outputName !== undefined && { outputName }),
  });
  return {
    report,
    document: () => presentConversion(report),
    testCases: () => conversionCases(report),
    exit: exitOfConversion(report),
  };
}

function refuseNoOutput(output: string | null, { dryRun }: Flags): void {
  if (output !== null || dryRun === true) return;
  throw new MlkitError('USAGE', 'there is no output: where shall the result be written?', {
    hint: 'Give a path with -o; --check only checks the model, and --dry-run writes nothing.',
  });
}

function configOf(flags: Flags, output: string | undefined): ConvertConfig {
  const to = flags.to ?? (output === undefined ? 'onnx' : formatOf(output));
  if (output !== undefined) refuseMisnamed(to, output);
  return {
    to,
    opsets: flags.opset ?? new Map(),
    irVersion: flags.irVersion ?? null,
    external: externalOf(flags, to),
    strip: new Set(flags.strip),
    metadata: flags.setMetadata ?? new Map(),
    dims: flags.dim ?? new Map(),
    shapes: flags.shape ?? new Map(),
    rename: flags.rename ?? new Map(),
    verify: verifyMode(flags.verify),
    dryRun: flags.dryRun === true,
    seed: flags.seed ?? 0,
  };
}

/** What is mended stays an ONNX model, whatever the output is called. */
function refuseOtherFormat(output: string): void {
  const format = formatOf(output);
  if (format === 'onnx') return;
  throw new MlkitError('USAGE', `--fix writes ONNX models, and ${output} is named as ${format}`, {
    hint: 'Name the output *.onnx, and convert it afterwards.',
  });
}

/** onnxruntime takes a file for a model in ORT format by its name alone. */
function refuseMisnamed(to: ModelFormat, output: string): void {
  const isNamedOrt = extname(output).toLowerCase() === '.ort';
  if (isNamedOrt === (to === 'ort')) return;
  throw new MlkitError(
    'USAGE',
    `--to ${to} --output ${output}: onnxruntime takes files named .ort, and no others, for its own format`,
    { hint: isNamedOrt ? 'Leave --to out, or choose another name.' : 'Name the output *.ort.' },
  );
}

function verifyMode(verify: boolean | undefined): VerifyMode {
  if (verify === undefined) return 'auto';
  return verify ? 'always' : 'never';
}

function externalOf(flags: Flags, to: ModelFormat): ExternalConfig {
  const { external, embed, externalThreshold, align, maxShard } = flags;
  if (external !== undefined && embed === true) {
    throw new MlkitError('USAGE', '--external and --embed contradict each other');
  }
  if (external === undefined) {
    const settings = {
      '--external-threshold': externalThreshold,
      '--align': align,
      '--max-shard': maxShard,
    };
    const alone = Object.entries(settings).find(([, value]) => value !== undefined)?.[0];
    if (alone !== undefined) {
      throw new MlkitError('USAGE', `${alone} has no meaning without --external`);
    }
    return embed === true ? 'embed' : 'keep';
  }
  if (to !== 'onnx') {
    throw new MlkitError('USAGE', `--external: a model in the format ${to} has no data files`);
  }
  return {
    file: external,
    thresholdBytes: externalThreshold ?? externalDefaults.thresholdBytes,
    alignBytes: align ?? externalDefaults.alignBytes,
    maxShardBytes: maxShard ?? externalDefaults.maxShardBytes,
  };
}

/** Flags that ask for a result. */
const changingFlags: readonly (keyof Flags)[] = [
  'to',
  'opset',
  'irVersion',
  'external',
  'embed',
  'externalThreshold',
  'align',
  'maxShard',
  'dim',
  'shape',
  'rename',
  'strip',
  'setMetadata',
  'verify',
  'dryRun',
];

/** Which of them were given. */
function givenOf(flags: Flags): Readonly<Record<string, boolean>> {
  return Object.fromEntries(changingFlags.map((key) => [key, flags[key] !== undefined]));
}
