import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommandContext, CommandEntry, CommandModule } from '../../src/cli/command.ts';
import { commandTable } from '../../src/cli/commands/index.ts';
import { main } from '../../src/cli/main.ts';
import {
  modelOptions,
  modelOptionsOf,
  outputModelOptions,
  outputOptions,
  sweepOptions,
} from '../../src/cli/options.ts';
import { MlkitError } from '../../src/errors.ts';
import { document, note, table, toned, toolInfo } from '../../src/report/index.ts';
import { testIo } from './test-io.ts';

/** A command that does what a test wants, and remembers what it was given. */
function demo(run?: (context: CommandContext) => unknown): {
  readonly table: readonly CommandEntry[];
  readonly seen: CommandContext[];
} {
  const seen: CommandContext[] = [];
  const command: CommandModule = {
    name: 'demo',
    summary: 'does what a test wants',
    configure(program) {
      program.argument('<model>', 'the model').option('--fail', 'end in an error');
      outputOptions(program, { ownFormats: ['qdq'] });
      modelOptions(program);
      outputModelOptions(program);
      program.addHelpText('after', '\nExamples:\n  mlkit demo model.onnx');
    },
    async run(context) {
      seen.push(context);
      const exit = (await run?.(context)) ?? 0;
      return {
        report: { schema: 1, kind: 'demo', tool: toolInfo(), config: { big: 2n ** 60n } },
        document: () => document('Demo', [table(['x'], [[toned('bad \u001b[5m', 'bad')]])]),
        exit: exit as number,
      };
    },
  };
  const sweep: CommandModule = {
    ...command,
    name: 'sweep',
    configure(program) {
      program.argument('<model>');
      outputOptions(program);
      sweepOptions(program);
    },
  };
  return {
    seen,
    table: [
      { name: 'demo', summary: command.summary, load: async () => ({ command }) },
      { name: 'sweep', summary: 'more', load: async () => ({ command: sweep }) },
      {
        name: 'unloadable',
        summary: 'must not be loaded',
        load: () => Promise.reject(new Error('loaded')),
      },
    ],
  };
}

describe('without a command', () => {
  test('--version is one line', async () => {
    const io = testIo();
    expect(await main(['--version'], io)).toBe(0);
    expect(io.out).toBe(`${toolInfo().version}\n`);
    expect(io.err).toBe('');
  });

  test.each([['--help'], ['-h'], ['help'], ['--no-color', '--help']])('%s', async (...argv) => {
    const io = testIo();
    expect(await main(argv, io, demo().table)).toBe(0);
    expect(io.out).toContain('Usage: mlkit <command> <model> [options]');
    expect(io.out).toContain('  demo        does what a test wants\n');
    expect(io.err).toBe('');
  });

  test('nothing at all shows the help on stderr, as wrong usage', async () => {
    const io = testIo();
    expect(await main([], io)).toBe(2);
    expect(io.out).toBe('');
    expect(io.err).toContain('Usage: mlkit');
  });

  test.each([
    ['inspct', 'Did you mean inspect?'],
    ['model.onnx', 'Did you mean mlkit inspect model.onnx?'],
    ['frobnicate', 'The commands are inspect, convert, quantize, benchmark, validate.'],
  ])('unknown command %s', async (word, hint) => {
    const io = testIo();
    expect(await main([word, 'model.onnx'], io)).toBe(2);
    expect(io.err).toBe(`error: unknown command '${word}'\nhint: ${hint}\n`);
    expect(io.out).toBe('');
  });

  test('the root help fits 100 columns', async () => {
    const io = testIo();
    await main(['--help'], io);
    expect(Math.max(...io.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('the commands are the five', () => {
    const names = commandTable.map((entry) => entry.name);
    expect(names).toEqual(['inspect', 'convert', 'quantize', 'benchmark', 'validate']);
  });
});

describe.each(commandTable)('the module of $name', ({ name, summary, load }) => {
  const isThere = existsSync(new URL(`../../src/cli/commands/${name}.ts`, import.meta.url));

  test.skipIf(!isThere)('says the same of itself as the table does', async () => {
    expect((await load()).command).toMatchObject({ name, summary });
  });

  test.skipIf(!isThere)('has help', async () => {
    const io = testIo();
    expect(await main(['help', name], io)).toBe(0);
    expect(io.out).toContain(`Usage: mlkit ${name} [options]`);
  });
});

describe('help of a command', () => {
  test.each([
    ['help', 'demo'],
    ['demo', '--help'],
    ['demo', '-h'],
    ['--help', 'demo'],
  ])('%s %s', async (...argv) => {
    const { table, seen } = demo();
    const io = testIo();
    expect(await main(argv, io, table)).toBe(0);
    expect(io.out).toContain('Usage: mlkit demo [options] <model>');
    expect(io.out).toContain('Examples:\n  mlkit demo model.onnx');
    expect(io.out).toMatch(/--seed <n> +seed of everything random \(default: 0\)/);
    expect(io.out).not.toContain('(default: [])');
    expect(io.err).toBe('');
    expect(seen).toEqual([]);
  });

  test('help of an unknown command', async () => {
    const io = testIo();
    expect(await main(['help', 'dmo'], io, demo().table)).toBe(2);
    expect(io.err).toBe("error: unknown command 'dmo'\nhint: Did you mean demo?\n");
  });
});

describe('options', () => {
  async function optionsOf(...argv: string[]) {
    const { table, seen } = demo();
    const io = testIo();
    expect(await main(['demo', 'm.onnx', ...argv], io, table), io.err).toBe(0);
    const [context] = seen;
    if (context === undefined) throw new Error('the command did not run');
    return { ...context, model: modelOptionsOf(context.options) };
  }

  test('defaults', async () => {
    const { args, model, options } = await optionsOf();
    expect(args).toEqual(['m.onnx']);
    expect(model).toEqual({
      provider: 'cpu',
      dims: new Map(),
      shapes: new Map(),
      inputs: [],
      seed: 0,
    });
    expect(options['output']).toBeUndefined();
  });

  test('all of them', async () => {
    const line =
      '--provider cuda --threads=4 --dim batch=2 --dim seq=8 --shape a:0=1x3 ' +
      '--inputs x.npz --inputs y=y.npy --seed 7 -o out';
    const { model, options } = await optionsOf(...line.split(' '));
    expect(model).toEqual({
      provider: 'cuda',
      threads: 4,
      dims: new Map([
        ['batch', 2],
        ['seq', 8],
      ]),
      shapes: new Map([['a:0', [1, 3]]]),
      inputs: ['x.npz', 'y=y.npy'],
      seed: 7,
    });
    expect(options['output']).toBe('out');
  });

  test("--format takes a command's own values and the report's, each for itself", async () => {
    const { options } = await optionsOf('--format', 'qdq', '--format', 'markdown');
    expect(options['format']).toBe('qdq');
    expect(options['reportFormat']).toBe('markdown');
  });

  test('lists, where a command compares settings', async () => {
    const { table, seen } = demo();
    await main(['sweep', 'm', '--provider', 'cpu,cuda', '--threads', '1,2'], testIo(), table);
    expect(seen[0]?.options).toMatchObject({ provider: ['cpu', 'cuda'], threads: [1, 2] });
  });

  test.each([
    [['m', '--threads', 'abc'], '--threads: "abc" is not a whole number from 1 to 1024'],
    [['m', '--threads'], "option '--threads <n>' argument missing"],
    [['m', '--provider', 'gpu'], '--provider: "gpu" is not one of cpu, cuda'],
    [['m', '--dim', 'a=1', '--dim', 'a=2'], '--dim: "a" is given twice'],
    [['m', '--report', 'x.pdf'], '--report x.pdf: a report cannot be written as .pdf'],
    [['m', '--format', 'xml'], '--format: "xml" is not one of qdq, table, json, markdown'],
    [['m', '-o', ''], 'the value of -o is empty'],
    [[], "missing required argument 'model'"],
    [['a', 'b'], 'too many arguments'],
  ])('%j is refused', async (argv, message) => {
    const { table, seen } = demo();
    const io = testIo();
    expect(await main(['demo', ...argv], io, table)).toBe(2);
    expect(io.err).toMatch(/^error: .*\nhint: .*\n$/);
    expect(io.err).toContain(`error: ${message}`);
    expect(io.out).toBe('');
    expect(seen).toEqual([]);
  });

  test('an unknown flag names the nearest', async () => {
    const io = testIo();
    expect(await main(['demo', 'm', '--thread', '4'], io, demo().table)).toBe(2);
    expect(io.err).toBe("error: unknown option '--thread'\nhint: Did you mean --threads?\n");
  });

  test('an unknown flag that is near none points to the help', async () => {
    const io = testIo();
    expect(await main(['demo', 'm', '--frobnicate'], io, demo().table)).toBe(2);
    expect(io.err).toBe("error: unknown option '--frobnicate'\nhint: See mlkit help demo.\n");
  });

  test('common flags may stand before the command, others not', async () => {
    const { table } = demo();
    const io = testIo();
    expect(await main(['--json', 'demo', 'm'], io, table)).toBe(0);
    expect(JSON.parse(io.out)).toMatchObject({ kind: 'demo' });
    const other = testIo();
    expect(await main(['--seed', '3', 'demo', 'm'], other, table)).toBe(2);
    expect(other.err).toContain("unknown option '--seed' before the command");
  });
});

describe('the report', () => {
  test('is a plain table by default', async () => {
    const io = testIo();
    expect(await main(['demo', 'm'], io, demo(() => 1).table)).toBe(1);
    expect(io.out).toBe('Demo\n\nx\n───────────\nbad \\x1b[5m\n');
  });

  test.each([
    ['on a terminal', { isTty: true }, [], true],
    ['not with --no-color', { isTty: true }, ['--no-color'], false],
    ['not with NO_COLOR', { isTty: true, env: { NO_COLOR: '1' } }, [], false],
    ['not on a dumb terminal', { isTty: true, env: { TERM: 'dumb' } }, [], false],
    ['in a pipe with FORCE_COLOR', { env: { FORCE_COLOR: '1' } }, [], true],
    ['not with FORCE_COLOR=0', { isTty: true, env: { FORCE_COLOR: '0' } }, [], false],
    ['with an empty NO_COLOR', { isTty: true, env: { NO_COLOR: '' } }, [], true],
  ])('has colours %s', async (_name, settings, argv, coloured) => {
    const io = testIo(settings);
    await main(['demo', 'm', ...argv], io, demo().table);
    expect(io.out.includes('\u001b[31mbad \\x1b[5m\u001b[39m')).toBe(coloured);
    expect(io.out.includes('\u001b')).toBe(coloured);
  });

  test.each([[['--json']], [['--format', 'json']], [['--format=json']]])(
    'as JSON: %j',
    async (argv) => {
      const io = testIo({ isTty: true });
      expect(await main(['demo', 'm', ...argv], io, demo().table)).toBe(0);
      expect(JSON.parse(io.out)).toEqual({
        schema: 1,
        kind: 'demo',
        tool: toolInfo(),
        config: { big: '1152921504606846976' },
      });
      expect(io.err).toBe('');
    },
  );

  test('as Markdown', async () => {
    const io = testIo();
    await main(['demo', 'm', '--format', 'markdown'], io, demo().table);
    expect(io.out).toContain('| **bad \\\\x1b\\[5m** |');
  });
});

describe('--report', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mlkit-report-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('writes files beside the printed report, and leaves nothing else', async () => {
    const io = testIo({ cwd: folder });
    const argv = ['demo', 'm', '--report', 'a.json', '--report', join(folder, 'b.md')];
    expect(await main(argv, io, demo(() => 1).table)).toBe(1);
    expect(io.out).toContain('Demo\n');
    expect(JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8'))).toMatchObject({
      kind: 'demo',
    });
    expect(readFileSync(join(folder, 'b.md'), 'utf8')).toMatch(/^# Demo\n/);
    expect(readdirSync(folder).toSorted()).toEqual(['a.json', 'b.md']);
  });

  test('replaces an older report', async () => {
    writeFileSync(join(folder, 'a.json'), 'old');
    await main(['demo', 'm', '--report', 'a.json'], testIo({ cwd: folder }), demo().table);
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toContain('"kind": "demo"');
  });

  test.each([
    [['x.json', '--report', 'x.json'], 2, 'the command uses this file itself'],
    [['m', '-o', 'x.json', '--report', './x.json'], 2, 'the command uses this file itself'],
    [['m', '--report', 'x.json', '--report', 'x.json'], 2, 'the command uses this file itself'],
    [['m', '--report', 'no/x.json'], 3, 'there is no folder'],
  ])('%j is refused before the work', async (argv, exit, message) => {
    const { table, seen } = demo();
    const io = testIo({ cwd: folder });
    expect(await main(['demo', ...argv], io, table)).toBe(exit);
    expect(io.err).toContain(message);
    expect(seen).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that fails after the work leaves the printed report, one JSON document', async () => {
    const doomed = join(folder, 'gone');
    const { table } = demo(() => rmSync(doomed, { recursive: true }));
    writeFileSync(join(folder, 'keep'), '');
    const { mkdirSync } = await import('node:fs');
    mkdirSync(doomed);
    const io = testIo({ cwd: doomed });
    expect(await main(['demo', 'm', '--json', '--report', 'a.json'], io, table)).toBe(3);
    expect(JSON.parse(io.out)).toMatchObject({ kind: 'demo' });
    expect(io.err).toContain(`error: cannot write ${join(doomed, 'a.json')}`);
    expect(existsSync(doomed)).toBe(false);
  });
});

describe('errors', () => {
  function failing(error: unknown) {
    return demo(() => {
      throw error;
    }).table;
  }

  test('of the file: message, hint, exit status', async () => {
    const io = testIo();
    const error = new MlkitError('MODEL_MALFORMED', 'cannot read \u001b[2J.onnx', {
      hint: 'Try\nb.',
    });
    expect(await main(['demo', 'm'], io, failing(error))).toBe(3);
    expect(io.err).toBe('error: cannot read \\x1b[2J.onnx\nhint: Try\nb.\n');
    expect(io.out).toBe('');
  });

  test.each([[['--json']], [['--format', 'json']], [['--format=json']]])(
    'with %j the same as JSON on stdout',
    async (argv) => {
      const io = testIo();
      const error = new MlkitError('FILE_NOT_FOUND', 'no m', { hint: 'Look.' });
      expect(await main(['demo', 'm', ...argv], io, failing(error))).toBe(3);
      expect(JSON.parse(io.out)).toEqual({
        schema: 1,
        kind: 'error',
        tool: toolInfo(),
        code: 'FILE_NOT_FOUND',
        message: 'no m',
        hint: 'Look.',
        exit: 3,
      });
      expect(io.err).toBe('error: no m\nhint: Look.\n');
    },
  );

  test('wrong usage is JSON too', async () => {
    const io = testIo();
    expect(await main(['demo', '--json', '--bogus'], io, demo().table)).toBe(2);
    expect(JSON.parse(io.out)).toMatchObject({ kind: 'error', code: 'USAGE', exit: 2 });
  });

  test('a defect: stack, a request to report it, 70', async () => {
    const io = testIo();
    expect(await main(['demo', 'm', '--json'], io, failing(new TypeError('boom')))).toBe(70);
    expect(io.err).toContain('TypeError: boom\n    at ');
    expect(io.err).toContain('error: unexpected: boom\n');
    expect(io.err).toContain('This is a defect of mlkit, please report it');
    expect(JSON.parse(io.out)).toMatchObject({ code: 'DEFECT', exit: 70 });
  });

  test.each(['a string', undefined, null, 5, { odd: true }])(
    'thrown %j is a defect',
    async (thrown) => {
      const io = testIo();
      expect(await main(['demo', 'm'], io, failing(thrown))).toBe(70);
      expect(io.err).toContain('defect of mlkit');
    },
  );

  test('a module that does not load is a defect', async () => {
    const io = testIo();
    expect(await main(['unloadable'], io, demo().table)).toBe(70);
  });

  test('--verbose tells the causes', async () => {
    const cause = new Error('the runtime said no', { cause: 'because' });
    const error = new MlkitError('RUNTIME_LOAD', 'cannot load', { cause });
    const quiet = testIo();
    await main(['demo', 'm'], quiet, failing(error));
    expect(quiet.err).not.toContain('the runtime said no');
    const verbose = testIo();
    await main(['demo', 'm', '--verbose'], verbose, failing(error));
    expect(verbose.err).toContain('caused by: Error: the runtime said no');
    expect(verbose.err).toContain("caused by: 'because'");
  });

  test('interrupted: whatever it is that the command threw', async () => {
    const controller = new AbortController();
    const { table } = demo(() => {
      controller.abort();
      throw new Error('half-way');
    });
    const io = testIo({ signal: controller.signal });
    expect(await main(['demo', 'm'], io, table)).toBe(130);
    expect(io.err).toBe('error: interrupted\nhint: Nothing was written.\n');
  });

  test.each([new DOMException('aborted', 'AbortError'), new MlkitError('INTERRUPTED', 'stopped')])(
    'interrupted: %s',
    async (error) => {
      expect(await main(['demo', 'm'], testIo(), failing(error))).toBe(130);
    },
  );

  test('the document fails to be made: a defect, told once', async () => {
    const { table } = demo();
    const [entry] = table;
    if (entry === undefined) throw new Error('no entry');
    const { command } = await entry.load();
    const broken: CommandModule = {
      ...command,
      run: async (context) => ({
        ...(await command.run(context)),
        document: () => document('x', [note('info', (undefined as unknown as Error).message)]),
      }),
    };
    const io = testIo();
    const rows = [{ ...entry, load: async () => ({ command: broken }) }];
    expect(await main(['demo', 'm'], io, rows)).toBe(70);
    expect(io.out).toBe('');
  });
});
