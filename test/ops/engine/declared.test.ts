import { describe, expect, test } from 'vitest';
import {
  buildModel,
  type GraphBuilder,
  type Model,
  type Shape,
  tensorType,
  type ValueType,
} from '../../../src/graph/index.ts';
import { type InferenceSettings, inferTypes } from '../../../src/ops/index.ts';
import { type DataType, tensorFrom } from '../../../src/tensor/index.ts';
import { outputTypes, problems } from './models.ts';

/** A float32[n, 4] whose transpose, `y`, is declared to be something. */
function transposed(type: DataType | ValueType, shape: Shape | null = null): Model {
  return buildModel({}, (b) => {
    const x = b.input('x', 'float32', ['n', 4]);
    b.output(b.node('Transpose', [x], {}, { name: 't', outputs: ['y'] }), type, shape);
  });
}

function found(model: Model): string[] {
  return problems(inferTypes(model));
}

describe('what follows and what is declared', () => {
  test('is told of where numbers differ', () => {
    expect(found(transposed('float32', [5, 'n']))).toEqual([
      'declared-shape at main | Transpose "t": "y" is 4 along axis 0, declared 5',
    ]);
  });

  test('is told of where ranks differ', () => {
    expect(found(transposed('float32', [4]))).toEqual([
      'declared-shape at main | Transpose "t": "y" is of rank 2, declared 1',
    ]);
  });

  test('is told of where types differ', () => {
    expect(found(transposed('int64', [4, 'n']))).toEqual([
      'declared-type at main | Transpose "t": "y" is float32, declared int64',
    ]);
    expect(found(transposed({ kind: 'sequence', element: tensorType('float32', null) }))).toEqual([
      'declared-type at main | Transpose "t": "y" is a tensor of float32, declared a sequence',
    ]);
  });

  test('agree where a dense tensor is declared sparse, which only the file can say', () => {
    const sparse: ValueType = { kind: 'sparse-tensor', elementType: 'float32', shape: null };
    const model = transposed(sparse);
    expect(found(model)).toEqual([]);
    expect(outputTypes(model, inferTypes(model))).toEqual(['sparse float32[4, n]']);
  });

  test('agree where a size has another name, or none, or where less is declared', () => {
    for (const shape of [
      ['a', 'b'],
      [4, 'm'],
      [null, null],
      ['?', ''],
      [4, 7],
      [-1, 'n'],
      null,
    ] as const) {
      expect(found(transposed('float32', shape))).toEqual([]);
    }
    expect(found(transposed({ kind: 'unknown' }))).toEqual([]);
    expect(found(transposed({ kind: 'tensor', elementType: null, shape: null }))).toEqual([]);
  });

  test('together say more: names and numbers for sizes that do not follow', () => {
    const model = buildModel({}, (b) => {
      const x = b.input('x', 'float32', ['n', 4]);
      const picked = b.node('NonZero', [x], {}, { outputs: ['picked'] });
      b.output(picked, 'int64', [null, 'found']);
      b.output(b.node('Transpose', [picked]));
    });
    const inference = inferTypes(model);
    expect(outputTypes(model, inference)).toEqual(['int64[2, found]', 'int64[found, 2]']);
    expect(problems(inference)).toEqual([]);
  });

  test('what follows wins', () => {
    const model = transposed('int64', [5, 'm']);
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[4, n]']);
  });

  test('a declared number is used where a symbol follows', () => {
    const model = transposed('float32', [4, 9]);
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[4, 9]']);
  });

  test('of an operator that nothing is known of, what is declared counts', () => {
    const model = buildModel({ opset: { '': 17, own: 1 } }, (b) => {
      const x = b.input('x', 'float32', [3]);
      const [y, z] = b.nodes('Mystery', [x], {}, { domain: 'own', outputs: ['y', 'z'] });
      b.output(y!, 'int8', ['m', 3]);
      b.output(b.node('Neg', [y!]));
      b.output(z!);
    });
    const inference = inferTypes(model);
    expect(outputTypes(model, inference)).toEqual(['int8[m, 3]', 'int8[m, 3]', '?']);
    expect([...inference.unknownOperators]).toEqual([['own.Mystery', 1]]);
  });

  test('sequences, optionals and maps are compared inside', () => {
    const tensors = (type: DataType, shape: Shape | null): ValueType => {
      return { kind: 'sequence', element: tensorType(type, shape) };
    };
    const model = (declared: ValueType): Model =>
      buildModel({}, (b) => {
        const x = b.input('x', 'float32', ['n', 4]);
        b.output(b.node('SequenceConstruct', [x, x], {}, { name: 's', outputs: ['y'] }), declared);
      });
    expect(found(model(tensors('float32', null)))).toEqual([]);
    expect(found(model(tensors('float32', ['m', null])))).toEqual([]);
    expect(found(model(tensors('int8', null)))).toEqual([
      'declared-type at main | SequenceConstruct "s": "y" is float32, declared int8',
    ]);
    expect(found(model({ kind: 'optional', element: tensorType('float32', null) }))).toEqual([
      'declared-type at main | SequenceConstruct "s": "y" is a sequence, declared an optional',
    ]);
    const map: ValueType = { kind: 'map', keyType: 'int64', value: tensorType('float32', []) };
    const same = buildModel({}, (b) => {
      b.output(b.node('Identity', [b.input('m', map)], {}, { outputs: ['y'] }), map);
    });
    expect(found(same)).toEqual([]);
  });
});

describe('constants', () => {
  const four = tensorFrom('int64', [2], BigInt64Array.of(2n, 4n));
  const reshaped = (irVersion: number, build: (b: GraphBuilder) => void): Model =>
    buildModel({ irVersion, opset: irVersion < 4 ? 8 : 17 }, (b) => {
      const x = b.input('x', 'float32', [8]);
      const shape = b.initializer(four, 'shape');
      build(b);
      b.output(b.node('Reshape', [x, shape]));
    });

  test('that are inputs too count with their default', () => {
    const asInput = (b: GraphBuilder): void =>
      void b.graph.addInput('shape', tensorType('int64', [2]));
    const [now, before] = [reshaped(8, asInput), reshaped(3, asInput)];
    expect(outputTypes(now, inferTypes(now))).toEqual(['float32[2, 4]']);
    expect(outputTypes(before, inferTypes(before))).toEqual(['float32[2, 4]']);
    const alone = reshaped(8, () => {});
    expect(outputTypes(alone, inferTypes(alone))).toEqual(['float32[2, 4]']);
  });

  test('before IR 4 are what they are, whatever they are declared as', () => {
    const model = buildModel({ irVersion: 3, opset: 8 }, (b) => {
      const w = b.initializer(tensorFrom('float32', [2, 3], new Float32Array(6)), 'w');
      b.graph.addInput('w', tensorType('float32', null));
      b.output(b.node('Relu', [w]));
    });
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[2, 3]']);
  });

  test('that are declared as something else are told of', () => {
    const model = reshaped(8, (b) => {
      b.graph.setType(b.graph.value('shape')!, tensorType('int32', [3]));
    });
    expect(found(model)).toEqual([
      'declared-type at main: "shape" is int64, declared int32',
      'declared-shape at main: "shape" is 2 along axis 0, declared 3',
    ]);
  });

  test('may be sparse', () => {
    const model = buildModel({}, (b) => {
      const values = tensorFrom('float32', [1], Float32Array.of(1)).with({ name: 's' });
      const indices = tensorFrom('int64', [1], BigInt64Array.of(5n));
      const sparse = b.graph.define('s');
      b.graph.setSparseInitializer(sparse, { values, indices, dims: [4, 6] });
      b.output(b.node('MatMul', [sparse, b.input('x', 'float32', [6, 'n'])]));
    });
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[4, n]']);
  });
});

describe('settings', () => {
  const model = buildModel({}, (b) => {
    const x = b.input('x', 'float32', ['batch', '2*side', null]);
    b.output(b.node('Flatten', [x], {}, { outputs: ['y'] }), 'float32', ['batch', 100]);
    b.output(b.node('Shape', [x]));
  });
  const typesWith = (settings: InferenceSettings): string[] => {
    const inference = inferTypes(model, settings);
    expect(inference.contradictions).toEqual([]);
    return outputTypes(model, inference);
  };

  test('fix sizes by name, within expressions too', () => {
    expect(typesWith({})).toEqual(['float32[batch, 100]', 'int64[3]']);
    const sizes = new Map([
      ['batch', 8],
      ['side', 16],
      ['unheard of', 1],
    ]);
    expect(typesWith({ sizes })).toEqual(['float32[8, 100]', 'int64[3]']);
    const inference = inferTypes(model, { sizes });
    expect(outputTypes(model, inference)).toEqual(['float32[8, 100]', 'int64[3]']);
    const [x] = model.graph.inputs;
    const type = inference.typeOf(x!);
    expect(type?.kind === 'tensor' && type.shape?.slice(0, 2)).toEqual([8, 32]);
  });

  test('fix shapes by input, which makes what is declared of other values untrue', () => {
    const shapes = new Map([['x', [3, 4, 5]]]);
    expect(typesWith({ shapes })).toEqual(['float32[3, 20]', 'int64[3]']);
    expect(typesWith({ shapes: new Map([['x', [7]]]) })).toEqual(['float32[7, 1]', 'int64[1]']);
  });

  test('give an input a shape that has no type', () => {
    const untyped = buildModel({}, (b) => {
      b.output(b.node('Relu', [b.graph.addInput('x', null)]));
    });
    const inference = inferTypes(untyped, { shapes: new Map([['x', [2, 2]]]) });
    expect(outputTypes(untyped, inference)).toEqual(['?[2, 2]']);
  });
});
