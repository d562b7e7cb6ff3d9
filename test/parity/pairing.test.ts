import { describe, expect, test } from 'vitest';
import { planInputs } from '../../src/parity/index.ts';
import { isTensor, type TensorValue, tensorFrom } from '../../src/tensor/index.ts';
import { float32 } from './models.ts';

const options = { match: 'name', castIo: false, candidatePath: 'new.onnx' } as const;
const sequence = { name: 's', dtype: 'float32', kind: 'sequence' } as const;

function dtypes(value: TensorValue | undefined): unknown {
  if (value === undefined || value === null) return value;
  return isTensor(value) ? value.dtype : value.map((each) => each.dtype);
}

describe('planInputs', () => {
  test('refuses an input of another kind', () => {
    const tensor = { name: 's', dtype: 'float32' } as const;
    expect(() => planInputs([sequence], [tensor], options)).toThrow(
      'cannot feed new.onnx with the inputs of the reference: "s" is seq(float32) in the reference and float32 in the candidate',
    );
    const optional = { ...sequence, kind: 'optional-sequence' } as const;
    expect(() => planInputs([optional], [sequence], { ...options, castIo: true })).toThrow(
      '"s" is optional(seq(float32)) in the reference and seq(float32) in the candidate',
    );
  });

  test('rounds the tensors of a sequence, and an absent optional stays absent', () => {
    const half = { name: 's', dtype: 'float16', kind: 'sequence' } as const;
    const plan = planInputs([sequence], [half], { ...options, castIo: true });
    const feeds = new Map([['s', [float32([1], [1]), float32([2], [2, 3])]]]);
    expect(dtypes(plan.translate(feeds).get('s'))).toEqual(['float16', 'float16']);
    expect(plan.translate(new Map([['s', null]])).get('s')).toBeNull();
    expect(plan.warnings).toHaveLength(1);
  });

  test('passes on what replaces a default', () => {
    const plan = planInputs(
      [{ name: 'x', dtype: 'int64' }],
      [{ name: 'x', dtype: 'int64' }],
      options,
    );
    const x = tensorFrom('int64', [1], BigInt64Array.of(1n));
    const given = plan.translate(
      new Map([
        ['x', x],
        ['w', x],
      ]),
    );
    expect([...given.keys()].toSorted()).toEqual(['w', 'x']);
  });
});
