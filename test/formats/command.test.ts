import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { readForeign } from '../../src/formats/index.ts';
import { FileSource, sniffFormat } from '../../src/onnx/index.ts';
import { type TestIo, testIo } from '../cli/test-io.ts';
import { fixtures, temporaryFolder } from '../support/files.ts';
import { fixtureBytes, formatFixtures } from './read.ts';

async function inspect(...args: readonly string[]): Promise<{ exit: number; io: TestIo }> {
  const io = testIo({ cwd: formatFixtures, columns: 120 });
  return { exit: await main(['inspect', ...args], io), io };
}

describe('mlkit inspect', () => {
  test('JSON of a checkpoint', async () => {
    const { exit, io } = await inspect('checkpoint.pt', '--json');
    expect(exit).toBe(0);
    expect(JSON.parse(io.out)).toMatchObject({
      schema: 1,
      kind: 'inspect',
      model: { path: 'checkpoint.pt', sizeBytes: fixtureBytes('checkpoint.pt').length },
      format: 'pytorch',
      // 18 + 2 weights and biases, 4 x 2 and 1 of the norm, 24 + 3, 3 of the view; the tied ones once.
      parameters: 59,
      parameterBytes: 58 * 4 + 8,
      dtypes: { float32: 58 * 4, int64: 8 },
      findings: [],
    });
  });

  test('the table names what is in it and what to do', async () => {
    const { exit, io } = await inspect('net.pt2');
    expect(exit).toBe(0);
    expect(io.out).toMatch(/x +float32 +\[s77, 1, 4, 4\]/);
    expect(io.out).toMatch(/aten\.conv2d\.default +1/);
    expect(io.out).toMatch(/head\.weight +float32 +\[3, 8\] +96 B/);
    expect(io.out).toMatch(/note: .*torch\.onnx\.export/);
  });

  test('--check fails what is dangerous, and passes what is not', async () => {
    const evil = await inspect('evil-system-4.pkl', '--check');
    expect(evil.exit).toBe(1);
    expect(evil.io.out).toMatch(/posix\.system +dangerous/);
    expect((await inspect('evil-system-4.pkl')).exit).toBe(0);
    for (const name of ['checkpoint.pt', 'types.safetensors', 'arrays.npz', 'if-capture.ort']) {
      expect((await inspect(name, '--check')).exit).toBe(0);
    }
    const { io } = await inspect('evil-torch.pt', '--check', '--json');
    expect(JSON.parse(io.out)).toMatchObject({
      verdict: 'fail',
      globals: [{ name: '__builtin__.eval', kind: 'dangerous' }, {}, {}, {}],
      findings: [{ code: 'pickle-global-dangerous', severity: 'error' }],
    });
  });

  test('--tensors lists all', async () => {
    const folder = temporaryFolder();
    const header = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [
        `t${at}`,
        { dtype: 'U8', shape: [1], data_offsets: [at, at + 1] },
      ]),
    );
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    const file = path.join(folder, 'many.safetensors');
    fs.writeFileSync(file, Buffer.concat([length, json, Buffer.alloc(30)]));
    const some = (await inspect(file)).io.out;
    expect(some).toContain('and 18 more (--tensors lists all)');
    expect(some).not.toContain('t29');
    expect((await inspect(file, '--tensors')).io.out).toContain('t29');
  });

  test.each(['--nodes', '--text', '--stats', '--functions', '--external'])(
    '%s needs an ONNX model',
    async (flag) => {
      const { exit, io } = await inspect('arrays.npz', flag);
      expect(exit).toBe(2);
      expect(io.err).toMatch(
        new RegExp(`arrays\\.npz is a NumPy archive .*; ${flag} is for ONNX models`),
      );
    },
  );

  test('an old pickle is known by its name, and other files are not taken for one', async () => {
    const { io } = await inspect('protocol-0.pkl', '--json');
    expect(JSON.parse(io.out)).toMatchObject({ format: 'pickle', formatVersion: 'protocol 0' });
    const folder = temporaryFolder();
    const text = path.join(folder, 'text.pkl');
    fs.writeFileSync(text, 'this is no pickle');
    expect((await inspect(text)).exit).toBe(3);
    const model = path.join(folder, 'model.pkl');
    fs.copyFileSync(path.join(fixtures, 'models', 'conv.onnx'), model);
    expect(JSON.parse((await inspect(model, '--json')).io.out)).toMatchObject({ irVersion: 6 });
  });

  test('what is damaged beyond reading is an error', async () => {
    const file = path.join(temporaryFolder(), 'a.safetensors');
    fs.writeFileSync(file, fixtureBytes('types.safetensors').subarray(0, 100));
    const { exit, io } = await inspect(file, '--json');
    expect(exit).toBe(3);
    expect(JSON.parse(io.out)).toMatchObject({ kind: 'error', code: 'MODEL_MALFORMED' });
  });

  test('names do not write to the terminal', async () => {
    const file = path.join(temporaryFolder(), 'a.pkl');
    fs.writeFileSync(file, Buffer.from('\x80\x02cevil\x1b[2J\nname\n.', 'latin1'));
    const { io } = await inspect(file);
    expect(io.out).not.toContain('\u001b');
    expect(io.out).toContain('evil');
  });

  test('weights are not read', async () => {
    const file = path.join(temporaryFolder(), 'large.safetensors');
    const bytes = 256 * 1024 ** 2;
    const json = Buffer.from(
      JSON.stringify({ a: { dtype: 'U8', shape: [bytes], data_offsets: [0, bytes] } }),
    );
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    fs.writeFileSync(file, Buffer.concat([length, json]));
    fs.truncateSync(file, 8 + json.length + bytes);
    const source = new FileSource(file);
    const content = await readForeign(source, sniffFormat(source)?.kind ?? '');
    source.close();
    expect(content).toMatchObject({ tensors: [{ bytes }], findings: [] });
    expect(source.bytesRead).toBeLessThan(100_000);
  });
});
