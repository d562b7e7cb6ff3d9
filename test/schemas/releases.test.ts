import { expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { runtimeLimits, runtimeVersion } from '../../src/runtime/index.ts';
import {
  cpuKernelVersion,
  onnxReleases,
  parseRuntimeTarget,
  runtimeReleases,
} from '../../src/schemas/index.ts';

test('releases of ONNX, as its page of versions lists them', () => {
  const byName = new Map(onnxReleases.map((each) => [each.release, each]));
  expect(byName.get('1.4.1')).toEqual({
    release: '1.4.1',
    irVersion: 4,
    opsets: { '': 9, 'ai.onnx.ml': 1 },
  });
  expect(byName.get('1.17.0')).toMatchObject({ irVersion: 10, opsets: { '': 22 } });
  expect(onnxReleases.at(-1)).toMatchObject({ irVersion: 14, opsets: { '': 28 } });
  expect(onnxReleases).toHaveLength(34);
});

test('versions only rise from release to release', () => {
  for (const list of [onnxReleases, runtimeReleases]) {
    for (const [at, each] of list.entries()) {
      const before = list[at - 1] ?? each;
      expect(each.irVersion).toBeGreaterThanOrEqual(before.irVersion);
      expect(each.opsets['']).toBeGreaterThanOrEqual(before.opsets['']);
      expect(each.opsets['ai.onnx.ml']).toBeGreaterThanOrEqual(before.opsets['ai.onnx.ml']);
    }
  }
});

test('onnxruntime has every release from 1.0 to the installed one', () => {
  expect(runtimeReleases.map((each) => each.version)).toEqual(
    Array.from({ length: 31 }, (_, minor) => `1.${minor}`),
  );
  expect(cpuKernelVersion).toBe(runtimeVersion());
});

test('the installed release takes what the runtime module found', () => {
  const installed = parseRuntimeTarget('onnxruntime');
  expect(installed.version).toBe(runtimeLimits.version);
  expect(installed.irVersion).toBe(runtimeLimits.irVersion);
  expect(installed.opsets['']).toBe(runtimeLimits.opsets.get(''));
  expect(installed.opsets['ai.onnx.ml']).toBe(runtimeLimits.opsets.get('ai.onnx.ml'));
});

test('a target is read', () => {
  expect(parseRuntimeTarget('onnxruntime@1.17')).toEqual({
    version: '1.17',
    irVersion: 9,
    opsets: { '': 20, 'ai.onnx.ml': 4 },
    basis: 'measured',
  });
  expect(parseRuntimeTarget('ort@1.8.1')).toMatchObject({ version: '1.8', basis: 'documented' });
  expect(parseRuntimeTarget('ORT@1.28').basis).toBe('neighbours');
  expect(parseRuntimeTarget('ort').version).toBe('1.30');
});

test.each([
  '',
  'onnxruntime@',
  'onnxruntime@1',
  'onnxruntime@2.0',
  'ort@1.99',
  'tensorrt@10',
  'ort1.17',
])('the target %j is refused, with those there are', (text) => {
  const parse = (): unknown => parseRuntimeTarget(text);
  expect(parse).toThrow(MlkitError);
  expect(parse).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(parse).toThrow(expect.objectContaining({ hint: expect.stringMatching(/1\.0 to 1\.30/) }));
});
