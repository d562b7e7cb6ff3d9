import { describe, expect, test } from 'vitest';
import { buildModel, checkStructure, type Model } from '../../src/graph/index.ts';
import { rename } from '../../src/passes/index.ts';
import { printModel } from '../../src/text/index.ts';

function example(): Model {
  return buildModel({ opset: 17 }, (b) => {
    const flag = b.input('flag', 'bool', []);
    const x = b.input('x', 'float32', [2]);
    const inner = b.node('Relu', [x], {}, { outputs: ['inner'], name: 'r' });
    const branch = (name: string): Record<string, ReturnType<typeof b.subgraph>> => ({
      [name]: b.subgraph(name, (sub) => {
        sub.output(sub.node('Neg', [inner], {}, { outputs: ['both'], name: 'n' }), 'float32', [2]);
      }),
    });
    const y = b.node(
      'If',
      [flag],
      { ...branch('then_branch'), ...branch('else_branch') },
      {
        outputs: ['y'],
        name: 'i',
      },
    );
    b.output(y, 'float32', [2]);
  });
}

const names = (entries: Record<string, string>): { names: Map<string, string> } => ({
  names: new Map(Object.entries(entries)),
});

describe('renaming', () => {
  test('follows a value into subgraphs that read it', () => {
    const model = example();
    rename.run(model, names({ x: 'images', inner: 'features', y: 'logits' }));
    expect(checkStructure(model)).toEqual([]);
    const text = printModel(model);
    expect(text.match(/Neg\s*\(features\)/g)).toHaveLength(2);
    expect(text).toContain('float[2] images');
    expect(text).toContain('float[2] logits');
    expect(text).not.toMatch(/\b(x|inner|y)\b/);
  });

  test('can swap names and pass them on', () => {
    const model = example();
    const { graph } = model;
    const [x, inner, y] = ['x', 'inner', 'y'].map((name) => graph.value(name));
    rename.run(model, names({ x: 'inner', inner: 'x', y: 'flag', flag: 'fresh' }));
    expect([x?.name, inner?.name, y?.name]).toEqual(['inner', 'x', 'flag']);
    expect(graph.inputs.map((value) => value.name)).toEqual(['fresh', 'inner']);
    expect(checkStructure(model)).toEqual([]);
  });

  test('a name that is kept is no change', () => {
    expect(rename.run(example(), names({ x: 'x' }))).toEqual([]);
  });

  test.each([
    ['a value that is not there', { nope: 'z' }, /no value "nope"/],
    ['a name that is taken', { x: 'y' }, /has a value "y" already/],
    ['a name that is taken in a subgraph', { x: 'both' }, /has a value "both" already/],
    ['one name for two', { x: 'z', inner: 'z' }, /"x" is to be renamed to "z" too/],
    ['a name that several graphs have', { both: 'z' }, /2 graphs have a value of that name/],
  ])('refuses %s and changes nothing', (_, entries, message) => {
    const model = example();
    const before = printModel(model);
    expect(() => rename.run(model, names(entries))).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) as string }),
    );
    expect(printModel(model)).toBe(before);
  });
});
