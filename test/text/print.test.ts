import { describe, expect, test } from 'vitest';
import {
  attributeFrom,
  buildModel,
  Graph,
  tensorType,
  type ValueType,
} from '../../src/graph/index.ts';
import { stringTensor, Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { printGraph, printModel, printNode } from '../../src/text/index.ts';

/*
 * The texts were held against onnx.parser of ONNX 1.23.1 with bench/check-text.py, which also does
 * so for every model it is given.
 */

const floats = (...values: number[]): Tensor =>
  tensorFrom('float32', [values.length], Float32Array.from(values));

test('a model', () => {
  const model = buildModel({ opset: { '': 17, local: 1 }, name: 'agraph', producer: 'me' }, (b) => {
    const x = b.input('X', 'float32', ['N', 2]);
    const w = b.initializer(tensorFrom('float32', [2, 1], Float32Array.of(1, -0.5)), 'W');
    const t = b.node('MatMul', [x, w], {}, { outputs: ['T'] });
    b.graph.setType(t, tensorType('float32', ['N', 1]));
    const c = b.node('Clip', [t, null, w], {}, { name: 'clip 1', outputs: ['C'] });
    b.output(
      b.node('Gelu', [c], { approximate: 'tanh' }, { domain: 'local', name: '' }),
      'float32',
      [],
    );
  });
  expect(printModel(model)).toBe(`<
  ir_version: 8,
  opset_import: ["" : 17, "local" : 1],
  producer_name: "me"
>
agraph (float[N,2] X) => (float gelu_out) <
  float[2,1] W = {1, -0.5},
  float[N,1] T
> {
  [MatMul] T = MatMul (X, W)
  ["clip 1"] C = Clip (T, "", W)
  gelu_out = local.Gelu <approximate: string = "tanh"> (C)
}`);
});

test('all that a file says about itself', () => {
  const model = buildModel({ irVersion: 10, name: '' }, () => {});
  Object.assign(model, { producerVersion: '1', domain: 'a.b', modelVersion: -1n });
  model.docString = 'two\nlines';
  model.metadata = [
    ['a', '"1"'],
    ['b', ''],
  ];
  expect(printModel(model)).toBe(`<
  ir_version: 10,
  opset_import: ["" : 17],
  producer_version: "1",
  domain: "a.b",
  model_version: -1,
  doc_string: "two
lines",
  metadata_props: ["a": "\\"1\\"", "b": ""]
>
"" () => () {
}`);
});

test('functions', () => {
  const model = buildModel({ opset: { '': 18, local: 1 } }, () => {});
  const body = new Graph(model, 'function', null);
  const x = body.addInput('x', null);
  const factor = { name: 'value_float', type: 'reference', referenceName: 'factor' } as const;
  const constant = body.addNode({
    opType: 'Constant',
    name: '',
    inputs: [],
    outputs: ['c'],
    attributes: [{ ...factor, referenceType: 'float' }],
  });
  const product = body.addNode({
    opType: 'Mul',
    name: '',
    overload: 'v2',
    inputs: [x, constant.outputs[0]!],
    outputs: ['y'],
    attributes: [{ ...factor, name: 'untyped', referenceType: null }],
  });
  body.setType(constant.outputs[0]!, tensorType('float32', []));
  body.addOutput(product.outputs[0]!);
  const definition = {
    name: 'Scaled',
    domain: 'local',
    overload: 'twice',
    body,
    attributeNames: ['factor', 'odd name'],
    attributeDefaults: [attributeFrom('bias', { float: 2 })],
    opsets: [{ domain: '', version: 18 }],
    docString: 'scales',
    metadata: [['k', 'v']] as const,
  };
  model.functions = [
    definition,
    { ...definition, overload: '', docString: '', attributeNames: [] },
  ];
  expect(printModel(model).split('\n').slice(6).join('\n')).toBe(`<
  domain: "local",
  overload: "twice",
  opset_import: ["" : 18],
  doc_string: "scales"
>
Scaled <factor, "odd name", bias: float = 2> (x) => (y) <  # metadata k: v
  float c
> {
  c = Constant <value_float: float = @factor> ()
  y = Mul:v2 <untyped = @factor> (x, c)
}
<
  domain: "local",
  opset_import: ["" : 18]
>
Scaled <bias: float = 2> (x) => (y) <  # metadata k: v
  float c
> {
  c = Constant <value_float: float = @factor> ()
  y = Mul:v2 <untyped = @factor> (x, c)
}`);
});

test('subgraphs, with names that the syntax takes', () => {
  const model = buildModel({}, (b) => {
    const x = b.input('x', 'float32', [1]);
    const deep = b.subgraph('deep', () => {});
    const yes = b.subgraph('yes', (inner) => {
      inner.initializer(floats(1), 'w');
      inner.output(inner.node('If', [], { deep, count: 1 }, { name: '', outputs: ['a'] }));
    });
    const no = b.subgraph('torch-jit.1', (inner) => {
      inner.output(inner.node('Neg', [x], {}, { name: '', outputs: ['b'] }), 'float32', []);
    });
    const y = b.node(
      'If',
      [x],
      { then_branch: yes, else_branch: no },
      { name: 'if', outputs: ['y'] },
    );
    const value = [b.subgraph('float', () => {}), b.subgraph('', () => {})];
    b.graph.setAttribute(y.producer!, { name: 'more', type: 'graphs', value });
  });
  expect(printGraph(model.graph)).toBe(`main (float[1] x) => () {
  [if] y = If (x) <
    then_branch: graph = yes () => (a) <
      float[1] w = {1}
    > {
      a = If () <
        deep: graph = deep () => () {
        },
        count: int = 1
      >
    },
    else_branch: graph = torch_jit_1 () => (float b) {  # the name is "torch-jit.1"
      b = Neg (x)
    },
    more: graphs = [graph_float () => () {  # the name is "float"
    }, graph_ () => () {  # the name is ""
    }]
  >
}`);
});

describe('names', () => {
  test('stand in quotes where they could be something else', () => {
    const names = [
      'a',
      '_1',
      'B9',
      'float',
      'seq',
      'nan',
      'Inf',
      '1',
      'a-b',
      'a.b',
      'ü',
      '',
      '"\\',
    ];
    const { graph } = buildModel({}, () => {});
    const inputs = names.map((name) => (name === '' ? null : graph.addInput(name, null)));
    const node = graph.addNode({ opType: 'Op', name: 'n/1', inputs, outputs: ['', 'o'] });
    expect(printNode(node)).toBe(
      '["n/1"] "", o = Op (a, _1, B9, "float", "seq", "nan", "Inf", "1", "a-b", "a.b", "ü", "", "\\"\\\\")',
    );
  });

  test('of operators, domains and overloads stand in quotes where the syntax has no way', () => {
    const { graph } = buildModel({}, () => {});
    const fields = { opType: 'aten::add', domain: 'my-org.ops', overload: 'v 2', name: '' };
    const node = graph.addNode({ ...fields, inputs: [], outputs: [] });
    expect(printNode(node)).toBe(' = "my-org".ops."aten::add":"v 2" ()');
  });

  test('never bring control characters to a terminal', () => {
    const evil = '\u001b[2J\u0007\u202e\r\n\t\u009b';
    const model = buildModel({ opset: { '': 17, [evil]: 1 }, name: evil, producer: evil }, (b) => {
      const x = b.input(evil, 'float32', [evil]);
      b.graph.annotate(x, { docString: evil, metadata: [[evil, evil]] });
      b.initializer(stringTensor([1], [evil]), `w${evil}`);
      const body = b.subgraph(
        evil,
        (inner) => void inner.node('Op', [x], {}, { name: `i${evil}` }),
      );
      const attributes = {
        [evil]: 1,
        text: evil,
        texts: [evil],
        body,
        t: stringTensor([1], [evil], evil),
      };
      const node = b.node(evil, [x], attributes, {
        name: evil,
        domain: evil,
        outputs: [`y${evil}`],
      });
      b.graph.annotate(node.producer!, { docString: evil, metadata: [[evil, evil]] });
      b.graph.setAttribute(node.producer!, {
        name: 'ref',
        type: 'reference',
        referenceType: null,
        referenceName: evil,
      });
      b.graph.setType(node, { kind: 'opaque', domain: evil, name: evil });
      b.output(node);
    });
    Object.assign(model, {
      docString: evil,
      domain: evil,
      producerVersion: evil,
      metadata: [[evil, evil]],
    });
    model.graph.docString = evil;
    model.graph.metadata = [[evil, evil]];
    const body = new Graph(model, 'function', null);
    const rest = {
      docString: evil,
      metadata: [[evil, evil]] as const,
      opsets: [{ domain: evil, version: 1 }],
    };
    const attributeDefaults = [{ ...attributeFrom('a', 1), docString: evil }];
    model.functions = [
      {
        name: evil,
        domain: evil,
        overload: evil,
        body,
        attributeNames: [evil],
        attributeDefaults,
        ...rest,
      },
    ];
    const text = printModel(model);
    expect(
      // oxlint-disable-next-line no-control-regex -- control characters are what this is about
      text.replaceAll('\t', '').match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/g),
    ).toBeNull();
    expect(text).toContain('\\x1b[2J\\x07\\u202e\\r\\n\\t\\x9b');
    expect(text).toMatch(/producer_name: "[^"]*",? {2}# control characters shown as escapes/s);
  });
});

describe('types of values', () => {
  const cases: [ValueType | null, string][] = [
    [null, 'x'],
    [tensorType('float32', []), 'float x'],
    [tensorType('float64', null), 'double[] x'],
    [tensorType('bfloat16', [1, 'N', null, 'a b', '', -1]), 'bfloat16[1,N,?,"a b","",-1] x'],
    [tensorType('float8e4m3fnuz', [0]), 'float8e4m3fnuz[0] x'],
    [{ kind: 'sparse-tensor', elementType: 'int4', shape: [2] }, 'sparse_tensor(int4[2]) x'],
    [{ kind: 'sequence', element: tensorType('string', null) }, 'seq(string[]) x'],
    [{ kind: 'optional', element: tensorType('bool', []) }, 'optional(bool) x'],
    [
      {
        kind: 'map',
        keyType: 'int64',
        value: { kind: 'sequence', element: tensorType('uint8', []) },
      },
      'map(int64, seq(uint8)) x',
    ],
    [{ kind: 'opaque', domain: 'a.b', name: 'C' }, 'opaque(a.b,C) x'],
    [{ kind: 'opaque', domain: '', name: 'a.b.C' }, 'opaque(a.b.C) x'],
    [{ kind: 'opaque', domain: '', name: '' }, 'opaque() x'],
  ];
  test.each(cases)('%j', (type, expected) => {
    const { graph } = buildModel({}, (b) => void b.graph.addInput('x', type));
    expect(printGraph(graph)).toBe(`main (${expected}) => () {\n}`);
  });

  const wordless: [ValueType, string][] = [
    [{ kind: 'unknown' }, '?'],
    [{ kind: 'tensor', elementType: null, shape: ['N'] }, '?[N]'],
    [{ kind: 'sequence', element: null }, 'seq(?)'],
    [{ kind: 'optional', element: { kind: 'unknown' } }, 'optional(?)'],
    [{ kind: 'map', keyType: null, value: tensorType('int8', []) }, 'map(?, int8[])'],
    [{ kind: 'map', keyType: 'int8', value: null }, 'map(int8, ?)'],
    [{ kind: 'opaque', domain: 'a-b', name: 'c' }, 'opaque(a-b.c)'],
    [{ kind: 'opaque', domain: 'a', name: '' }, 'opaque(a.)'],
  ];
  test.each(wordless)('%j is told in a comment', (type, comment) => {
    const { graph } = buildModel({}, (b) => void b.graph.addInput('x', type));
    expect(printGraph(graph)).toBe(`main (\n  x  # type ${comment}\n) => () {\n}`);
  });
});

test('documentation and metadata of parts are comments', () => {
  const { graph } = buildModel({}, (b) => {
    const x = b.input('x', 'float32', []);
    const y = b.node('Relu', [x], {}, { name: '', outputs: ['y'] });
    b.graph.annotate(x, { docString: 'an\ninput' });
    b.graph.annotate(y.producer!, {
      docString: 'd'.repeat(101),
      metadata: [
        ['k', 'v'],
        ['l', 'w'],
      ],
    });
    b.graph.annotate(y, { metadata: [['k', 'v']] });
    b.graph.docString = 'graph';
    b.graph.metadata = [['a', 'b']];
    b.graph.setAttribute(y.producer!, { ...attributeFrom('a', 1), docString: 'about a' });
  });
  expect(printGraph(graph)).toBe(`main (  # doc: graph; metadata a: b
  float x  # doc: an\\ninput
) => () <
  y  # metadata k: v
> {
  y = Relu <a: int = 1> (x)  # a doc: about a; doc: ${'d'.repeat(100)}…; metadata k: v, l: w
}`);
});

test('long lists of inputs and outputs stand one a line', () => {
  const { graph } = buildModel({}, (b) => {
    for (let i = 0; i < 6; i += 1) b.input(`a_rather_long_name_${i}`, 'float32', ['N']);
  });
  const lines = printGraph(graph).split('\n');
  expect(lines.slice(0, 2)).toEqual(['main (', '  float[N] a_rather_long_name_0,']);
  expect(lines.slice(6)).toEqual(['  float[N] a_rather_long_name_5', ') => () {', '}']);
});
