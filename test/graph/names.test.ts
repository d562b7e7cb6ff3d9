import { describe, expect, test } from 'vitest';
import { buildModel, Graph, NameAllocator } from '../../src/graph/index.ts';
import { SeededRandom } from '../support/random.ts';

describe('NameAllocator', () => {
  test('gives a free name as it is, and numbers the next ones', () => {
    const names = new NameAllocator(['taken', 'taken_2']);
    expect(names.allocate('free')).toBe('free');
    expect(names.allocate('taken')).toBe('taken_1');
    expect(names.allocate('taken')).toBe('taken_3');
    expect([names.has('taken_3'), names.has('taken_4')]).toEqual([true, false]);
  });

  test.each([1, 2, 3])(
    'never gives a name twice, whatever is reserved meanwhile (seed %i)',
    (seed) => {
      const random = new SeededRandom(seed);
      const taken = new Set<string>();
      const bases = ['a', 'a_1', 'a_1_1', 'a_2', 'b', 'b_', '', 'a_10', '_1'];
      const someName = (): string => {
        const suffix = random.below(3) === 0 ? '' : `_${random.below(15)}`;
        return random.pick(bases) + suffix;
      };
      for (let i = 0; i < 10; i += 1) taken.add(someName());
      const names = new NameAllocator(taken);
      for (let i = 0; i < 2000; i += 1) {
        if (random.below(3) === 0) {
          const name = someName();
          names.reserve(name);
          taken.add(name);
          continue;
        }
        const name = names.allocate(someName());
        expect(taken.has(name)).toBe(false);
        taken.add(name);
        expect(names.has(name)).toBe(true);
      }
    },
  );

  test('does not search from the start each time', () => {
    const names = new NameAllocator([]);
    const started = performance.now();
    for (let i = 0; i < 50_000; i += 1) names.allocate('x');
    expect(performance.now() - started).toBeLessThan(5000);
    expect(names.allocate('x')).toBe('x_50000');
  });
});

describe('the names of a model', () => {
  test('are those of values and nodes of all graphs, functions included', () => {
    const model = buildModel({ opset: { '': 17, f: 1 } }, (b) => {
      const x = b.input('x', 'float32');
      const body = b.subgraph('inner', (inner) => {
        inner.output(inner.node('A', [x], {}, { name: 'inner_node', outputs: ['inner_out'] }));
      });
      b.node('If', [x], { then_branch: body }, { name: 'node', outputs: ['y'] });
    });
    const body = new Graph(model, 'function', null);
    body.addInput('in_function', null);
    const rest = { overload: '', attributeNames: [], attributeDefaults: [], opsets: [] };
    model.functions = [{ ...rest, name: 'f', domain: 'f', body, docString: '', metadata: [] }];
    for (const name of ['x', 'y', 'node', 'inner_node', 'inner_out', 'in_function']) {
      expect(model.names.allocate(name)).toBe(`${name}_1`);
    }
    expect(model.names.allocate('inner')).toBe('inner');
  });
});
