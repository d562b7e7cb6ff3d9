import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { mendedCodes } from '../../../src/checks/index.ts';
import {
  buildModel,
  checkStructure,
  type GraphBuilder,
  type Model,
  tensorType,
} from '../../../src/graph/index.ts';
import { encodeModel } from '../../../src/onnx/encode.ts';
import { graphOrigin, readModel } from '../../../src/onnx/index.ts';
import { fixes } from '../../../src/passes/fixes/index.ts';
import type { Fix } from '../../../src/passes/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { root } from '../../support/files.ts';
import { foreignBytes } from '../../support/protobuf.ts';

function named(name: string): Fix {
  const fix = fixes.find((each) => each.name === name);
  if (fix === undefined) throw new Error(`there is no fix ${name}`);
  return fix;
}

/** Runs a fix on a model that was read from bytes; the model, as read from the result's bytes. */
function mend(name: string, source: Model | Uint8Array) {
  const bytes = source instanceof Uint8Array ? source : encodeModel(source).toBytes();
  const model = readModel(bytes);
  const fix = named(name);
  const changes = fix.run(model);
  const edited = changes.filter((each) => each.action !== 'blocked');
  // The law of all fixes: what is mended needs no mending, and what is not changed is not written.
  expect(fix.run(model).filter((each) => each.action !== 'blocked')).toEqual([]);
  const result = encodeModel(model).toBytes();
  if (edited.length === 0) expect(Uint8Array.from(result)).toEqual(Uint8Array.from(bytes));
  return { model: readModel(result), changes, edited: edited.length };
}

const ops = (model: Model) => model.graph.nodes.map((node) => node.opType);
const names = (values: readonly { readonly name: string }[]) => values.map((each) => each.name);
const floats = (...values: number[]) =>
  tensorFrom('float32', [values.length], Float32Array.from(values));

/** What `build` makes of the float32[2] input `x`. */
function built(build: (b: GraphBuilder, x: ReturnType<GraphBuilder['input']>) => void): Model {
  return buildModel({ opset: 17 }, (b) => build(b, b.input('x', 'float32', [2])));
}

const floatInfo = (name: string, ...sizes: (number | string)[]) => ({
  name,
  type: {
    tensor_type: {
      elem_type: 1,
      shape: {
        dim: sizes.map((size) =>
          typeof size === 'number' ? { dim_value: size } : { dim_param: size },
        ),
      },
    },
  },
});

function foreign(graph: Record<string, unknown>, header: Record<string, unknown> = {}): Uint8Array {
  return foreignBytes('ModelProto', {
    ir_version: 8,
    opset_import: [{ version: 17 }],
    ...header,
    graph: {
      name: 'g',
      input: [floatInfo('x', 2)],
      node: [{ op_type: 'Relu', input: ['x'], output: ['y'] }],
      output: [floatInfo('y', 2)],
      ...graph,
    },
  });
}

const relu = (input: string, output: string, name = '') => ({
  op_type: 'Relu',
  input: [input],
  output: [output],
  name,
});

test('the list has every file of the folder that has a fix', async () => {
  const folder = path.join(root, 'src', 'passes', 'fixes');
  const exported: unknown[] = [];
  for (const file of fs.readdirSync(folder)) {
    if (file === 'index.ts') continue;
    const module = (await import(path.join(folder, file))) as Record<string, unknown>;
    for (const each of Object.values(module)) {
      if (typeof each === 'object' && each !== null && 'mends' in each) exported.push(each);
    }
  }
  expect(new Set(fixes)).toEqual(new Set(exported));
});

test('findings that a fix mends say so', () => {
  expect([...mendedCodes].toSorted()).toEqual(
    [...new Set(fixes.flatMap((each) => each.mends))].toSorted(),
  );
});

describe('a sound model', () => {
  const sound = built((b, x) => {
    const w = b.initializer(floats(1, 2), 'w');
    b.output(b.node('Add', [x, w], {}, { outputs: ['y'] }), 'float32', [2]);
  });

  test.each(fixes)('is left as it is by $name', ({ name }) => {
    expect(mend(name, sound).changes).toEqual([]);
  });
});

describe('sort-nodes', () => {
  test('puts nodes behind what they read, and leaves the order of the rest', () => {
    const node = [relu('c', 'y'), relu('x', 'a'), relu('b', 'c'), relu('a', 'b'), relu('x', 'z')];
    const { model, changes } = mend('sort-nodes', foreign({ node }));
    expect(model.graph.nodes.map((each) => each.outputs[0]?.name)).toEqual([
      'a',
      'b',
      'c',
      'y',
      'z',
    ]);
    expect(checkStructure(model)).toEqual([]);
    expect(changes).toMatchObject([{ action: 'rewritten', pass: 'sort-nodes' }]);
  });

  test('cannot help a cycle', () => {
    const node = [relu('b', 'a'), relu('a', 'b'), relu('x', 'y')];
    const { changes } = mend('sort-nodes', foreign({ node }));
    expect(changes).toMatchObject([{ action: 'blocked' }]);
  });
});

describe('remove-dead-nodes', () => {
  test('removes chains that lead nowhere, and what only their subgraphs read', () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [2]);
      const condition = b.input('c', 'bool', []);
      const captured = b.node('Neg', [x]);
      const branch = (name: string) =>
        b.subgraph(name, (inner) => {
          inner.node('Exp', [captured]);
          inner.output(inner.node('Abs', [captured]), 'float32', [2]);
        });
      b.node('If', [condition], { then_branch: branch('t'), else_branch: branch('e') });
      b.node('Sqrt', [b.node('Exp', [x])]);
      b.output(b.node('Relu', [x]), 'float32', [2]);
    });
    const { model: mended, edited } = mend('remove-dead-nodes', model);
    expect(ops(mended)).toEqual(['Relu']);
    // In both branches, Exp goes by itself before the If is seen to be dead, or with it.
    expect(edited).toBeGreaterThanOrEqual(4);
  });

  test('keeps what somebody else defines, and what is captured', () => {
    const model = buildModel({ opset: { '': 17, mine: 1 } }, (b) => {
      const x = b.input('x', 'float32', [2]);
      b.node('Print', [b.node('Neg', [x])], {}, { domain: 'mine' });
      b.output(b.node('Relu', [x]), 'float32', [2]);
    });
    expect(ops(mend('remove-dead-nodes', model).model)).toEqual(['Neg', 'Print', 'Relu']);
  });
});

describe('remove-unused-initializers', () => {
  const unread = { name: 'w', data_type: 1, dims: [1], raw_data: new Uint8Array(4) };

  test('removes what nothing reads', () => {
    const { model, changes } = mend(
      'remove-unused-initializers',
      foreign({ initializer: [unread] }),
    );
    expect(model.graph.initializers).toEqual([]);
    expect(changes).toMatchObject([{ action: 'removed', value: 'w' }]);
  });

  test('leaves inputs to their callers from IR 4 on; before, they were none', () => {
    const graph = { initializer: [unread], input: [floatInfo('x', 2), floatInfo('w', 1)] };
    const offered = mend('remove-unused-initializers', foreign(graph));
    expect(offered.changes).toMatchObject([{ action: 'blocked', value: 'w' }]);
    const old = mend('remove-unused-initializers', foreign(graph, { ir_version: 3 }));
    expect(names(old.model.graph.inputs)).toEqual(['x']);
    expect(names(old.model.graph.initializers)).toEqual([]);
  });

  test('of two with one name removes one only if they are the same', () => {
    const node = [{ op_type: 'Add', input: ['x', 'w'], output: ['y'] }];
    const same = mend(
      'remove-unused-initializers',
      foreign({ node, initializer: [unread, unread] }),
    );
    expect(names(same.model.graph.initializers)).toEqual(['w']);
    const other = { ...unread, raw_data: new Uint8Array(4).fill(1) };
    const differ = mend(
      'remove-unused-initializers',
      foreign({ node, initializer: [unread, other] }),
    );
    expect(differ.changes).toMatchObject([{ action: 'blocked' }]);
  });
});

describe('merge-duplicates', () => {
  test('keeps the first of those that are the same in type, shape and bytes', () => {
    const model = built((b, x) => {
      const constants = [floats(1, 2), floats(1, 2), floats(1, 3), floats(1, 2)];
      const sum = constants.reduce(
        (left, tensor, at) => b.node('Add', [left, b.initializer(tensor, `w${at}`)]),
        x,
      );
      const shape = b.initializer(tensorFrom('int64', [1], BigInt64Array.of(2n)), 'i');
      const twin = tensorFrom('float64', [1], new Float64Array(BigInt64Array.of(2n).buffer));
      b.output(b.node('Reshape', [sum, shape]), 'float32', [2]);
      b.output(b.node('Neg', [b.initializer(twin, 'f')]), 'float64', [1]);
    });
    const { model: mended, changes } = mend('merge-duplicates', model);
    expect(names(mended.graph.initializers)).toEqual(['w0', 'w2', 'i', 'f']);
    const reads = mended.graph.nodes.slice(0, 4).map((node) => node.inputs[1]?.name);
    expect(reads).toEqual(['w0', 'w0', 'w2', 'w0']);
    expect(changes.map((each) => each.value)).toEqual(['w1', 'w3']);
  });

  test('keeps what callers know by name, and what a subgraph has for its own', () => {
    const model = built((b, x) => {
      const w = b.initializer(floats(1, 2), 'w');
      const offered = b.initializer(floats(1, 2), 'offered');
      const handed = b.initializer(floats(1, 2), 'handed');
      b.graph.addInput('offered', tensorType('float32', [2]));
      b.output(handed, 'float32', [2]);
      b.output(b.node('Sum', [x, w, offered, handed]), 'float32', [2]);
    });
    expect(mend('merge-duplicates', model).changes).toEqual([]);
  });

  test('follows copies into subgraphs that read them', () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const condition = b.input('c', 'bool', []);
      const [v, w] = ['v', 'w'].map((name) => b.initializer(floats(1, 2), name));
      const branch = (name: string, read = v) =>
        b.subgraph(name, (inner) => {
          inner.output(inner.node('Abs', [read ?? null]), 'float32', [2]);
        });
      const y = b.node('If', [condition], {
        then_branch: branch('t'),
        else_branch: branch('e', w),
      });
      b.output(y, 'float32', [2]);
    });
    const { model: mended } = mend('merge-duplicates', model);
    const branches = mended.graph.nodes[0]?.subgraphs ?? [];
    expect(branches.map((each) => each.nodes[0]?.inputs[0]?.name)).toEqual(['v', 'v']);
    expect(checkStructure(mended)).toEqual([]);
  });
});

describe('refresh-types', () => {
  test('declares what follows, of inner values and outputs', () => {
    const node = [relu('x', 'a'), relu('a', 'y')];
    const graph = { node, value_info: [floatInfo('a', 5)], output: [floatInfo('y', 2, 2)] };
    const { model, changes } = mend('refresh-types', foreign(graph));
    expect(model.graph.value('a')?.type).toEqual(tensorType('float32', [2]));
    expect(model.graph.value('y')?.type).toEqual(tensorType('float32', [2]));
    expect(changes.map((each) => each.value)).toEqual(['a', 'y']);
  });

  test('declares what is computed', () => {
    const source = buildModel({}, (b) => {
      const shape = b.node('Shape', [b.input('x', 'float32', [2, 3])]);
      const y = b.node('Reshape', [b.input('v', 'float32', [6]), shape], {}, { outputs: ['y'] });
      b.output(y, 'float32', [2, 5]);
    });
    const { model } = mend('refresh-types', source);
    expect(model.graph.value('y')?.type).toEqual(tensorType('float32', [2, 3]));
  });

  test('leaves declarations alone where a node cannot be', () => {
    const source = buildModel({}, (b) => {
      const parts = [b.input('x', 'float32', [2, 3]), b.input('v', 'float32', [2, 4])];
      b.output(b.node('Add', parts), 'float32', [2, 5]);
    });
    expect(mend('refresh-types', source).changes).toEqual([]);
  });

  test('drops entries about values that are not there', () => {
    const value_info = [floatInfo('gone', 5), floatInfo('x', 2)];
    const { model, changes } = mend('refresh-types', foreign({ value_info }));
    const left = graphOrigin(model.graph)?.valueInfos.map((each) => each.message.text('name'));
    expect(left).toEqual(['x']);
    expect(changes).toMatchObject([{ action: 'removed' }]);
  });
});

describe('declare-shapes', () => {
  test('declares what is known of outputs, and cannot know of inputs', () => {
    const bare = { name: 'x', type: { tensor_type: { elem_type: 1 } } };
    const outputs = foreign({ output: [{ name: 'y' }] });
    expect(mend('declare-shapes', outputs).model.graph.outputs[0]?.type).toEqual(
      tensorType('float32', [2]),
    );
    const { changes } = mend('declare-shapes', foreign({ input: [bare], output: [{ name: 'y' }] }));
    expect(changes.map((each) => [each.value, each.action])).toEqual([
      ['x', 'blocked'],
      ['y', 'blocked'],
    ]);
  });
});

describe('name-dimensions', () => {
  test('names sizes of inputs, and declares what follows from these', () => {
    const source = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x:0', 'float32', [-1, 3]);
      const a = b.node('Relu', [x], {}, { outputs: ['a'] });
      const v = b.node('Relu', [b.input('z', 'float32', [0])], {}, { outputs: ['v'] });
      b.output(b.node('Relu', [a], {}, { outputs: ['y'] }), 'float32', [-1, 3]);
      b.output(v, 'float32', [0]);
      b.graph.setType(a, tensorType('float32', [-1, 3]));
    });
    const { graph: mended } = mend('name-dimensions', source).model;
    expect(mended.inputs.map((each) => each.type)).toEqual([
      tensorType('float32', ['x_0_dim_0', 3]),
      tensorType('float32', ['z_dim_0']),
    ]);
    expect(mended.value('a')?.type).toEqual(tensorType('float32', ['x_0_dim_0', 3]));
    expect(mended.outputs.map((each) => each.type)).toEqual([
      tensorType('float32', ['x_0_dim_0', 3]),
      tensorType('float32', ['z_dim_0']),
    ]);
  });

  test('leaves an empty output that follows from no input', () => {
    const source = built((b, x) => {
      const starts = b.initializer(tensorFrom('int64', [1], BigInt64Array.of(2n)), 'i');
      b.output(b.node('Slice', [x, starts, starts]), 'float32', [0]);
    });
    expect(mend('name-dimensions', source).changes).toEqual([]);
  });

  test('takes no name that the model has', () => {
    const graph = {
      input: [floatInfo('x', -1, 'x_dim_0')],
      output: [floatInfo('y', 'n', 'x_dim_0')],
    };
    const { model } = mend('name-dimensions', foreign(graph));
    expect(model.graph.inputs[0]?.type).toEqual(tensorType('float32', ['x_dim_0_1', 'x_dim_0']));
  });
});

describe('names and imports', () => {
  test('graphs are named after their place', () => {
    const { model } = mend('name-graphs', foreign({ name: '' }));
    expect(model.graph.name).toBe('main');
  });

  test('nodes get names of their own', () => {
    const node = [relu('x', 'a', 'n'), relu('a', 'b', 'n'), relu('b', 'y', 'n_1')];
    const { model } = mend('name-nodes', foreign({ node }));
    expect(names(model.graph.nodes)).toEqual(['n', 'n_2', 'n_1']);
  });

  test('of repeated imports and entries the last is kept', () => {
    const opset_import = [
      { version: 17 },
      { domain: 'm', version: 1 },
      { domain: 'ai.onnx', version: 13 },
    ];
    expect(mend('keep-last-opset', foreign({}, { opset_import })).model.opsets).toEqual([
      { domain: 'm', version: 1 },
      { domain: '', version: 13 },
    ]);
    const metadata_props = ['1', '2'].map((value) => ({ key: 'k', value }));
    expect(mend('keep-last-metadata', foreign({}, { metadata_props })).model.metadata).toEqual([
      ['k', '2'],
    ]);
  });

  test('functions that nothing calls are removed, with those that only they call', () => {
    const body = (name: string, op_type: string, domain = '') => ({
      name,
      domain: 'm',
      input: ['a'],
      output: ['b'],
      node: [{ op_type, domain, input: ['a'], output: ['b'] }],
      opset_import: [{ version: 17 }, { domain: 'm', version: 1 }],
    });
    const functions = [
      body('F', 'G', 'm'),
      body('G', 'Relu'),
      body('H', 'I', 'm'),
      body('I', 'Neg'),
    ];
    const opset_import = [{ version: 17 }, { domain: 'm', version: 1 }];
    const node = [{ op_type: 'F', domain: 'm', input: ['x'], output: ['y'] }];
    const { model } = mend(
      'remove-unused-functions',
      foreign({ node }, { functions, opset_import }),
    );
    expect(names(model.functions)).toEqual(['F', 'G']);
  });
});
