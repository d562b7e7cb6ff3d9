import onnxProto from 'onnx-proto';
import { describe, expect, test } from 'vitest';
import { openSession, type ProviderName, probeProvider } from '../../src/runtime/index.ts';
import { probeModel } from '../../src/runtime/probe-model.ts';
import { addModel, writeModel } from './tiny-model.ts';

const { onnx } = onnxProto;

test('the model written by hand is what its comment says', () => {
  const model = onnx.ModelProto.toObject(onnx.ModelProto.decode(probeModel), { longs: Number });
  const float32Of4 = { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 4 }] } } };
  expect(model).toEqual({
    irVersion: 7,
    opsetImport: [{ version: 13 }],
    graph: {
      name: 'probe',
      node: [{ opType: 'Add', input: ['x', 'x'], output: ['y'] }],
      input: [{ name: 'x', type: float32Of4 }],
      output: [{ name: 'y', type: float32Of4 }],
    },
  });
  expect(onnx.ModelProto.verify(onnx.ModelProto.decode(probeModel))).toBeNull();
});

describe('probeProvider', () => {
  test('the CPU is always there', async () => {
    expect(await probeProvider('cpu')).toEqual({ usable: true, reason: null });
  });

  test.each<ProviderName>(['cuda', 'tensorrt', 'webgpu', 'coreml', 'dml'])(
    '%s agrees with opening a model: it works, or says why not',
    async (provider) => {
      const { usable, reason } = await probeProvider(provider);
      const opening = openSession(writeModel(addModel), { provider });
      if (usable) {
        expect(reason).toBeNull();
        await (await opening).close();
        return;
      }
      expect(reason).toMatch(/^the provider \w+ cannot be used: /);
      await expect(opening).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    },
    120_000,
  );

  test.skipIf(process.platform === 'darwin')('CoreML elsewhere than on macOS', async () => {
    const { usable, reason } = await probeProvider('coreml');
    expect(usable).toBe(false);
    expect(reason).toContain('on macOS only');
  });

  test.skipIf(process.platform === 'win32')('DirectML elsewhere than on Windows', async () => {
    const { usable, reason } = await probeProvider('dml');
    expect(usable).toBe(false);
    expect(reason).toContain('on Windows only');
  });
});
