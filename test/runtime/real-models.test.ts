import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { type Feeds, openSession, type Session, type ValueInfo } from '../../src/runtime/index.ts';
import { byteLengthOf, memoryStorage, stringTensor, Tensor } from '../../src/tensor/index.ts';

/*
 * Models that are too large or not free to be part of this project, in a folder beside it. Without
 * that folder nothing is tested here.
 */
const shared = fileURLToPath(new URL('../../../shared', import.meta.url));
const manifest = join(shared, 'models', 'MANIFEST.json');

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly loads_in_ort: boolean;
}

const entries = existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as Entry[]) : [];

/** Zeros, with symbolic dimensions 1. */
function zeros({ dtype, shape }: ValueInfo): Tensor {
  const dims = shape.map((size) => (typeof size === 'number' ? size : 1));
  const count = dims.reduce((product, size) => product * size, 1);
  if (dtype === null) throw new Error('no tensor');
  if (dtype === 'string')
    return stringTensor(
      dims,
      Array.from({ length: count }, () => 'a'),
    );
  const bytes = new Uint8Array(byteLengthOf(dtype, count));
  return new Tensor({ dtype, dims, storage: memoryStorage(bytes) });
}

function zeroFeeds(session: Session): Feeds {
  return new Map(session.inputs.map((input) => [input.name, zeros(input)]));
}

describe.skipIf(entries.length === 0)('the models of the manifest', () => {
  test.each(entries.filter((entry) => !entry.loads_in_ort))(
    '$name is refused with a reason in plain words',
    async ({ path }) => {
      const error = await openSession(join(shared, 'models', path)).then(
        async (session) => session.close(),
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(MlkitError);
      const { code, message } = error as MlkitError;
      // Each is known for what it is, none falls through to the runtime's own words.
      expect(code).toMatch(/^(RUNTIME_LOAD|MODEL_\w+|EXTERNAL_DATA)$/);
      expect(message).not.toMatch(/onnxruntime_src|\.(cc|h):\d|ONNXRuntimeError|Load model from/);
    },
  );

  const loading = entries.filter((entry) => entry.loads_in_ort);
  // Starting 80 processes takes too long for every run: each twelfth, by name.
  const sample = loading
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .filter((_, index) => index % 12 === 0);

  test.each(sample)('$name loads, and runs or says why not', async ({ path }) => {
    await using session = await openSession(join(shared, 'models', path), { threads: 1 });
    const outputs = session.outputs.filter((output) => output.isTensor).map(({ name }) => name);
    const result = await session.run(zeroFeeds(session), outputs).catch((error: unknown) => error);
    if (result instanceof MlkitError) {
      expect(result.code).toMatch(/^(RUNTIME_RUN|MODEL_UNSUPPORTED)$/);
    } else {
      expect([...(result as Awaited<ReturnType<Session['run']>>).outputs.keys()]).toEqual(outputs);
    }
  });
});

const backend = join(shared, 'onnx-backend', 'node');
const int4 = existsSync(backend)
  ? readdirSync(backend).filter((name) => /^test_cast_FLOAT(16)?_to_U?INT4$/.test(name))
  : [];

test.skipIf(int4.length === 0).each(int4)('%s is refused instead of aborting', async (name) => {
  await using session = await openSession(join(backend, name, 'model.onnx'));
  await expect(session.run(zeroFeeds(session))).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED',
  });
  // And the child is alive.
  expect((await session.memory()).currentBytes).toBeGreaterThan(0);
});
