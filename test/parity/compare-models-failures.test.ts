import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildModel, type GraphBuilder, type Model, type Value } from '../../src/graph/index.ts';
import {
  compareModels,
  type ParityResult,
  type ParitySettings,
  type RunFailure,
} from '../../src/parity/index.ts';
import type { Feeds, SessionSettings } from '../../src/runtime/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { watchTemporaryFolder } from '../staging/skeleton-models.ts';
import { feeds, float32, linear, saved } from './models.ts';

function compare(
  [reference = '', candidate = '']: readonly string[],
  settings: Partial<ParitySettings> & { readonly both?: SessionSettings } = {},
): Promise<ParityResult> {
  const { both = {}, ...rest } = settings;
  return compareModels({
    reference: { path: reference, settings: both },
    candidate: { path: candidate, settings: both },
    feeds: feeds(),
    profile: 'auto',
    failures: 'report',
    ...rest,
  });
}

function int64(dims: readonly number[], ...values: number[]): ReturnType<typeof tensorFrom> {
  return tensorFrom('int64', dims, BigInt64Array.from(values, BigInt));
}

/**
 * y = x divided by an integer. The least integer has no counterpart above zero, so that dividing it by
 * -1 ends the process on x64; not where it `isSafe`.
 */
function quotient({ isSafe, opType = 'Identity' }: { isSafe: boolean; opType?: string }): Model {
  return buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'int32', [2]);
    const given = b.input('divisor', 'int32', [1]);
    const divisor = isSafe ? b.node('Max', [given, b.initializer(int32(1), 'least')]) : given;
    const result = b.node('Div', [x, divisor]);
    b.output(b.node(opType, [result], {}, { outputs: ['y'] }), 'int32', [2]);
  });
}

function int32(...values: number[]): ReturnType<typeof tensorFrom> {
  return tensorFrom('int32', [values.length], Int32Array.from(values));
}

function divisors(...values: number[]): Feeds[] {
  return values.map(
    (value): Feeds =>
      new Map([
        ['x', int32(-(2 ** 31), 7)],
        ['divisor', int32(value)],
      ]),
  );
}

/** y = x, after as many rounds of a loop as the input `trips` says, where `works`. */
function looping({
  works,
  type = 'float32',
}: {
  works: boolean;
  type?: 'float32' | 'bfloat16';
}): Model {
  return buildModel({ opset: 21, irVersion: 10 }, (b) => {
    const x = b.input('x', 'float32', [1]);
    const trips = b.input('trips', 'int64', []);
    const result = works ? countedIn(b, x, trips) : b.node('Identity', [x]);
    const y = b.node('Cast', [result], { to: type === 'float32' ? 1n : 16n }, { outputs: ['y'] });
    b.output(y, type, [1]);
  });
}

function countedIn(b: GraphBuilder, x: Value, trips: Value): Value {
  const body = b.subgraph('body', (inner) => {
    inner.input('trip', 'int64', []);
    const go = inner.input('go', 'bool', []);
    const before = inner.input('before', 'float32', [1]);
    inner.output(inner.node('Identity', [go]), 'bool', []);
    inner.output(inner.node('Abs', [before]), 'float32', [1]);
  });
  return b.node('Loop', [trips, null, x], { body });
}

function trips(...values: number[]): Feeds[] {
  return values.map(
    (count): Feeds =>
      new Map([
        ['x', float32([1], [2])],
        ['trips', int64([], count)],
      ]),
  );
}

/** Minutes of work. */
const endless = 1_000_000_000;

/** y[N, 3] and z[N, 3] of x[N, 2], of an operator that no runtime has. */
function unknownOperator(): Model {
  return buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', ['N', 2]);
    for (const name of ['y', 'z']) {
      b.output(b.node('Perhaps', [x], {}, { outputs: [name] }), 'float32', ['N', 3]);
    }
  });
}

describe('a candidate that ends its process', () => {
  test.runIf(process.arch === 'x64')('fails, and what was compared before stands', async () => {
    const files = await saved(
      ['a.onnx', quotient({ isSafe: true })],
      ['b.onnx', quotient({ isSafe: false })],
    );
    const result = await compare(files, { feeds: divisors(1, 2, -1, 3) });
    expect(result).toMatchObject({ verdict: 'fail', samples: 2, isComplete: false });
    expect(result.failure).toMatchObject<Partial<RunFailure>>({
      side: 'candidate',
      stage: 'run',
      code: 'RUNTIME_CRASHED',
      sample: 2,
      verdict: 'fail',
    });
    if (process.platform === 'linux') expect(result.failure?.message).toContain('SIGFPE');
    expect(result.reasons).toEqual([
      `the candidate fails on sample 2: ${result.failure?.message ?? ''}`,
    ]);
    expect(result.outputs).toMatchObject([{ name: 'y', total: 4, verdict: 'pass', maxAbs: 0 }]);
    await expect(
      compare(files, { feeds: divisors(1, -1), failures: 'throw' }),
    ).rejects.toMatchObject({
      code: 'RUNTIME_CRASHED',
    });
  });

  test.runIf(process.arch === 'x64')('where it is the reference, nothing is decided', async () => {
    const files = await saved(
      ['a.onnx', quotient({ isSafe: false })],
      ['b.onnx', quotient({ isSafe: true })],
    );
    const result = await compare(files, { feeds: divisors(-1, 1) });
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      samples: 0,
      failure: { side: 'reference', stage: 'run', code: 'RUNTIME_CRASHED', sample: 0 },
      outputs: [
        { verdict: 'inconclusive', reasons: ['nothing was compared: the reference cannot be run'] },
      ],
    });
    // What failed before the reference did stays a failure.
    const [other = ''] = await saved(['c.onnx', quotient({ isSafe: true, opType: 'Abs' })]);
    expect(await compare([files[0] ?? '', other], { feeds: divisors(2, -1) })).toMatchObject({
      verdict: 'fail',
      samples: 1,
      failure: { side: 'reference' },
    });
  });

  test('as Attention without heads does, too', async () => {
    const attention = (heads: bigint): Model =>
      buildModel({ opset: 23, irVersion: 11 }, (b) => {
        const [q, k, v] = ['q', 'k', 'v'].map((name) => b.input(name, 'float32', [1, 2, 4]));
        const inputs = [q ?? null, k ?? null, v ?? null];
        const attributes = { q_num_heads: heads, kv_num_heads: heads };
        b.output(b.node('Attention', inputs, attributes, { outputs: ['y'] }), 'float32');
      });
    const files = await saved(['a.onnx', attention(2n)], ['b.onnx', attention(0n)]);
    const x = float32([1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8]);
    const result = await compare(files, { feeds: [new Map(['q', 'k', 'v'].map((n) => [n, x]))] });
    expect(result).toMatchObject({ verdict: 'fail', samples: 0, failure: { side: 'candidate' } });
    expect(result.outputs.map(({ verdict }) => verdict)).toEqual(['fail']);
  });

  test.runIf(process.platform === 'linux')(
    'at the hands of somebody else, decides nothing',
    async () => {
      const files = await saved(
        ['a.onnx', looping({ works: false })],
        ['b.onnx', looping({ works: true })],
      );
      const running = compare(files, { feeds: trips(1, endless), onSample: () => void kill() });
      const kill = async (): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        const children = fs.readFileSync(
          `/proc/${process.pid}/task/${process.pid}/children`,
          'utf8',
        );
        const busiest = children.split(' ').filter((pid) => pid !== '');
        for (const pid of busiest) if (isBusy(pid)) process.kill(Number(pid), 'SIGKILL');
      };
      expect(await running).toMatchObject({
        verdict: 'inconclusive',
        samples: 1,
        failure: { side: 'candidate', code: 'RUNTIME_CRASHED', verdict: 'inconclusive' },
      });
    },
  );
});

/** Whether a process has the processor now. Linux only. */
function isBusy(pid: string): boolean {
  return /\) R /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

describe('a candidate that exceeds a limit', () => {
  test('of time fails, from a temporary copy too, and leaves nothing behind', async () => {
    for (const type of ['float32', 'bfloat16'] as const) {
      const files = await saved(
        ['a.onnx', looping({ works: false, type })],
        ['b.onnx', looping({ works: true, type })],
      );
      const temporary = watchTemporaryFolder();
      const result = await compare(files, {
        feeds: trips(1, endless),
        both: { runTimeoutMs: 300 },
      });
      expect(result).toMatchObject({
        verdict: 'fail',
        samples: 1,
        failure: { side: 'candidate', stage: 'run', code: 'RUNTIME_TIMEOUT', sample: 1 },
      });
      expect(result.failure?.message).toBe(
        `running ${files[1] ?? ''} took longer than the 300 ms that it was given`,
      );
      expect(fs.readdirSync(temporary)).toEqual([]);
    }
  });

  test('of time as it is loaded fails both, which decides nothing', async () => {
    const files = await saved(
      ['a.onnx', looping({ works: false, type: 'bfloat16' })],
      ['b.onnx', looping({ works: true, type: 'bfloat16' })],
    );
    const temporary = watchTemporaryFolder();
    const result = await compare(files, { feeds: trips(1), both: { createTimeoutMs: 1 } });
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      failure: { side: 'reference', stage: 'load', code: 'RUNTIME_TIMEOUT', sample: null },
      outputs: [{ name: 'y', verdict: 'inconclusive' }],
    });
    expect(result.reasons).toHaveLength(2);
    expect(result.failure?.message).toContain(files[0]);
    expect(fs.readdirSync(temporary)).toEqual([]);
  });

  test('of memory fails', async () => {
    const model = (isGreedy: boolean): Model =>
      buildModel({ opset: 13 }, (b) => {
        const shape = b.input('elements', 'int64', [1]);
        const one = b.initializer(int64([1], 1), 'one');
        const value = tensorFrom('float32', [1], Float32Array.of(1));
        const made = b.node('ConstantOfShape', [isGreedy ? shape : b.node('Min', [shape, one])], {
          value,
        });
        b.output(b.node('ReduceMean', [made], { keepdims: 0n }, { outputs: ['y'] }), 'float32', []);
      });
    const files = await saved(['a.onnx', model(false)], ['b.onnx', model(true)]);
    const result = await compare(files, {
      feeds: [1000, 200 * 1024 ** 2].map(
        (count): Feeds => new Map([['elements', int64([1], count)]]),
      ),
      both: { memoryLimitBytes: 400 * 1024 ** 2 },
    });
    expect(result).toMatchObject({
      verdict: 'fail',
      samples: 1,
      outputs: [{ verdict: 'pass', total: 1 }],
      failure: { side: 'candidate', stage: 'run', code: 'RUNTIME_MEMORY', sample: 1 },
    });
  });
});

describe('a model that the runtime refuses', () => {
  test('fails as candidate, with each of its outputs', async () => {
    const files = await saved(['a.onnx', linear()], ['b.onnx', unknownOperator()]);
    const result = await compare(files);
    expect(result).toMatchObject({
      verdict: 'fail',
      samples: 0,
      isComplete: false,
      failure: { side: 'candidate', stage: 'load', sample: null },
    });
    expect(result.reasons[0]).toMatch(/^the candidate cannot be loaded: .*Perhaps/);
    expect(result.outputs.map(({ name, verdict, reasons }) => [name, verdict, reasons])).toEqual(
      ['y', 'z'].map((name) => [
        name,
        'fail',
        ['nothing was compared: the candidate cannot be loaded'],
      ]),
    );
    await expect(compare(files, { failures: 'throw' })).rejects.toThrow(/Perhaps/);
  });

  test('decides nothing as reference', async () => {
    const files = await saved(['a.onnx', unknownOperator()], ['b.onnx', linear()]);
    const result = await compare(files);
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      failure: { side: 'reference', stage: 'load' },
    });
    expect(result.outputs.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['y', 'inconclusive'],
      ['z', 'inconclusive'],
    ]);
    expect(result.reasons).toHaveLength(1);
  });

  test.runIf(process.arch === 'x64')(
    'is not to blame where the reference does not run',
    async () => {
      const files = await saved(
        ['a.onnx', quotient({ isSafe: false })],
        [
          'b.onnx',
          buildModel({}, (b) => b.output(b.node('Perhaps', [b.input('x', 'int32')]), 'int32')),
        ],
      );
      const result = await compare(files, { feeds: divisors(-1) });
      expect(result).toMatchObject({
        verdict: 'inconclusive',
        failure: { side: 'reference', stage: 'run', code: 'RUNTIME_CRASHED', sample: 0 },
      });
      expect(result.reasons).toHaveLength(2);
    },
  );
});

test('what is the user to mend is thrown all the same', async () => {
  const [a = ''] = await saved(['a.onnx', linear()]);
  await expect(compare([a, `${a}.none`])).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  const provider = process.platform === 'darwin' ? 'dml' : 'coreml';
  await expect(compare([a, a], { both: { provider } })).rejects.toMatchObject({
    code: 'PROVIDER_UNAVAILABLE',
  });
  const wrong: Feeds = new Map([['x', float32([2], [1, 2])]]);
  await expect(compare([a, a], { feeds: [wrong] })).rejects.toMatchObject({ code: 'INPUT_DATA' });
});

describe('an interruption', () => {
  /** A comparison that is interrupted after so many samples, and had 4. */
  async function interruptedAfter(
    count: number,
    files: readonly string[],
    settings: Partial<ParitySettings> = {},
  ): Promise<ParityResult> {
    const abort = new AbortController();
    if (count === 0) abort.abort();
    return compare(files, {
      feeds: feeds(4),
      signal: abort.signal,
      onProgress: (done) => {
        if (done === count) abort.abort();
      },
      ...settings,
    });
  }

  test('leaves what was compared before', async () => {
    const [a = '', b = ''] = await saved(
      ['a.onnx', linear()],
      ['b.onnx', linear([0.5, -1, 2, 0.25, 3, -0.8])],
    );
    const same = await interruptedAfter(2, [a, a]);
    expect(same).toMatchObject({
      verdict: 'inconclusive',
      samples: 2,
      isComplete: false,
      reasons: ['interrupted after 2 of 4 samples'],
    });
    expect(same.failure).toBeUndefined();
    expect(same.outputs.map(({ total, verdict }) => [total, verdict])).toEqual([
      [12, 'pass'],
      [12, 'pass'],
    ]);
    expect(await interruptedAfter(2, [a, b])).toMatchObject({ verdict: 'fail', samples: 2 });
    // All was done.
    expect(await interruptedAfter(4, [a, a])).toMatchObject({ verdict: 'pass', isComplete: true });
  });

  test('is thrown where there is nothing, or failures are errors', async () => {
    const [a = ''] = await saved(['a.onnx', linear()]);
    await expect(interruptedAfter(0, [a, a])).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const thrown = interruptedAfter(2, [a, a], { failures: 'throw' });
    await expect(thrown).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  test('ends a run that is under way', async () => {
    const files = await saved(
      ['a.onnx', looping({ works: false })],
      ['b.onnx', looping({ works: true })],
    );
    const abort = new AbortController();
    const result = await compare(files, {
      feeds: trips(1, endless),
      signal: abort.signal,
      onSample: () => void setTimeout(() => abort.abort(), 100),
    });
    expect(result).toMatchObject({ verdict: 'inconclusive', samples: 1, isComplete: false });
    expect(result.failure).toBeUndefined();
  });
});

test('a model that is loaded already is used, and left open', async () => {
  const [a = ''] = await saved(['a.onnx', linear()]);
  const { openRunnable } = await import('../../src/parity/index.ts');
  const runnable = await openRunnable(a, {});
  const result = await compareModels({
    reference: { path: a, runnable },
    candidate: { path: a },
    feeds: feeds(),
    profile: 'exact',
  });
  expect(result).toMatchObject({ verdict: 'pass', samples: 3, isComplete: true, reasons: [] });
  expect((await runnable.run(feeds()[0] ?? new Map())).size).toBe(2);
  await runnable.close();
});
