import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { RuntimeChild } from '../../src/runtime/child.ts';
import type { OpenReply, OpenRequest, Request } from '../../src/runtime/protocol.ts';
import { errorOf } from './session-harness.ts';
import { code, countModel, type TinyModel, writeModel } from './tiny-model.ts';

const loading = { doing: 'loading' } as const;
const running = { doing: 'running' } as const;

function opening(model: string): OpenRequest {
  return {
    kind: 'open',
    model,
    provider: 'cpu',
    threads: 1,
    optimization: 'all',
    optimizedModelPath: null,
    config: {},
    profilePrefix: null,
  };
}

function counting(trips: bigint): Request {
  const bytes = (array: BigInt64Array | Float32Array): Uint8Array => new Uint8Array(array.buffer);
  return {
    kind: 'run',
    fetches: ['count'],
    tensors: [
      {
        name: 'trips',
        dtype: 'int64',
        dims: [],
        bytes: bytes(BigInt64Array.of(trips)),
        strings: null,
      },
      {
        name: 'start',
        dtype: 'float32',
        dims: [1],
        bytes: bytes(Float32Array.of(0)),
        strings: null,
      },
    ],
  };
}

/** Starts a run that lasts minutes, in a child of its own. */
async function busyChild(path: string): Promise<{ child: RuntimeChild; run: Promise<unknown> }> {
  const child = new RuntimeChild(path);
  await child.request(opening(path), [], loading);
  const request = counting(1_000_000_000n);
  const run = child.request(request, 'tensors' in request ? request.tensors : [], running);
  run.catch(() => undefined);
  return { child, run };
}

describe('a child that dies', () => {
  test
    .skipIf(process.platform === 'win32')
    .each(['SIGABRT', 'SIGSEGV', 'SIGFPE', 'SIGKILL'] as const)(
    'of %s is an error that names the model, the signal and what was being done',
    async (signal) => {
      const path = writeModel(countModel);
      const { child, run } = await busyChild(path);
      setTimeout(() => process.kill(child.pid ?? 0, signal), 100);
      const error = await errorOf(run);
      expect(error.code).toBe('RUNTIME_CRASHED');
      const verb = signal === 'SIGKILL' ? 'was killed' : 'crashed';
      expect(error.message).toBe(`onnxruntime ${verb} (${signal}) while running ${path}`);
      expect(error.hint).toMatch(signal === 'SIGKILL' ? /memory/ : /optimization/);
      // The same again for whoever asks later.
      expect((await errorOf(child.request({ kind: 'memory' }, [], running))).code).toBe(
        'RUNTIME_CRASHED',
      );
      await child.close();
    },
  );

  test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'of %s is no crash',
    async (signal) => {
      const { child, run } = await busyChild(writeModel(countModel));
      setTimeout(() => process.kill(child.pid ?? 0, signal), 100);
      expect((await errorOf(run)).code).toBe('INTERRUPTED');
      await child.close();
    },
  );

  test('by the hand of the runtime says its last words', async () => {
    // Reading a 4-bit output aborts the process, which is why sessions refuse to ask for one.
    const model: TinyModel = {
      nodes: [
        {
          op: 'Cast',
          inputs: ['x'],
          outputs: ['y'],
          attributes: [{ name: 'to', type: 2, i: code.uint4 }],
        },
      ],
      inputs: [{ name: 'x', type: code.float32, shape: [4] }],
      outputs: [{ name: 'y', type: code.uint4, shape: [4] }],
      opset: 21,
      irVersion: 10,
    };
    const path = writeModel(model);
    const child = new RuntimeChild(path);
    const reply = (await child.request(opening(path), [], loading)) as OpenReply;
    expect(reply.outputs[0]?.dtype).toBe('uint4');
    const x = {
      name: 'x',
      dtype: 'float32',
      dims: [4],
      bytes: new Uint8Array(16),
      strings: null,
    } as const;
    const error = await errorOf(
      child.request({ kind: 'run', tensors: [], fetches: ['y'] }, [x], running),
    );
    expect(error.code).toBe('RUNTIME_CRASHED');
    expect(error.message).toMatch(/crashed \(.+\) while running .*; its last words: .*\w/);
    expect(error.message).not.toMatch(/0x[0-9a-f]{4}|\n/);
    await child.close();
  });
});

test('closing leaves no process, whatever the child was doing', async () => {
  const path = writeModel(countModel);
  const idle = new RuntimeChild(path);
  await idle.request(opening(path), [], loading);
  const { child: busy } = await busyChild(path);
  const unopened = new RuntimeChild(path);
  const pids = [idle, busy, unopened].map((child) => child.pid ?? 0);
  expect(pids.every((pid) => pid > 0)).toBe(true);
  await Promise.all([idle.close(), busy.close(), unopened.close()]);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

describe("the runtime's telemetry", () => {
  afterEach(() => vi.unstubAllEnvs());

  // Windows collects such events by means of its own, and leaves no files.
  test.skipIf(process.platform === 'win32')('is off: it leaves nothing behind', async () => {
    const path = writeModel(countModel);
    const folder = mkdtempSync(join(tmpdir(), 'mlkit-telemetry-'));
    for (const name of ['HOME', 'TMPDIR', 'XDG_CACHE_HOME']) vi.stubEnv(name, folder);
    // All that would keep the runtime quiet without our doing.
    for (const name of ['CI', 'GITHUB_ACTIONS', 'TF_BUILD', 'ORT_RUNNING_UNIT_TESTS'])
      vi.stubEnv(name, undefined);
    vi.stubEnv('ORT_DISABLE_TELEMETRY', '0');
    const child = new RuntimeChild(path);
    await child.request(opening(path), [], loading);
    await child.close();
    const left = readdirSync(folder, { recursive: true });
    rmSync(folder, { recursive: true });
    expect(left).toEqual([]);
  });
});
