import { describe, expect, test } from 'vitest';
import { ModelFacts, runChecks } from '../../src/checks/index.ts';
import { buildModel, type Model } from '../../src/graph/index.ts';
import { DataFolder, limits } from '../../src/onnx/index.ts';
import { runtimeLimits } from '../../src/runtime/index.ts';
import { foreignBytes } from '../support/protobuf.ts';
import { check, codesOf } from './check-file.ts';

function sound(): Model {
  return buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', [1]);
    b.output(b.node('Relu', [x], {}, { outputs: ['y'] }), 'float32', [1]);
  });
}

describe('what a model says of itself', () => {
  test('a sound model has no findings', () => {
    expect(check(sound())).toEqual([]);
  });

  const { irVersion: newestIr, opsets } = runtimeLimits;
  const newest = opsets.get('') ?? 0;
  test.each([
    ['an IR version too new', newestIr + 1, 17, ['ir-version-newer']],
    ['the newest IR version', newestIr, 17, []],
    ['an operator set too new', 10, newest + 1, ['opset-newer']],
    ['the newest operator set', 10, newest, []],
  ])('%s is held against what the runtime loads', (_, irVersion, opset, codes) => {
    const model = sound();
    model.irVersion = irVersion;
    model.setOpset('', opset);
    const findings = check(model);
    expect(codesOf(findings)).toEqual(codes);
    // The model may be right all the same.
    expect(findings.every((each) => each.severity === 'warning')).toBe(true);
  });

  test('no IR version', () => {
    const model = sound();
    model.irVersion = 0;
    expect(codesOf(check(model))).toContain('ir-version-missing');
  });

  test('an operator set that is imported twice; ai.onnx is the empty text, the last counts', () => {
    const imports = (...versions: readonly number[]): Uint8Array =>
      foreignBytes('ModelProto', {
        ir_version: 8,
        opset_import: versions.map((version, at) => ({ domain: at > 0 ? 'ai.onnx' : '', version })),
        graph: {
          name: 'g',
          input: [{ name: 'x' }],
          node: [{ op_type: 'Relu', input: ['x'], output: ['y'] }],
          output: [{ name: 'y' }],
        },
      });
    expect(codesOf(check(imports(17, 13)))).toEqual(['opset-duplicate']);
    expect(codesOf(check(imports(newest + 1, 17)))).toEqual(['opset-duplicate']);
    expect(codesOf(check(imports(17, newest + 1)))).toEqual(['opset-duplicate', 'opset-newer']);
  });

  test('metadata that names keys twice: once for each key', () => {
    const model = sound();
    model.metadata = ['a', 'b', 'a', 'c', 'a', 'c'].map((key, at) => [key, `${at}`]);
    const findings = check(model);
    expect(findings).toMatchObject([
      { code: 'metadata-duplicate', severity: 'error', spec: 'error', runtime: 'accepts' },
      { code: 'metadata-duplicate' },
    ]);
    expect(findings.map((each) => /"(.)"/.exec(each.message)?.[1])).toEqual(['a', 'c']);
  });

  test('a file of 2 GiB is more than protobuf readers take', () => {
    const codes = (sizeBytes: number | null): string[] =>
      codesOf(
        runChecks(new ModelFacts({ model: sound(), sizeBytes, folder: new DataFolder('m') })),
      );
    expect(codes(limits.protobufBytes)).toEqual([]);
    expect(codes(limits.protobufBytes + 1)).toEqual(['file-too-large']);
    expect(codes(null)).toEqual([]);
  });
});
