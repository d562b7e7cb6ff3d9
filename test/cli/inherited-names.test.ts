import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { planFeeds } from '../../src/feeds/index.ts';
import { buildModel, type Model } from '../../src/graph/index.ts';
import { tensorIn } from '../support/feeds.ts';
import { temporaryFolder } from '../support/files.ts';
import { writeModel } from '../support/write-model.ts';
import { testIo } from './test-io.ts';

/* Whoever writes a file chooses the names in it, and may choose those of what every object has. */

const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'] as const;

async function run(...argv: readonly string[]): Promise<{ exit: number; text: string }> {
  const io = testIo();
  const exit = await main(argv, io);
  return { exit, text: io.out + io.err };
}

const notOurs = /native code|\[object|\bundefined\b/;

/** One input of whole numbers, read by an operator, and by a Gather as its indices. */
function modelOf(domain: string, op: string): Model {
  return buildModel({ opset: { '': 17, [domain]: domain === '' ? 17 : 1 } }, (b) => {
    const x = b.input('x', 'int64', ['n']);
    const y = b.node(op, [x], {}, { domain });
    b.output(b.node('Gather', [y, x]), 'int64', null);
  });
}

describe.each(inherited)('what is called %s', (name) => {
  test.each([
    ['an operator', '', name],
    ['an operator of onnxruntime', 'com.microsoft', name],
    ['a domain', name, name],
  ])('as %s, is not known', async (_, domain, op) => {
    const model = modelOf(domain, op);
    const file = writeModel(model);
    const shown = await run('inspect', file, '--shapes', '--cost', '--check', '--no-runtime');
    expect(shown.exit).toBe(1);
    expect(shown.text).not.toMatch(notOurs);
    expect(tensorIn(planFeeds(model, { seed: 0 }).feeds[0], 'x').elementType).toBe('int64');
    const out = path.join(path.dirname(file), 'out.onnx');
    const made = await run('convert', file, '-o', out, '--ir-version', 'auto', '--no-verify');
    expect(made.exit).toBe(0);
  });

  test('as a type to cast to, is none', async () => {
    const map = buildModel({ opset: { '': 17, 'ai.onnx.ml': 3 } }, (b) => {
      const x = b.input('x', 'float32', [4]);
      b.output(b.node('CastMap', [x], { cast_to: name }, { domain: 'ai.onnx.ml' }), 'float32', [4]);
    });
    const first = buildModel({ opset: 5 }, (b) => {
      b.output(b.node('Cast', [b.input('x', 'float32', [4])], { to: name }), 'float32', [4]);
    });
    for (const model of [map, first]) {
      const file = writeModel(model);
      const shown = await run('inspect', file, '--shapes', '--cost', '--check', '--no-runtime');
      expect(shown.exit).toBeLessThan(2);
      expect(shown.text).not.toMatch(notOurs);
    }
  });

  test('as a type of safetensors, is not known', async () => {
    const header = JSON.stringify({
      weight: { dtype: name, shape: [2], data_offsets: [0, 8] },
    });
    const file = path.join(temporaryFolder(), 'model.safetensors');
    const bytes = Buffer.alloc(8 + header.length + 8);
    bytes.writeBigUInt64LE(BigInt(header.length));
    bytes.write(header, 8);
    fs.writeFileSync(file, bytes);
    const { exit, text } = await run('inspect', file, '--tensors');
    expect(exit).toBe(0);
    expect(text).toContain(`"weight" has the unknown type ${name}`);
  });

  test('as a module of a pickle, is not known', async () => {
    const file = path.join(temporaryFolder(), 'model.pkl');
    fs.writeFileSync(file, `\x80\x02c${name}\nmake\n)R.`, 'latin1');
    const { exit, text } = await run('inspect', file, '--check');
    expect(exit).toBe(0);
    expect(text).toContain(`${name}.make`);
    expect(text).not.toMatch(notOurs);
  });

  test('as a field of --select, is none', async () => {
    const { exit, text } = await run(
      'inspect',
      writeModel(modelOf('', 'Relu')),
      '--select',
      `${name}=1`,
    );
    expect(exit).toBe(2);
    expect(text).toContain(`there is no field "${name}"`);
    expect(text).not.toMatch(notOurs);
  });
});
