// Writes models in ONNX textual syntax, for bench/check-text.py, which compares them with what
// ONNX's own parser makes of them. Needs `npm run build`.
//   node bench/check-text.js OUT-FOLDER < LIST
// LIST has a model file a line. Writes N.txt for line N, or N.error, and the models that it builds
// itself as made-NAME.onnx and made-NAME.txt.
import fs from 'node:fs';
import path from 'node:path';
import { attributeFrom, buildModel, Graph, tensorType } from '../dist/graph/index.js';
import { encodeModel, openModel } from '../dist/onnx/index.js';
import {
  dataTypes,
  memoryStorage,
  stringTensor,
  Tensor,
  tensorFrom,
} from '../dist/tensor/index.js';
import { printModel } from '../dist/text/index.js';

const folder = process.argv[2];
const write = (name, content) => fs.writeFileSync(path.join(folder, name), content);

const files = fs.readFileSync(0, 'utf8').split('\n').filter(Boolean);
for (const [at, file] of files.entries()) {
  try {
    const opened = openModel(file);
    write(`${at}.txt`, printModel(opened.model, { maxElements: Infinity }));
    opened.close();
  } catch (error) {
    write(`${at}.error`, `${error.name} ${error.code ?? ''}: ${error.message}`);
  }
}

const made = { types, attributes, subgraphs, functions, names, empty };
for (const [name, make] of Object.entries(made)) {
  const model = make();
  write(`made-${name}.onnx`, Buffer.concat([...(await encodeModel(model)).chunks()]));
  write(`made-${name}.txt`, printModel(model, { maxElements: Infinity }));
}

/** A tensor of every element type, as constant, default of an input, and attribute. */
function types() {
  return buildModel({ opset: 25, irVersion: 14 }, (b) => {
    for (const { name: dtype, bits, kind } of Object.values(dataTypes)) {
      if (dtype === 'string') continue;
      for (const count of [0, 1, 3, 7]) {
        const bytes = new Uint8Array(Math.ceil((count * bits) / 8));
        for (let i = 0; i < bytes.length; i += 1) bytes[i] = kind === 'bool' ? i % 2 : i * 37 + 11;
        // Padding bits are zero.
        if ((count * bits) % 8 !== 0) bytes[bytes.length - 1] &= 2 ** ((count * bits) % 8) - 1;
        const storage = memoryStorage(bytes);
        const tensor = new Tensor({ name: `c_${dtype}_${count}`, dtype, dims: [count], storage });
        b.initializer(tensor);
        b.node('Constant', [], { value: tensor.with({ name: '' }) });
      }
      b.input(`x_${dtype}`, dtype, ['N', 3, null, 'a b']);
      b.input(`scalar_${dtype}`, dtype, []);
      b.input(`any_${dtype}`, dtype, null);
    }
    const floats = [0, -0, 0.1, -1e-45, 3.4028234663852886e38, Infinity, -Infinity, NaN, 1 / 3];
    b.initializer(tensorFrom('float32', [9], Float32Array.from(floats), 'f32'));
    b.initializer(tensorFrom('float64', [3, 3], Float64Array.from(floats), 'f64'));
    b.initializer(stringTensor([2, 2], ['', 'a "b" \\ c', 'tab\there', 'ünï'], 'strings'));
    b.graph.addInitializer('scalar', tensorFrom('int64', [], BigInt64Array.of(-(2n ** 63n))));
    const default_ = b.input('with_default', 'int32', ['M']);
    b.graph.setInitializer(default_, tensorFrom('int32', [2], Int32Array.of(1, 2), 'with_default'));
    const tensor = tensorType('int64', [1, 'K']);
    b.input('seq_in', { kind: 'sequence', element: tensor });
    b.input('opt_in', { kind: 'optional', element: { kind: 'sequence', element: tensor } });
    b.input('map_in', { kind: 'map', keyType: 'string', value: tensorType('float32', []) });
    b.input('sparse_in', { kind: 'sparse-tensor', elementType: 'float32', shape: [2, null] });
    b.input('opaque_in', { kind: 'opaque', domain: 'com.example', name: 'Thing' });
    b.input('opaque_bare', { kind: 'opaque', domain: '', name: '' });
  });
}

function attributes() {
  return buildModel({ opset: { '': 17, 'com.example.ops': 2 }, producer: 'a "maker"' }, (b) => {
    const x = b.input('x', 'float32', [1]);
    const y = b.node(
      'Many',
      [x, null, x],
      {
        int: -7n,
        big: 2n ** 63n - 1n,
        float: { float: 0.1 },
        whole: { float: 3 },
        minus: { float: -0 },
        ints: [1, -2, 3],
        noInts: [],
        floats: { floats: [1, 0.5, -0, NaN, -Infinity, 1e-7, 1e30] },
        noFloats: { floats: [] },
        string: 'a "quoted" \\ string\nof two lines',
        empty: '',
        strings: ['a', '', '"'],
        tensor: tensorFrom('float32', [2], Float32Array.of(1, 0.1), 'named'),
        scalar: tensorFrom('int64', [], BigInt64Array.of(3n)),
      },
      { domain: 'com.example.ops', name: 'a/node.1', outputs: ['y', '', 'z'] },
    );
    const [node] = b.graph.nodes;
    b.graph.setAttribute(node, { name: 'type', type: 'type', value: tensorType('float32', ['N']) });
    b.graph.setAttribute(node, { name: 'noStrings', type: 'strings', value: [] });
    b.output(y, 'float32', [1]);
  });
}

function subgraphs() {
  return buildModel({ opset: 17 }, (b) => {
    const cond = b.input('cond', 'bool', []);
    const x = b.input('x', 'float32', ['N']);
    const branch = (name, op) =>
      b.subgraph(name, (inner) => {
        const w = inner.initializer(tensorFrom('float32', [1], Float32Array.of(2), `w_${name}`));
        const deep = inner.subgraph(`deep_${name}`, (most) => {
          most.output(most.node('Add', [x, w]), 'float32', ['N']);
        });
        const one = inner.node(op, [x, w]);
        inner.output(inner.node('If', [cond], { then_branch: deep, else_branch: deep2(inner, x) }));
        inner.output(one, 'float32', ['N']);
      });
    const deep2 = (inner, value) =>
      inner.subgraph(`else_${inner.graph.name}`, (most) => {
        most.output(most.node('Neg', [value]), 'float32', ['N']);
      });
    const [a, c] = b.nodes(
      'If',
      [cond],
      { then_branch: branch('yes', 'Mul'), else_branch: branch('no', 'Sub') },
      { outputs: 2 },
    );
    b.output(a, 'float32', ['N']);
    b.output(c);
  });
}

function functions() {
  const model = buildModel({ opset: { '': 18, local: 1 }, irVersion: 10 }, (b) => {
    const x = b.input('x', 'float32', ['N']);
    b.output(b.node('Scaled', [x], { factor: { float: 2 } }, { domain: 'local' }), 'float32', [
      'N',
    ]);
  });
  const body = new Graph(model, 'function', null);
  const inner = body.addInput('value', null);
  const factor = { name: 'value_float', type: 'reference', referenceType: 'float' };
  const constant = body.addNode({
    opType: 'Constant',
    inputs: [],
    outputs: ['factor_value'],
    attributes: [{ ...factor, referenceName: 'factor' }],
  });
  const product = body.addNode({
    opType: 'Mul',
    inputs: [inner, constant.outputs[0]],
    outputs: ['product'],
  });
  body.addOutput(product.outputs[0]);
  const definition = {
    name: 'Scaled',
    domain: 'local',
    overload: '',
    body,
    attributeNames: ['factor'],
    attributeDefaults: [attributeFrom('bias', { float: 0.5 }), attributeFrom('mode', 'plain')],
    opsets: [{ domain: '', version: 18 }],
    docString: 'multiplies',
    metadata: [],
  };
  model.functions = [definition];
  model.docString = 'a model\nwith a function';
  model.domain = 'com.example';
  model.modelVersion = 3n;
  model.producerVersion = '1.2';
  model.metadata = [
    ['key', 'value "1"'],
    ['other key', ''],
  ];
  return model;
}

/** Names that the syntax could take for something else. */
function names() {
  const odd = ['float', 'seq', 'nan', '1', 'a-b', 'a:0', '/a/b.c', 'ü', 'a"b', '\\', '#x', 'inf'];
  return buildModel({ opset: 17, name: 'not an identifier' }, (b) => {
    for (const [at, name] of odd.entries()) {
      const x = b.input(name, 'float32', [name]);
      const y = b.node('Relu', [x], {}, { name, outputs: [`${name}_out`] });
      b.output(y, at % 2 === 0 ? 'float32' : undefined, [name]);
    }
  });
}

function empty() {
  return buildModel({ opset: 17, name: '' }, () => {});
}
