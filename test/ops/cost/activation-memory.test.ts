import { describe, expect, test } from 'vitest';
import { buildModel, type GraphBuilder, type Model, type Value } from '../../../src/graph/index.ts';
import { type ActivationMemory, inferTypes, measureActivations } from '../../../src/ops/index.ts';
import { evaluate, formatSize, type Size } from '../../../src/symbolic/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { SeededRandom } from '../../support/random.ts';
import { addFunction, ints } from '../engine/models.ts';

/** Of a thousand float32. */
const k = 4000;

function memoryOf(model: Model, sizes: Readonly<Record<string, number>> = {}): ActivationMemory {
  return measureActivations(model, inferTypes(model, { sizes: new Map(Object.entries(sizes)) }));
}

/** Lower bound, peak, peak without reuse in place, and total. */
function numbersOf(memory: ActivationMemory): Size[] {
  const { lowerBoundBytes, peakBytes, peakWithoutInPlaceBytes, totalBytes } = memory;
  return [lowerBoundBytes, peakBytes, peakWithoutInPlaceBytes, totalBytes];
}

/** A model from a thousand float32 to the value that `build` gives. */
function fromThousand(build: (b: GraphBuilder, x: Value) => Value): Model {
  return buildModel({ opset: { '': 17, own: 1 } }, (b) => {
    b.output(build(b, b.input('x', 'float32', [1000])));
  });
}

/** As much as it is given, but not in the place of it. */
function made(b: GraphBuilder, x: Value): Value {
  return b.node('Softmax', [x]);
}

describe('by hand: lower bound, peak, without reuse in place, total', () => {
  test('a chain works in place, but not on what the caller gave', () => {
    const model = fromThousand((b, x) => b.node('Relu', [b.node('Neg', [b.node('Abs', [x])])]));
    expect(numbersOf(memoryOf(model))).toEqual([2 * k, 2 * k, 2 * k, 4 * k]);
  });

  test('what is not elementwise has memory of its own', () => {
    const model = fromThousand((b, x) => made(b, made(b, x)));
    expect(numbersOf(memoryOf(model))).toEqual([2 * k, 2 * k, 2 * k, 3 * k]);
  });

  test('a residual connection keeps what it adds', () => {
    const model = fromThousand((b, x) => b.node('Add', [made(b, made(b, x)), x]));
    expect(numbersOf(memoryOf(model))).toEqual([3 * k, 3 * k, 3 * k, 4 * k]);
  });

  test('without reuse in place, a sum is one more', () => {
    const model = fromThousand((b, x) => {
      const a = made(b, x);
      return b.node('Add', [made(b, a), a]);
    });
    // x is dead when a is read; the sum takes the place of the first that it adds.
    expect(numbersOf(memoryOf(model))).toEqual([2 * k, 2 * k, 3 * k, 4 * k]);
  });

  test('branches live together where they are joined', () => {
    const model = fromThousand((b, x) => {
      return b.node('Concat', [made(b, x), made(b, x), made(b, x)], { axis: 0 });
    });
    expect(numbersOf(memoryOf(model))).toEqual([6 * k, 6 * k, 6 * k, 7 * k]);
  });

  test('views need nothing', () => {
    const model = fromThousand((b, x) => {
      const table = b.node('Reshape', [made(b, x), ints(b, [10, 100])]);
      return b.node('Identity', [b.node('Flatten', [table], { axis: 0 })]);
    });
    expect(numbersOf(memoryOf(model))).toEqual([2 * k, 2 * k, 2 * k, 5 * k]);
  });

  test('what others still see is not written over', () => {
    const model = buildModel({}, (b) => {
      const a = b.node('Expand', [b.input('x', 'float32', [1]), ints(b, [1000])]);
      const positive = b.node('Relu', [b.node('Identity', [a])]);
      b.output(b.node('Sub', [positive, a]));
    });
    expect(numbersOf(memoryOf(model))).toEqual([2 * k, 2 * k, 3 * k, 4 * k + 4]);
  });

  test('weights, their defaults and constants are not in it', () => {
    const model = fromThousand((b, x) => {
      const zeros = tensorFrom('float32', [1000], new Float32Array(1000));
      b.initializer(zeros, 'w');
      const w = b.graph.addInput('w', { kind: 'tensor', elementType: 'float32', shape: [1000] });
      const c = b.node('Constant', [], { value: tensorFrom('float32', [1], Float32Array.of(2)) });
      return b.node('Mul', [b.node('Mul', [x, w]), c]);
    });
    expect(numbersOf(memoryOf(model))).toEqual([2 * k, 2 * k, 2 * k, 3 * k]);
  });

  test('a node that runs a graph needs what the graph needs besides, of branches the most', () => {
    const model = fromThousand((b, x) => {
      const then_branch = b.subgraph('yes', (inner) => inner.output(made(inner, made(inner, x))));
      const else_branch = b.subgraph('no', (inner) => inner.output(inner.node('Identity', [x])));
      return b.node('If', [b.input('cond', 'bool', [])], { then_branch, else_branch });
    });
    const all = 3 * k + 1;
    expect(numbersOf(memoryOf(model))).toEqual([all, all, all, all]);
  });

  test('so does a loop, whose body counts once', () => {
    const model = fromThousand((b, x) => {
      const body = b.subgraph('body', (inner) => {
        inner.input('i', 'int64', []);
        const condition = inner.input('condition', 'bool', []);
        const state = inner.input('state', 'float32', null);
        inner.output(inner.node('Identity', [condition]));
        inner.output(made(inner, made(inner, state)));
      });
      return b.node('Loop', [ints(b, 9), null, x], { body });
    });
    expect(numbersOf(memoryOf(model))).toEqual([3 * k, 3 * k, 3 * k, 3 * k]);
  });

  test('and a call of a function', () => {
    const model = fromThousand((b, x) => b.node('F', [x], {}, { domain: 'own' }));
    addFunction(model, 'F', {}, (b, [x]) => made(b, made(b, x!)));
    expect(numbersOf(memoryOf(model))).toEqual([3 * k, 3 * k, 3 * k, 3 * k]);
  });

  test('types of less than a byte are rounded up, once a value', () => {
    const cast = (shape: readonly (number | string)[]): Model =>
      buildModel({ opset: 21, irVersion: 10 }, (b) => {
        b.output(b.node('Cast', [b.input('x', 'float32', shape)], { to: 22 }));
      });
    expect(memoryOf(cast([7])).totalBytes).toBe(7 * 4 + 4);
    const { totalBytes } = memoryOf(cast(['n']));
    expect([7, 8].map((n) => evaluate(totalBytes, () => n))).toEqual([32, 36]);
  });

  test('what has no size is counted as unknown', () => {
    const model = buildModel({}, (b) => {
      const x = b.input('x', 'float32', null);
      b.output(b.node('Relu', [x]));
      b.output(b.node('SequenceConstruct', [x]));
      b.output(b.input('text', 'string', [3]));
    });
    const memory = memoryOf(model);
    expect([...numbersOf(memory), memory.unknownValues]).toEqual([0, 0, 0, 0, 4]);
  });
});

describe('of symbolic sizes', () => {
  const model = buildModel({}, (b) => {
    const x = b.input('x', 'float32', ['n', 4]);
    const w = b.initializer(tensorFrom('float32', [4, 100], new Float32Array(400)));
    const products = b.node('MatMul', [x, b.node('Transpose', [x])]);
    b.output(b.node('ReduceSum', [products, ints(b, [1])]));
    b.output(b.node('MatMul', [x, w]));
  });

  test('it is the larger of what may be the largest', () => {
    expect(formatSize(memoryOf(model).lowerBoundBytes)).toBe('max(4*n**2 + 32*n, 420*n)');
  });

  test('it is what the same sizes as numbers give', () => {
    for (const n of [1, 10, 97, 98, 1000]) {
      const symbolic = evaluate(memoryOf(model).lowerBoundBytes, () => n);
      expect(symbolic).toBe(memoryOf(model, { n }).lowerBoundBytes);
    }
  });
});

describe('of random graphs', () => {
  /** Nodes of a few kinds that read what came before, over [n, 8] and [n, n]. */
  function randomModel(random: SeededRandom): Model {
    return buildModel({}, (b) => {
      const values = [b.input('x', 'float32', ['n', 8]), b.input('y', 'float32', ['n', 8])];
      const count = 3 + random.below(20);
      for (let at = 0; at < count; at += 1) {
        const [one, other] = [random.pick(values), random.pick(values)];
        const op = random.pick(['Relu', 'Softmax', 'Identity', 'MatMul', 'Add', 'If']);
        if (op === 'MatMul') {
          const turned = b.node('Transpose', [other]);
          values.push(b.node('MatMul', [b.node('MatMul', [one, turned]), other]));
        } else if (op === 'If') {
          const branch = (name: string): ReturnType<typeof b.subgraph> =>
            b.subgraph(name, (inner) => inner.output(inner.node('Add', [made(inner, one), other])));
          const attributes = { then_branch: branch('yes'), else_branch: branch('no') };
          const condition = b.node('Cast', [b.node('ReduceMax', [one], { keepdims: 0 })], {
            to: 9,
          });
          values.push(b.node('If', [condition], attributes));
        } else {
          values.push(b.node(op, op === 'Add' ? [one, other] : [one]));
        }
      }
      b.output(values.at(-1)!);
      b.output(random.pick(values));
    });
  }

  test('each number is at most the next', () => {
    const random = new SeededRandom(11);
    for (let round = 0; round < 100; round += 1) {
      const numbers = numbersOf(memoryOf(randomModel(random), { n: 1 + random.below(50) }));
      expect(numbers).toEqual(numbers.toSorted((a, b) => Number(a) - Number(b)));
      expect(numbers[0]).toBeGreaterThan(0);
    }
  });

  test('symbolic numbers are those of the same sizes', () => {
    const random = new SeededRandom(12);
    for (let round = 0; round < 40; round += 1) {
      const model = randomModel(random);
      const { lowerBoundBytes, totalBytes } = memoryOf(model);
      for (const n of [3, 17, 250]) {
        const fixed = memoryOf(model, { n });
        expect(evaluate(lowerBoundBytes, () => n)).toBe(fixed.lowerBoundBytes);
        expect(evaluate(totalBytes, () => n)).toBe(fixed.totalBytes);
      }
    }
  });
});
