import { describe, expect, test } from 'vitest';
import { checkOutputs } from '../../src/benchmark/check-outputs.ts';
import { MlkitError } from '../../src/errors.ts';
import { buildModel, type Model, tensorType, type ValueType } from '../../src/graph/index.ts';

const sequence: ValueType = { kind: 'sequence', element: tensorType('float32', [5]) };
const maps: ValueType = {
  kind: 'sequence',
  element: { kind: 'map', keyType: 'int64', value: tensorType('float32', []) },
};

/** A model with outputs `o0`, `o1` and so on of these types; what computes them is of no matter. */
function modelWith(...types: readonly ValueType[]): Model {
  return buildModel({}, (b) => {
    const x = b.input('x', 'float32', [5]);
    for (const [at, type] of types.entries()) {
      b.output(b.node('Identity', [x], {}, { outputs: [`o${at}`] }), type);
    }
  });
}

function errorOf(...types: readonly ValueType[]): MlkitError {
  try {
    checkOutputs('m.onnx', modelWith(...types));
  } catch (error) {
    if (error instanceof MlkitError) return error;
  }
  throw new Error('nothing was refused');
}

describe('checkOutputs', () => {
  test('has nothing to say of tensors', () => {
    const passable = [tensorType('float32', [1]), tensorType('string', null)];
    expect(checkOutputs('m.onnx', modelWith(...passable, { kind: 'unknown' }))).toEqual([]);
  });

  test('tells of each output that is not read', () => {
    const model = modelWith(tensorType('int64', [1]), maps, tensorType('uint4', [2]));
    expect(checkOutputs('m.onnx', model)).toEqual([
      'output "o1" is seq(map(int64, float32[])), which onnxruntime-node cannot pass: it is computed, but not read',
      'output "o2" is uint4[2], which onnxruntime-node cannot pass: it is computed, but not read',
    ]);
  });

  test('refuses a model that gives nothing else, with the way out', () => {
    const zipped = errorOf(maps);
    expect(zipped.code).toBe('MODEL_UNSUPPORTED');
    expect(zipped.message).toMatch(/^cannot run m\.onnx: output "o0" is seq\(map/);
    expect(zipped.hint).toContain('zipmap');
    expect(errorOf(sequence, sequence).hint).toContain('still a tensor');
  });
});
