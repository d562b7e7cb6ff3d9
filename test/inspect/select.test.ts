import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ModelFacts } from '../../src/checks/index.ts';
import { MlkitError } from '../../src/errors.ts';
import { buildModel, type Model, tensorType } from '../../src/graph/index.ts';
import { presentSelect } from '../../src/inspect/present-select.ts';
import { parseSelection, type SelectReport, selectFrom } from '../../src/inspect/select/index.ts';
import { readNumber } from '../../src/inspect/select/read-number.ts';
import { openModel } from '../../src/onnx/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { fixtures } from '../support/files.ts';
import { SeededRandom } from '../support/random.ts';
import { writeModel } from '../support/write-model.ts';

/** Two convolutions, a product in half precision, and a node of another domain. */
function sample(): Model {
  return buildModel({ opset: { '': 17, 'com.microsoft': 1 } }, (b) => {
    const floats = (name: string, dims: readonly number[]) => {
      const count = dims.reduce((product, size) => product * size, 1);
      return b.initializer(tensorFrom('float32', dims, new Float32Array(count), name));
    };
    const x = b.input('x', 'float32', ['n', 3, 8, 8]);
    const small = b.node(
      'Conv',
      [x, floats('w1', [4, 3, 3, 3])],
      { kernel_shape: [3, 3] },
      {
        name: '/layer.0/conv',
        outputs: ['c1'],
      },
    );
    b.graph.setType(small, tensorType('float32', [1, 4, 6, 6]));
    const large = b.node(
      'Conv',
      [small, floats('w2', [512, 4, 1, 1]), floats('b2', [512])],
      { kernel_shape: [1, 1], group: 2, auto_pad: 'VALID' },
      { name: '/layer.1/conv', outputs: ['c2'] },
    );
    b.graph.setType(large, tensorType('float16', ['n', 512, 6, null]));
    const shape = b.initializer(tensorFrom('int64', [2], BigInt64Array.of(0n, -1n), 'shape'));
    const flat = b.node('Reshape', [large, shape], {}, { name: '', outputs: ['r'] });
    const y = b.node('Gelu', [flat], {}, { domain: 'com.microsoft', name: 'gelu', outputs: ['y'] });
    const z = b.node('LeakyRelu', [y], { alpha: 0.1 }, { name: 'leaky', outputs: ['z'] });
    b.output(z, 'float32', null);
  });
}

function select(expression: string, model: Model = sample()): SelectReport {
  const open = openModel(writeModel(model));
  try {
    const { constants } = new ModelFacts(open);
    return selectFrom(open.model, constants, parseSelection(expression));
  } finally {
    open.close();
  }
}

/** Names of what an expression selects: outputs of nodes, then constants. */
function namesOf(expression: string): string[] {
  const { nodes, constants } = select(expression);
  return [
    ...nodes.map((each) => each.outputs[0]?.name ?? ''),
    ...constants.map((each) => each.name),
  ];
}

describe('selecting', () => {
  test.each([
    // Fields of nodes.
    ['op=Conv', ['c1', 'c2']],
    ['op=conv', ['c1', 'c2']],
    ['op=ai.onnx.Conv', ['c1', 'c2']],
    ['op=Gelu', ['y']],
    ['op=com.microsoft.Gelu', ['y']],
    ['op~*elu', ['y', 'z']],
    ['op!~C* & kind=node', ['r', 'y', 'z']],
    ['domain=com.microsoft', ['y']],
    ['domain=ai.onnx & inputs=2', ['c1', 'r']],
    ['domain="" & inputs=2', ['c1', 'r']],
    ['name="/layer.0/conv"', ['c1']],
    ['name~"/layer.*"', ['c1', 'c2']],
    ['not name', ['r']],
    ['inputs=3', ['c2']],
    ['inputs>=2', ['c1', 'c2', 'r']],
    ['inputs=w2', ['c2']],
    ['outputs~c?', ['c1', 'c2']],
    ['graph=main & op=Gelu', ['y']],
    // Attributes.
    ['attr.group', ['c2']],
    ['attr.group=2', ['c2']],
    ['attr.group>1', ['c2']],
    ['attr.group!=1', ['c2']],
    ['not attr.group=1 & op=Conv', ['c1', 'c2']],
    ['attr.kernel_shape=[3,3]', ['c1']],
    ['attr.kernel_shape=[?, 1]', ['c2']],
    ['attr.auto_pad=VALID', ['c2']],
    ['attr.auto_pad~V*', ['c2']],
    ['attr.alpha=0.1', ['z']],
    ['attr.alpha<0.5', ['z']],
    // Types, shapes and sizes.
    ['dtype=float16', ['c2']],
    ['dtype=fp16', ['c2']],
    ['dtype~*16', ['c2']],
    ['dtype=int64', ['shape']],
    ['kind=node & not dtype', ['r', 'y']],
    ['kind=node & dtype!=float16', ['c1', 'z']],
    ['rank=4 & kind=node', ['c1', 'c2']],
    ['shape=[1,4,6,6]', ['c1']],
    ['shape=[n,512,?,?]', ['c2']],
    ['shape=["n", 512, *, ?]', ['c2']],
    ['shape=[..., 6, 6]', ['c1']],
    ['shape=[..., 6, ?]', ['c1', 'c2']],
    ['shape=[512, ...]', ['w2', 'b2']],
    ['shape!=[...] & kind=constant', []],
    ['shape in ([512], [2])', ['b2', 'shape']],
    ['elements=144', ['c1']],
    ['bytes=576', ['c1']],
    // Constants.
    ['role=index', ['shape']],
    ['role=parameter & bytes>1KiB', ['w2', 'b2']],
    ['kind=constant & bytes>2KB', ['w2', 'b2']],
    ['kind=constant & bytes>2KiB', ['w2']],
    ['kind=constant & elements in (2, 512)', ['b2', 'shape']],
    // Words and symbols, and what binds tighter.
    ['op in (Gelu, Reshape)', ['r', 'y']],
    ['op not in (Gelu, Reshape, Conv)', ['z', 'w1', 'w2', 'b2', 'shape']],
    ['op=Gelu | op=Conv & attr.group=2', ['c2', 'y']],
    ['(op=Gelu | op=Conv) & attr.group=2', ['c2']],
    ['op=Gelu OR op=Conv AND attr.group==2', ['c2', 'y']],
    ['op=Gelu || op=Conv && attr.group=2', ['c2', 'y']],
    ['!(op=Conv | kind=constant | op=Gelu)', ['r', 'z']],
    ['not op=Conv and not kind=constant', ['r', 'y', 'z']],
    ['name=and', []],
  ] as const)('%s', (expression, expected) => {
    expect(namesOf(expression)).toEqual(expected);
  });

  test('tells of how many, and describes what it finds', () => {
    const report = select('op=Gelu | name=w1');
    expect(report).toEqual({
      expression: 'op=Gelu | name=w1',
      nodes: [
        {
          graph: 'main',
          name: 'gelu',
          op: 'com.microsoft.Gelu',
          inputs: [{ name: 'r', type: null, shape: null }],
          outputs: [{ name: 'y', type: null, shape: null }],
        },
      ],
      constants: [
        {
          name: 'w1',
          graph: 'main',
          source: 'initializer',
          role: 'parameter',
          dtype: 'float32',
          shape: [4, 3, 3, 3],
          elements: 108,
          bytes: 432,
          stored: 'model',
        },
      ],
      total: { nodes: 5, constants: 4 },
    });
    expect(JSON.stringify(presentSelect(report))).toContain('1 of 5');
    expect(presentSelect(undefined)).toEqual([]);
  });

  test('takes types that are worked out', () => {
    const open = openModel(writeModel(sample()));
    const report = selectFrom(open.model, [], parseSelection('dtype=uint8'), (value) =>
      value.name === 'y' ? tensorType('uint8', [1]) : null,
    );
    open.close();
    expect(report.nodes.map((each) => each.name)).toEqual(['gelu']);
  });

  test('looks into subgraphs and functions', () => {
    const open = openModel(path.join(fixtures, 'models', 'if-capture.onnx'));
    const { nodes } = selectFrom(open.model, [], parseSelection('graph!=main & kind=node'));
    open.close();
    expect(nodes.length).toBeGreaterThan(0);
    expect(nodes.every((each) => each.graph.startsWith('main/'))).toBe(true);
  });
});

/** The message of the error that an expression causes: problem, expression, caret. */
function errorOf(expression: string): string {
  try {
    parseSelection(expression);
  } catch (error) {
    if (error instanceof MlkitError && error.code === 'USAGE') {
      return `${error.message}\n${error.hint}`;
    }
    throw error;
  }
  return 'none';
}

describe('an expression that cannot be read', () => {
  test.each([
    ['', 1, 'empty'],
    ['opp=Conv', 1, 'no field "opp"; did you mean op?'],
    ['size>1MB', 1, 'did you mean bytes?'],
    ['dtpye=int8', 1, 'did you mean dtype?'],
    ['zzzzzz=1', 1, 'no field "zzzzzz"\n'],
    ['op=Conv & dtype=', 17, 'expected a value, found the end'],
    ['op=Conv dtype=int8', 9, 'expected "&", "|" or the end, found "dtype"'],
    ['(op=Conv', 9, 'expected ")", found the end'],
    ['op=Conv)', 8, 'found ")"'],
    ['op>Conv', 3, 'op cannot be compared with >; only with = != in ~ !~'],
    ['rank=x', 6, 'expected a number, found "x"'],
    ['bytes>1XB', 7, 'expected a number such as 1MB, found "1XB"'],
    ['rank>1MB', 6, 'an amount of bytes, and rank is a count'],
    ['dtype=flot32', 7, 'did you mean float32?'],
    ['role=weights', 6, 'Values: parameter'],
    ['op=Conv*', 4, 'looks like a pattern'],
    ['shape=768', 7, 'expected a shape such as [1, ?, 3], found "768"'],
    ['shape=[1, 2', 12, 'expected "," or "]", found the end'],
    ['shape=[..., 1, ...]', 7, 'once'],
    ['name=[1]', 6, 'takes no list'],
    ['op in Conv', 7, 'expected "(" after in'],
    ['op in (Conv', 12, 'expected "," or ")"'],
    ['attr=1', 1, 'attr.group'],
    ['op Conv', 4, 'expected a comparison (= != in ~ !~), found "Conv"'],
    ['name="abc', 6, 'has no end'],
    ['=Conv', 1, 'expected a field'],
    ['op=Conv &', 10, 'expected a field, found the end'],
    ['op=Conv & & op', 11, 'expected a field'],
  ])('%s', (expression, character, words) => {
    const message = errorOf(expression);
    expect(message).toContain(words);
    expect(message).toContain(`character ${character}:`);
    const [, line = '', caret = ''] = message.split('\n');
    expect(line).toBe(`  ${expression}`);
    expect(caret).toBe(`${' '.repeat(character + 1)}^`);
  });

  test('of great length is shown around the place', () => {
    const long = `${'op=Conv & '.repeat(100)}opp=1 & ${'op=Conv & '.repeat(100)}op=Gelu`;
    const [, line = '', caret = ''] = errorOf(long).split('\n');
    expect(line.length).toBeLessThan(110);
    expect(line.slice(caret.indexOf('^'))).toMatch(/^opp=1/);
  });

  test('of great depth is refused, and one that is deep enough is read', () => {
    expect(errorOf(`${'('.repeat(5000)}op=Conv${')'.repeat(5000)}`)).toContain('parentheses');
    expect(errorOf(`${'!'.repeat(5000)}op=Conv`)).toContain('parentheses');
    expect(errorOf(`${'('.repeat(50)}op=Conv${')'.repeat(50)}`)).toBe('none');
  });

  test('never breaks the parser', () => {
    const random = new SeededRandom(7);
    const parts = [
      'op',
      'shape',
      '=',
      '~',
      '[',
      ']',
      '(',
      ')',
      ',',
      '?',
      '"',
      '&',
      'in',
      '1MB',
      ' ',
    ];
    for (let round = 0; round < 3000; round += 1) {
      const count = random.below(9);
      const text = Array.from({ length: count }, () => random.pick(parts)).join('');
      expect(errorOf(text)).toBeTypeOf('string');
    }
  });
});

test.each([
  ['12', 12],
  ['-1', -1],
  ['1.5e3', 1500],
  ['1k', 1000],
  ['2M', 2_000_000],
  ['1MB', 1_000_000],
  ['1mb', 1_000_000],
  ['1MiB', 1_048_576],
  ['64KiB', 65_536],
  ['1.5GiB', 1_610_612_736],
  ['7B', 7],
  ['9007199254740993', 9007199254740993n],
  ['1Ki', null],
  ['x1', null],
  ['1e', null],
])('the number %s', (text, value) => {
  expect(readNumber(text)?.value ?? null).toBe(value);
});
