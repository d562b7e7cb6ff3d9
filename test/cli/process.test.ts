import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { toolInfo } from '../../src/report/index.ts';

/** These run what `npm run build` made. */
const bin = fileURLToPath(new URL('../../bin/mlkit.js', import.meta.url));
const built = new URL('../../dist/cli/process.js', import.meta.url).href;
const onPosix = test.skipIf(process.platform === 'win32');

/** A program whose one command runs the given statements. */
function program(statements: string): string {
  return `
    import { runProcess } from ${JSON.stringify(built)};
    const command = {
      name: 'demo', summary: '', configure() {},
      async run({ io }) {
        const outcome = (text, exit) => ({
          report: { schema: 1, kind: 'demo', tool: {}, config: {} },
          document: () => ({ title: 't', blocks: [{ kind: 'text', text }] }), exit,
        });
        ${statements}
      },
    };
    process.argv = ['node', 'mlkit', 'demo'];
    await runProcess([{ name: 'demo', summary: '', load: async () => ({ command }) }]);
  `;
}

function start(statements: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(statements)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<{ code: number | null; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, err }));
  });
  return { child, ended };
}

describe('bin/mlkit.js', () => {
  test('--version', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, '--version']);
    expect(stderr.toString()).toBe('');
    expect(stdout.toString()).toBe(`${toolInfo().version}\n`);
    expect(status).toBe(0);
  });

  test('wrong usage', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'frobnicate']);
    expect(stderr.toString()).toContain("error: unknown command 'frobnicate'");
    expect(stdout.toString()).toBe('');
    expect(status).toBe(2);
  });

  test('says so when it is not built', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mlkit-bin-'));
    mkdirSync(join(folder, 'bin'));
    copyFileSync(bin, join(folder, 'bin', 'mlkit.mjs'));
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'bin', 'mlkit.mjs')]);
    rmSync(folder, { recursive: true });
    expect(stderr.toString()).toContain('error: mlkit is not built');
    expect(status).toBe(3);
  });

  test('says so when Node is too old', () => {
    const { status, stderr } = spawnSync(process.execPath, [
      '--input-type=module',
      '-e',
      `Object.defineProperty(process.versions, 'node', { value: '18.19.0' });
       await import(${JSON.stringify(new URL('../../bin/mlkit.js', import.meta.url).href)});`,
    ]);
    expect(stderr.toString()).toContain('mlkit needs Node.js 20.19 or newer; this is 18.19.0');
    expect(status).toBe(3);
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk under stdout is an error', () => {
    const { status, stderr } = spawnSync(process.execPath, [bin, '--help'], {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    expect(stderr.toString()).toContain('error: cannot write to stdout');
    expect(status).toBe(3);
  });
});

test('a slow reader gets all of a large report', async () => {
  const { child, ended } = start("return outcome('x'.repeat(3_000_000) + 'end', 1);");
  let length = 0;
  let tail = '';
  for await (const chunk of child.stdout) {
    const text = String(chunk);
    length += text.length;
    tail = text.slice(-5);
    if (length < 500_000) await sleep(20);
  }
  expect(tail).toBe('xend\n');
  expect(length).toBe('t\n\n'.length + 3_000_000 + 'end\n'.length);
  expect(await ended).toEqual({ code: 1, err: '' });
});

onPosix('a reader that leaves costs nothing but the rest of the text', async () => {
  const { child, ended } = start("return outcome('x'.repeat(3_000_000), 4);");
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await ended).toEqual({ code: 4, err: '' });
});

const untilAborted = `
  io.stderr('ready');
  await new Promise((resolve) => {
    const timer = setTimeout(resolve, 20_000);
    io.signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); });
  });`;

async function interrupt(statements: string, times: number) {
  const { child, ended } = start(statements);
  await new Promise((resolve) => child.stderr.once('data', resolve));
  for (let i = 0; i < times; i++) {
    child.kill('SIGINT');
    await sleep(100);
  }
  return ended;
}

onPosix('the first Ctrl-C lets the command clean up', async () => {
  const clean = `${untilAborted} io.stderr(' cleaned '); io.signal.throwIfAborted();`;
  expect(await interrupt(clean, 1)).toEqual({
    code: 130,
    err: 'ready cleaned error: interrupted\nhint: Nothing was written.\n',
  });
});

onPosix('the second Ctrl-C ends at once', async () => {
  const stubborn = `${untilAborted} await new Promise((resolve) => setTimeout(resolve, 20_000));`;
  expect(await interrupt(stubborn, 2)).toEqual({ code: 130, err: 'ready' });
});

test.each([
  [
    'an error in a callback',
    "setTimeout(() => { throw new Error('boom'); }); await sleep();",
    'boom',
  ],
  ['a rejection nobody waits for', "Promise.reject(new Error('boom')); await sleep();", 'boom'],
  ['work that never ends', 'await new Promise(() => {});', 'the work stopped before its end'],
])('%s is a defect', async (_name, statements, message) => {
  const sleepIn = 'const sleep = () => new Promise((resolve) => setTimeout(resolve, 5000));';
  const { code, err } = await start(`${sleepIn} ${statements}`).ended;
  expect(err).toContain(`error: unexpected: ${message}\n`);
  expect(code).toBe(70);
});
