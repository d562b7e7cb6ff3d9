import { describe, expect, test } from 'vitest';
import { ModelFacts, verdictsOf } from '../../src/checks/index.ts';
import { buildModel } from '../../src/graph/index.ts';
import { DataFolder } from '../../src/onnx/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { writeModel } from '../support/write-model.ts';
import { check, checkFile, codesOf, constantsModel } from './check-file.ts';

const bytes = (count: number): Uint8Array => new Uint8Array(count);

describe('constants that make no sense', () => {
  test.each([
    ['too few bytes', { data_type: 1, dims: [2], raw_data: bytes(4) }, 'tensor-size', 'invalid'],
    // The specification's checker takes these, and the runtime does not.
    ['too many bytes', { data_type: 1, dims: [2], raw_data: bytes(12) }, 'tensor-size', 'valid'],
    [
      'too few strings',
      { data_type: 8, dims: [2], string_data: [bytes(1)] },
      'tensor-size',
      'invalid',
    ],
    ['no type', { dims: [2], raw_data: bytes(8) }, 'tensor-type', 'invalid'],
    [
      'a type of the future',
      { data_type: 99, dims: [2], raw_data: bytes(8) },
      'tensor-type',
      'invalid',
    ],
    [
      'a negative size',
      { data_type: 1, dims: [-2], raw_data: bytes(8) },
      'tensor-shape',
      'invalid',
    ],
    ['a size beyond all', { data_type: 1, dims: [2 ** 40, 2 ** 40] }, 'tensor-shape', 'invalid'],
  ])('%s', (_, tensor, code, spec) => {
    const findings = check(constantsModel({ name: 'w', ...tensor }));
    expect(findings).toMatchObject([{ code, severity: 'error', at: { value: 'w' } }]);
    expect(verdictsOf(findings).spec).toBe(spec);
  });

  test('typed fields are as good as raw bytes', () => {
    const typed = { name: 'w', data_type: 7, dims: [3], int64_data: [-1, 2, 300] };
    expect(check(constantsModel(typed))).toEqual([]);
    expect(codesOf(check(constantsModel({ ...typed, dims: [4] })))).toEqual(['tensor-size']);
  });

  test('large ones in typed fields are only measured when that is asked for', () => {
    const elements = 1024 * 1024;
    const zeros = Array.from({ length: elements }, () => 0);
    const typed = { name: 'w', data_type: 10, dims: [elements + 1], int32_data: zeros };
    const file = writeModel(constantsModel(typed));
    expect(codesOf(checkFile(file, { measureAll: true }))).toEqual(['tensor-size']);
    expect(checkFile(file, {})).toEqual([]);
  });
});

describe('the role of a constant', () => {
  test('that a dynamic scale is multiplied with is that of a scale', () => {
    const model = buildModel({}, (b) => {
      const x = b.input('x', 'float32', [2, 3]);
      const scale = b.initializer(tensorFrom('float32', [1], Float32Array.of(0.5)), 'scale');
      const weight = b.initializer(tensorFrom('float32', [1], Float32Array.of(2)), 'weight');
      const [, dynamic] = b.nodes('DynamicQuantizeLinear', [x], {}, { outputs: ['q', 's', 'z'] });
      b.output(b.node('Mul', [dynamic!, scale]));
      b.output(b.node('Mul', [x, weight]));
    });
    const facts = new ModelFacts({ model, sizeBytes: null, folder: new DataFolder('m') });
    expect(facts.constants.map(({ name, role }) => [name, role])).toEqual([
      ['scale', 'quantization'],
      ['weight', 'parameter'],
    ]);
  });
});
