import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildModel, type OpsetImport } from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { openSession, runtimeLimits, runtimeVersion } from '../../src/runtime/index.ts';
import { temporaryFolder } from '../support/files.ts';
import { errorOf } from './session-harness.ts';

/** Whether a model of one node loads that says this of itself. */
async function load(irVersion: number, opsets: readonly OpsetImport[]): Promise<'loads'> {
  const versions = opsets.map(({ domain, version }) => [domain, version] as const);
  const model = buildModel(
    { opset: { '': 17, ...Object.fromEntries(versions) }, irVersion },
    (b) => {
      const x = b.input('x', 'float32', [1]);
      b.output(b.node('Relu', [x], {}, { outputs: ['y'] }), 'float32', [1]);
    },
  );
  const file = path.join(temporaryFolder(), 'model.onnx');
  fs.writeFileSync(file, encodeModel(model).toBytes());
  const session = await openSession(file, { threads: 1 });
  await session.close();
  return 'loads';
}

describe('the limits of the runtime', () => {
  const { version, irVersion, opsets } = runtimeLimits;
  const newest = [...opsets].map(([domain, most]): OpsetImport => ({ domain, version: most }));

  test('are those of the version that is installed', () => {
    expect(runtimeVersion().split('.').slice(0, 2).join('.')).toBe(version);
  });

  test('can be reached all at once', async () => {
    expect(await load(irVersion, newest)).toBe('loads');
  });

  test('the IR version cannot be exceeded', async () => {
    const { message } = await errorOf(load(irVersion + 1, []));
    expect(message).toContain(`reads at most ${irVersion}`);
  });

  test.each(newest)('version $version of "$domain" cannot be exceeded', async (each) => {
    const tooNew = { ...each, version: each.version + 1 };
    const { message } = await errorOf(load(10, [tooNew]));
    expect(message).toContain(`knows at most ${each.version}`);
  });
});
