import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runtimeVersion } from '../../src/runtime/index.ts';
import { code, identityModel, writeModel } from './tiny-model.ts';

describe('processes', () => {
  const built = fileURLToPath(new URL('../../dist/runtime/index.js', import.meta.url));
  const builtTensor = fileURLToPath(new URL('../../dist/tensor/index.js', import.meta.url));
  const opening = (model: string): string => `
    import { openSession, runtimeVersion } from ${JSON.stringify(pathToFileURL(built).href)};
    import { tensorFrom } from ${JSON.stringify(pathToFileURL(builtTensor).href)};
    const session = await openSession(${JSON.stringify(model)});
    const feeds = new Map([['x', tensorFrom('float32', [1], new Float32Array([7]))]]);
    const { outputs } = await session.run(feeds);
    console.log(outputs.get('y').toFloat64().join());`;
  const node = (script: string): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 20_000,
    });

  test('a session that nobody closes does not keep its parent alive', () => {
    const path = writeModel(identityModel(code.float32, [1]));
    expect(node(opening(path)).trim()).toBe('7');
  });

  test('the parent never loads onnxruntime', () => {
    const path = writeModel(identityModel(code.float32, [1]));
    const loaded = node(`${opening(path)}
      import { createRequire } from 'node:module';
      console.log(runtimeVersion());
      const names = Object.keys(createRequire(import.meta.url).cache);
      const objects = process.report.getReport().sharedObjects;
      console.log([...names, ...objects].filter((name) => name.includes('onnxruntime')).length);`);
    expect(loaded.trim().split('\n')).toEqual(['7', runtimeVersion(), '0']);
  });

  test.skipIf(process.platform !== 'linux').each([
    ['idle', ''],
    [
      'measuring',
      `void session.measure({ feeds: [feeds], warmup: { runs: 0 }, durationMs: 600_000 });
      await new Promise((resolve) => setTimeout(resolve, 100));`,
    ],
  ])('the child ends when its parent is killed: %s', async (_, activity) => {
    const path = writeModel(identityModel(code.float32, [1]));
    const script = `${opening(path)}
      import { readFileSync, readdirSync } from 'node:fs';
      ${activity}
      for (const pid of readdirSync('/proc').filter((name) => /^\\d+$/.test(name))) {
        try {
          const [, parent] = /\\) \\S (\\d+)/.exec(readFileSync('/proc/' + pid + '/stat', 'utf8'));
          if (Number(parent) === process.pid) console.log('child', pid);
        } catch {}
      }
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script]);
    let printed = '';
    for await (const chunk of parent.stdout) {
      printed += String(chunk);
      if (/child \d+\n/.test(printed)) break;
    }
    const child = /child (\d+)/.exec(printed)?.[1] ?? '';
    expect(existsSync(`/proc/${child}`)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await expect.poll(() => isRunning(child), { timeout: 10_000 }).toBe(false);
  });
});

/** A zombie that the system's first process has not collected yet has ended. */
function isRunning(pid: string): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
