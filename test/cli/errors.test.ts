import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fixtures, root, temporaryFolder } from '../support/files.ts';
import { type TestIo, testIo } from './test-io.ts';

/* What a hostile or a clumsy user does. Every answer is a sentence, one JSON document, and a status. */

const onPosix = process.platform !== 'win32';
const bin = path.join(root, 'bin', 'mlkit.js');

/** A folder with a model in it. */
function folderWithModel(): string {
  const folder = temporaryFolder();
  fs.copyFileSync(path.join(fixtures, 'models', 'mlp.onnx'), path.join(folder, 'm.onnx'));
  return folder;
}

function makePipe(file: string): void {
  execFileSync('mkfifo', [file]);
}

/** 10 GiB that take no space. */
function makeLarge(file: string): void {
  fs.writeFileSync(file, '');
  fs.truncateSync(file, 10 * 1024 ** 3);
}

interface Told {
  readonly exit: number;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Runs a command that must fail with `--json`; returns what it told, after the rules for all. */
async function failureOf(cwd: string, argv: readonly string[]): Promise<Told> {
  const before = contentOf(cwd);
  const io = testIo({ cwd });
  const exit = await main([...argv, '--json'], io);
  const told = JSON.parse(io.out) as Told & { readonly kind: string };
  expect(told).toMatchObject({ kind: 'error', exit });
  expect(io.err).toContain(`error: ${told.message}\nhint: ${told.hint}\n`);
  expect(io.err).not.toMatch(/^\s+at /m);
  expect(contentOf(cwd), 'the folder is as it was').toEqual(before);
  return told;
}

/** Names, kinds and sizes of what is in a folder. */
function contentOf(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const stat = fs.lstatSync(path.join(folder, name));
      return `${name} ${stat.mode} ${stat.isFile() ? stat.size : ''}`;
    })
    .toSorted();
}

async function successOf(cwd: string, argv: readonly string[]): Promise<TestIo> {
  const io = testIo({ cwd });
  expect(await main(argv, io), io.err).toBe(0);
  return io;
}

const commandsOn = (model: string): string[][] => [
  ['inspect', model],
  ['convert', model, '--check'],
  ['convert', model, '-o', 'out.onnx'],
  ['quantize', model, '-o', 'out.onnx'],
  ['benchmark', model],
  ['validate', model, model],
  ['validate', 'm.onnx', model],
];

describe('in the place of a model', () => {
  const bytes = fs.readFileSync(path.join(fixtures, 'models', 'conv.onnx'));
  const foreign: [string, string, string | Uint8Array, string, string][] = [
    ['an empty file', 'e.onnx', '', 'FILE_EMPTY', 'is empty'],
    ['half a model', 'h.onnx', bytes.subarray(0, 300), 'MODEL_MALFORMED', 'of 300'],
    ['all but its last byte', 'l.onnx', bytes.subarray(0, -1), 'MODEL_MALFORMED', 'damaged'],
    [
      'a Git LFS pointer',
      'p.onnx',
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n',
      'FOREIGN_FORMAT',
      'a Git LFS pointer',
    ],
    ['a web page', 'w.onnx', '<!DOCTYPE html><html>404</html>', 'FOREIGN_FORMAT', 'an HTML page'],
    ['an image', 'j.onnx', Uint8Array.of(255, 216, 255, 224), 'FOREIGN_FORMAT', 'an image'],
    ['zeros', 'z.onnx', new Uint8Array(5000), 'FOREIGN_FORMAT', 'zero bytes'],
  ];

  test.each(foreign)('%s is named by every command', async (_, name, content, code, words) => {
    const folder = folderWithModel();
    fs.writeFileSync(path.join(folder, name), content);
    for (const argv of commandsOn(name)) {
      const told = await failureOf(folder, argv);
      expect(told).toMatchObject({ exit: 3, code });
      expect(told.message).toContain(name);
      expect(told.message).toContain(words);
    }
  });

  test('a file that was cut off is said to be', async () => {
    const folder = folderWithModel();
    fs.writeFileSync(path.join(folder, 'h.onnx'), bytes.subarray(0, 300));
    expect((await failureOf(folder, ['inspect', 'h.onnx'])).hint).toContain('cut off');
  });

  test('nothing and a folder are named by every command', async () => {
    const folder = folderWithModel();
    fs.mkdirSync(path.join(folder, 'd.onnx'));
    for (const argv of commandsOn('no.onnx')) {
      expect(await failureOf(folder, argv)).toMatchObject({ exit: 3, code: 'FILE_NOT_FOUND' });
    }
    for (const argv of commandsOn('d.onnx')) {
      expect(await failureOf(folder, argv)).toMatchObject({ exit: 3, code: 'FILE_IS_DIRECTORY' });
    }
  });

  test.runIf(onPosix)('a pipe makes no command wait', async () => {
    const folder = folderWithModel();
    makePipe(path.join(folder, 'p.onnx'));
    for (const argv of commandsOn('p.onnx')) {
      const told = await failureOf(folder, argv);
      expect(told).toMatchObject({ exit: 3, code: 'FILE_IO' });
      expect(told.message).toContain('a device or a pipe');
    }
  });

  test.runIf(onPosix)('links in a circle are said to be', async () => {
    const folder = folderWithModel();
    fs.symlinkSync('b.onnx', path.join(folder, 'a.onnx'));
    fs.symlinkSync('a.onnx', path.join(folder, 'b.onnx'));
    expect((await failureOf(folder, ['inspect', 'a.onnx'])).message).toContain('in a circle');
  });

  test.runIf(onPosix)('10 GiB of nothing are refused at once', async () => {
    const folder = folderWithModel();
    makeLarge(path.join(folder, 'big.onnx'));
    for (const argv of commandsOn('big.onnx')) {
      // Without the loading of what the command needs, which may take as long on a busy machine.
      await failureOf(folder, [...argv.slice(0, 1), 'none.onnx', ...argv.slice(2)]);
      const begin = performance.now();
      expect((await failureOf(folder, argv)).code).toBe('FOREIGN_FORMAT');
      expect(performance.now() - begin).toBeLessThan(1500);
    }
  });

  test('a path that begins with a dash is explained', async () => {
    const folder = folderWithModel();
    fs.copyFileSync(path.join(folder, 'm.onnx'), path.join(folder, '-m.onnx'));
    const told = await failureOf(folder, ['inspect', '-m.onnx']);
    expect(told).toMatchObject({ exit: 2, hint: 'If that is the path, write ./-m.onnx.' });
    expect((await successOf(folder, ['inspect', './-m.onnx'])).out).toContain('-m.onnx');
    expect((await successOf(folder, ['inspect', '--', '-m.onnx'])).out).toContain('-m.onnx');
  });

  test('a control character in its name does not reach the terminal', async () => {
    const io = testIo({ cwd: temporaryFolder() });
    expect(await main(['inspect', 'no\u001b[31m.onnx'], io)).toBe(3);
    expect(io.err).toContain('no\\x1b[31m.onnx');
    expect(io.err).not.toContain('\u001b');
  });
});

describe('an output', () => {
  const writers = [
    ['convert', 'm.onnx', '--set-metadata', 'a=b'],
    ['convert', 'm.onnx'],
    ['quantize', 'm.onnx', '--no-verify'],
  ];

  test('is never the input, whatever it is called', async () => {
    const folder = folderWithModel();
    fs.linkSync(path.join(folder, 'm.onnx'), path.join(folder, 'hard.onnx'));
    const names = ['m.onnx', './m.onnx', path.join(folder, 'm.onnx'), 'hard.onnx'];
    if (onPosix) {
      fs.symlinkSync('m.onnx', path.join(folder, 'soft.onnx'));
      names.push('soft.onnx');
    }
    for (const writer of writers) {
      for (const name of names) {
        const told = await failureOf(folder, [...writer, '-o', name]);
        expect(told).toMatchObject({ exit: 2, code: 'OUTPUT_IS_INPUT' });
      }
    }
  });

  test('is never a data file of the input', async () => {
    const folder = temporaryFolder();
    fs.cpSync(path.join(fixtures, 'models', 'external'), folder, { recursive: true });
    for (const command of ['convert', 'quantize']) {
      const argv = [command, 'model.onnx', '-o', 'model.onnx.data'];
      expect(await failureOf(folder, argv)).toMatchObject({ exit: 2, code: 'OUTPUT_IS_INPUT' });
    }
  });

  test.each([
    ['sub', 3, 'it is a directory'],
    ['sub/', 2, 'is a folder'],
    ['sub/new/', 2, 'is a folder'],
    ['none/o.onnx', 3, 'there is no folder'],
    ['m.onnx/o.onnx', 3, 'is no folder'],
  ])('%s is refused', async (name, exit, words) => {
    const folder = folderWithModel();
    fs.mkdirSync(path.join(folder, 'sub'));
    for (const writer of writers) {
      const told = await failureOf(folder, [...writer, '-o', name]);
      expect(told.exit).toBe(exit);
      expect(told.message).toContain(words);
    }
  });

  test.runIf(onPosix)('takes the place of no pipe and no device', async () => {
    const folder = folderWithModel();
    makePipe(path.join(folder, 'p.onnx'));
    for (const writer of writers) {
      const told = await failureOf(folder, [...writer, '-o', 'p.onnx']);
      expect(told).toMatchObject({ exit: 3, code: 'FILE_EXISTS' });
      expect(told.message).toContain('a device or a pipe');
    }
    const data = ['convert', 'm.onnx', '-o', 'o.onnx', '--external', 'p.onnx'];
    expect((await failureOf(folder, data)).code).toBe('FILE_EXISTS');
  });

  test.runIf(onPosix && process.getuid?.() !== 0)('replaces nothing write-protected', async () => {
    const folder = folderWithModel();
    fs.writeFileSync(path.join(folder, 'old.onnx'), 'old', { mode: 0o444 });
    for (const writer of writers) {
      const told = await failureOf(folder, [...writer, '-o', 'old.onnx']);
      expect(told).toMatchObject({ exit: 3, code: 'FILE_PERMISSION' });
    }
  });

  test('of a write-protected model is not write-protected', async () => {
    const folder = folderWithModel();
    fs.chmodSync(path.join(folder, 'm.onnx'), 0o444);
    for (const writer of writers) {
      await successOf(folder, [...writer, '-o', 'o.onnx']);
      expect(fs.statSync(path.join(folder, 'o.onnx')).mode & 0o200).toBe(0o200);
    }
  });

  test('may have as long a name as the system allows', async () => {
    const folder = folderWithModel();
    const name = `${'n'.repeat(240)}.onnx`;
    for (const writer of writers) await successOf(folder, [...writer, '-o', name]);
    expect(fs.readdirSync(folder).toSorted()).toEqual(['m.onnx', name]);
  });

  test.each([
    [['convert', 'm.onnx', '-o', 'o.onnx', '--to', 'ort']],
    [['convert', 'm.onnx', '-o', 'o.ort', '--to', 'onnx']],
    [['quantize', 'm.onnx', '-o', 'o.ort']],
    [['quantize', 'm.onnx', '-o', 'o.json']],
    [['convert', 'm.onnx', '-o', 'o.tflite']],
  ])('named as what it would not be is refused: %j', async (argv) => {
    expect(await failureOf(folderWithModel(), argv)).toMatchObject({ exit: 2, code: 'USAGE' });
  });

  test.each([
    ['missing', (file: string) => fs.rmSync(file)],
    ['cut off', (file: string) => fs.truncateSync(file, 3)],
  ])('is not written when a data file is %s', async (_, spoil) => {
    const folder = temporaryFolder();
    fs.cpSync(path.join(fixtures, 'models', 'external'), folder, { recursive: true });
    spoil(path.join(folder, 'model.onnx.data'));
    for (const argv of [['convert', '--embed'], ['quantize'], ['quantize', '--no-verify']]) {
      const [command = '', ...flags] = argv;
      const told = await failureOf(folder, [command, 'model.onnx', '-o', 'o.onnx', ...flags]);
      expect(told).toMatchObject({ exit: 3, code: 'EXTERNAL_DATA' });
      expect(told.message).toContain('model.onnx.data');
    }
  });
});

describe('options', () => {
  test.each([
    [['convert', 'm.onnx', '-o', '--dry-run'], '-o needs a value, and --dry-run is an option'],
    [['inspect', 'm.onnx', '--report', '--check'], '--report needs a value, and --check'],
    [['validate', 'm.onnx', 'm.onnx', '--labels', ''], 'the value of --labels is empty'],
    [['quantize', 'm.onnx', '--inputs='], 'the value of --inputs is empty'],
    [['inspect', ''], 'the value of <model> is empty'],
    [['validate', 'm.onnx', ''], 'the value of <candidate> is empty'],
    [['inspect', 'm.onnx', '--format', 'table'], '--json and --format table contradict'],
    [['inspect', 'm.onnx', '-q', '-v'], '--quiet and --verbose contradict'],
    [['benchmark', 'm.onnx', '--batch', '1,2,1'], '--batch: 1 is given twice'],
    [['benchmark', 'm.onnx', '--provider', 'cpu,cpu'], '--provider: cpu is given twice'],
    [['convert', 'm.onnx', '--opset', '17', '--opset', '18'], '"ai.onnx" is given twice'],
    [['convert', 'm.onnx', '--external', 'd', '--align', '1.5'], '"1.5" is not a size'],
    [['quantize', 'm.onnx', '-o', 'o.onnx', '--no-verify', '--min-sqnr', '40'], '--no-verify'],
    [['validate', 'm.onnx', 'm.onnx', '--atol', 'z:1e-3'], '"z", which is no output'],
    [['validate', 'm.onnx', 'm.onnx', '--min-sqnr', 'y*z:40'], '"y*z", which is no output'],
    [['validate', 'm.onnx', 'm.onnx', '--atol', 'y:'], '--atol y: "" is not a number'],
    [['inspect', 'm.onnx', '--tensr'], "unknown option '--tensr'"],
    [[], 'there is no command'],
  ])('%j are refused', async (argv, words) => {
    const told = await failureOf(folderWithModel(), argv);
    expect(told).toMatchObject({ exit: 2, code: 'USAGE' });
    expect(told.message).toContain(words);
  });

  test('a value that looks like an option can be given', async () => {
    const folder = folderWithModel();
    await successOf(folder, ['convert', 'm.onnx', '--output=--json']);
    expect(fs.existsSync(path.join(folder, '--json'))).toBe(true);
  });

  test('a limit for one model alone is refused', async () => {
    const folder = folderWithModel();
    const digits = path.join(fixtures, 'digits');
    const model = path.join(digits, 'digits-cnn-dynamo-opset20.onnx');
    const inputs = path.join(digits, 'eval.npz');
    const argv = ['validate', model, '--inputs', inputs, '--labels', 'labels', '--atol', '1'];
    expect((await failureOf(folder, argv)).message).toContain('one model alone');
  });
});

describe('a file that a report goes to', () => {
  test.each([
    [['inspect', 'm.onnx', '--report', 'd.json'], 'it is a directory'],
    [['inspect', 'm.onnx', '--report', 'none/r.json'], '--report none/r.json: there is no folder'],
    [['benchmark', 'm.onnx', '--samples-out', 'd.json'], 'it is a directory'],
    [['benchmark', 'm.onnx', '--samples-out', 'none/s.csv'], '--samples-out none/s.csv: there is'],
    [['benchmark', 'm.onnx', '--samples-out', 's.json', '--report', 's.json'], 'uses this file'],
    [['benchmark', 'm.onnx', '--baseline', 'b.json', '--report', './b.json'], 'uses this file'],
  ])('is checked before the work: %j', async (argv, words) => {
    const folder = folderWithModel();
    fs.mkdirSync(path.join(folder, 'd.json'));
    fs.writeFileSync(path.join(folder, 'b.json'), '{}');
    expect((await failureOf(folder, argv)).message).toContain(words);
  });

  test.runIf(onPosix)('is no pipe', async () => {
    const folder = folderWithModel();
    makePipe(path.join(folder, 'p.json'));
    const told = await failureOf(folder, ['inspect', 'm.onnx', '--report', 'p.json']);
    expect(told.message).toContain('a device or a pipe');
  });

  test('that fails after a benchmark does not cost the benchmark', async () => {
    const folder = folderWithModel();
    fs.mkdirSync(path.join(folder, 'gone'));
    const io = testIo({ cwd: folder });
    // Gone as soon as the work begins.
    const watch = vi.spyOn(io, 'stderr').mockImplementation(() => {
      fs.rmSync(path.join(folder, 'gone'), { recursive: true, force: true });
    });
    const sizes = ['--runs', '20', '--warmup', '0', '--processes', '1'];
    const argv = ['benchmark', 'm.onnx', '--samples-out', 'gone/s.csv', ...sizes, '--verbose'];
    expect(await main([...argv, '--json'], io)).toBe(3);
    expect(JSON.parse(io.out)).toMatchObject({ kind: 'benchmark' });
    expect(watch.mock.calls.flat().join('')).toContain('error: cannot write');
  });
});

describe('data', () => {
  const model = path.join(fixtures, 'digits', 'digits-cnn-dynamo-opset20.onnx');
  const evalData = path.join(fixtures, 'digits', 'eval.npz');

  test.runIf(onPosix)('from a pipe makes no command wait', async () => {
    const folder = folderWithModel();
    for (const name of ['p.npz', 'p.npy', 'p.json']) makePipe(path.join(folder, name));
    const at = (name: string): string => path.join(folder, name);
    for (const argv of [
      ['validate', 'm.onnx', 'm.onnx', '--inputs', at('p.npz')],
      ['validate', 'm.onnx', 'm.onnx', '--inputs', `x=${at('p.npy')}`],
      ['validate', model, '--inputs', evalData, '--labels', at('p.npy')],
      ['benchmark', 'm.onnx', '--baseline', at('p.json')],
    ]) {
      const told = await failureOf(folder, argv);
      expect(told).toMatchObject({ exit: 3, code: 'FILE_IO' });
      expect(told.message).toContain('a device or a pipe');
    }
  });

  test('that was damaged on the way is not used', async () => {
    const folder = folderWithModel();
    const bytes = fs.readFileSync(evalData);
    // Within the values of an array, where nothing else would show it.
    bytes[5000] = (bytes[5000] ?? 0) ^ 255;
    const file = path.join(folder, 'eval.npz');
    fs.writeFileSync(file, bytes);
    const told = await failureOf(folder, ['validate', model, model, '--inputs', file]);
    expect(told).toMatchObject({ exit: 3, code: 'INPUT_DATA' });
    expect(told.message).toContain('checksum');
  });

  test.runIf(onPosix)('too large for a baseline is not read', async () => {
    const folder = folderWithModel();
    const file = path.join(folder, 'big.json');
    makeLarge(file);
    const told = await failureOf(folder, ['benchmark', 'm.onnx', '--baseline', file]);
    expect(told.message).toContain('too many for a report');
  });

  test('recorded in a file instead of a folder is explained', async () => {
    const folder = folderWithModel();
    const told = await failureOf(folder, ['validate', 'm.onnx', '--golden', 'm.onnx']);
    expect(told.message).toContain('it is a file, not a folder');
  });
});

describe('the surroundings', () => {
  afterEach(() => vi.unstubAllEnvs());

  test.runIf(onPosix)('without a temporary folder are told of where one is needed', async () => {
    const folder = temporaryFolder();
    vi.stubEnv('TMPDIR', '/nowhere');
    const model = path.join(fixtures, 'models', 'int4-output.onnx');
    const told = await failureOf(folder, ['validate', model, model]);
    expect(told).toMatchObject({ exit: 3, code: 'FILE_NOT_FOUND' });
    expect(told.message).toContain('temporary folder in /nowhere');
    expect(told.hint).toContain('TMPDIR');
  });

  test.runIf(onPosix)('may lack the current folder', () => {
    const gone = temporaryFolder();
    const script = 'cd "$1" && rmdir "$1" && exec "$2" "$3" inspect m.onnx --json';
    const argv = ['-c', script, 'sh', gone, process.execPath, bin];
    const { status, stdout, stderr } = spawnSync('/bin/sh', argv, { encoding: 'utf8' });
    expect(stderr).toBe(
      'error: the current folder does not exist any more\nhint: Change to a folder that exists.\n',
    );
    expect(JSON.parse(stdout)).toMatchObject({ code: 'FILE_NOT_FOUND', exit: 3 });
    expect(status).toBe(3);
  });

  test.runIf(onPosix)('are left clean by Ctrl-C', async () => {
    const folder = temporaryFolder();
    const model = path.join(fixtures, 'digits', 'digits-vit-torchscript-opset13.onnx');
    const argv = [bin, 'quantize', model, '-o', 'o.onnx'];
    const child = spawn(process.execPath, argv, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const deadline = performance.now() + 10_000;
    while (fs.readdirSync(folder).length === 0 && performance.now() < deadline) await sleep(5);
    expect(fs.readdirSync(folder)).not.toContain('o.onnx');
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});
