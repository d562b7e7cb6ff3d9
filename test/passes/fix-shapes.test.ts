import { describe, expect, test } from 'vitest';
import {
  buildModel,
  formatType,
  type Model,
  tensorType,
  type ValueType,
  walkGraphs,
} from '../../src/graph/index.ts';
import { fixShapes } from '../../src/passes/index.ts';

/** A graph whose symbols appear in inputs, inner values, a subgraph, outputs and a sequence. */
function example(): Model {
  return buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', ['batch', 'seq', 8]);
    const flag = b.input('flag', 'bool', []);
    const open = b.input('open', 'float32', [null, 3]);
    const rankless = b.input('rankless', 'float32', null);
    const doubled = b.node('Concat', [x, x], { axis: 1 }, { outputs: ['doubled'] });
    b.graph.setType(doubled, tensorType('float32', ['batch', '2*seq', 8]));
    const then = b.subgraph('then', (inner) => {
      const same = inner.node('Identity', [doubled], {}, { outputs: ['same'] });
      inner.output(same, 'float32', ['batch', '2*seq', 8]);
    });
    const otherwise = b.subgraph('else', (inner) => {
      const other = inner.node('Identity', [doubled], {}, { outputs: ['other'] });
      inner.output(other, 'float32', ['batch', 'free', 8]);
    });
    const y = b.node(
      'If',
      [flag],
      { then_branch: then, else_branch: otherwise },
      {
        outputs: ['y'],
      },
    );
    b.output(y, 'float32', ['batch', '2*seq', 8]);
    const list: ValueType = { kind: 'sequence', element: tensorType('float32', ['batch', null]) };
    b.output(b.node('SequenceConstruct', [x], {}, { outputs: ['list'] }), list);
    b.output(b.node('Identity', [open], {}, { outputs: ['o'] }), 'float32', [null, 3]);
    b.output(b.node('Identity', [rankless], {}, { outputs: ['r'] }), 'float32', null);
  });
}

function types(model: Model): Record<string, string> {
  const entries = [...walkGraphs(model)].flatMap(({ graph }) =>
    [...graph.values()].map((value) => [value.name, formatType(value.type)] as const),
  );
  return Object.fromEntries(entries);
}

const dims = (entries: Record<string, number>): { dims: Map<string, number> } => ({
  dims: new Map(Object.entries(entries)),
});
const shapes = (entries: Record<string, number[]>): { shapes: Map<string, number[]> } => ({
  shapes: new Map(Object.entries(entries)),
});

describe('fixing shapes', () => {
  test('gives a symbol its size everywhere: inner values, subgraphs, outputs, sequences', () => {
    const model = example();
    const changes = fixShapes.run(model, dims({ batch: 4 }));
    expect(types(model)).toMatchObject({
      x: 'float32[4, seq, 8]',
      doubled: 'float32[4, 2*seq, 8]',
      same: 'float32[4, 2*seq, 8]',
      other: 'float32[4, free, 8]',
      y: 'float32[4, 2*seq, 8]',
      list: 'seq(float32[4, ?])',
    });
    expect(changes.map((each) => each.reason)).toEqual(['the dimension "batch" is 4, in 6 places']);
  });

  test('works formulas out once all their names have sizes', () => {
    const model = example();
    fixShapes.run(model, dims({ seq: 5 }));
    expect(types(model)).toMatchObject({
      x: 'float32[batch, 5, 8]',
      doubled: 'float32[batch, 10, 8]',
      y: 'float32[batch, 10, 8]',
    });
  });

  test.each([
    ['(s0 - 1)//2 + 1', 4],
    ['-(1 - s0)//4', 1],
    ['floor(s0/2)', 3],
    ['past.len + s0', 10],
    ['s0 % 2', 1],
    ['Max(1, s0)', 7],
    ['unknown + 1', null],
    ['batch - s0', null],
    ['s0//0', null],
    ['99999999999*99999999999', null],
    ['9007199254740991*s0', null],
    ['batch s0', null],
    [`${'('.repeat(100_000)}1`, null],
    ['-'.repeat(100_000), null],
  ])('%.30s is %s', (formula, size) => {
    const model = buildModel({}, (b) => {
      const x = b.input('x', 'float32', ['batch', 's0', 'past.len', formula]);
      b.output(b.node('Relu', [x], {}, { outputs: ['y'] }));
    });
    fixShapes.run(model, dims({ batch: 2, s0: 7, 'past.len': 3 }));
    expect(model.graph.inputs[0]?.type).toEqual(tensorType('float32', [2, 7, 3, size ?? formula]));
  });

  test("takes sizes of symbols from an input's shape", () => {
    const model = example();
    fixShapes.run(model, shapes({ x: [2, 3, 8] }));
    expect(types(model)).toMatchObject({
      x: 'float32[2, 3, 8]',
      y: 'float32[2, 6, 8]',
      other: 'float32[2, free, 8]',
    });
  });

  test('fixes dimensions without a name, and whole shapes', () => {
    const model = example();
    const changes = fixShapes.run(model, shapes({ open: [7, 3], rankless: [1, 2] }));
    expect(types(model)).toMatchObject({ open: 'float32[7, 3]', rankless: 'float32[1, 2]' });
    expect(changes).toHaveLength(2);
    expect(changes[0]?.reason).toContain('it was float32[?, 3]');
  });

  test('-1 and words for "unknown" are no sizes and no symbols', () => {
    const model = buildModel({}, (b) => {
      const x = b.input('x', 'float32', [-1, '?', '?', 'None']);
      b.output(b.node('Relu', [x], {}, { outputs: ['y'] }), 'float32', ['?', '?', '?', '?']);
    });
    fixShapes.run(model, shapes({ x: [1, 2, 3, 4] }));
    expect(types(model)).toEqual({ x: 'float32[1, 2, 3, 4]', y: 'float32[?, ?, ?, ?]' });
  });

  test('symbols of function bodies are their own', () => {
    const model = example();
    const before = types(model);
    expect(fixShapes.run(model, {})).toEqual([]);
    expect(types(model)).toEqual(before);
  });

  test.each([
    ['an unknown symbol', dims({ bath: 1 }), /"bath".*\n.*"batch", "seq"/s],
    ['an unknown input', shapes({ images: [1] }), /no input "images".*\n.*x: float32\[batch/s],
    ['another rank', shapes({ x: [1, 2] }), /1x2 has 2 dimensions.*which has 3/],
    ['another fixed size', shapes({ x: [1, 2, 9] }), /dimension 2 of the input is 8/],
    [
      'two sizes for a symbol',
      { ...dims({ batch: 1 }), ...shapes({ x: [2, 3, 8] }) },
      /--dim batch gives it 1, and --shape x gives it 2/,
    ],
    [
      'a formula that does not follow',
      dims({ seq: 2, '2*seq': 5 }),
      /"2\*seq" the size 5.* make it 4/,
    ],
    ['an input without a shape', shapes({ list: [1] }), /no input "list"/],
  ])('refuses %s and changes nothing', (_, settings, message) => {
    const model = example();
    const before = types(model);
    let text = '';
    try {
      fixShapes.run(model, settings);
    } catch (error) {
      expect(error).toMatchObject({ code: 'USAGE' });
      const { message: what, hint } = error as { message: string; hint: string };
      text = `${what}\n${hint}`;
    }
    expect(text).toMatch(message);
    expect(types(model)).toEqual(before);
  });
});
