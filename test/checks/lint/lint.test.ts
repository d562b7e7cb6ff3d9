import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { GraphFacts } from '../../../src/checks/graph-facts.ts';
import { type Check, type Issue, ModelFacts } from '../../../src/checks/index.ts';
import { lintChecks, lintGraphChecks } from '../../../src/checks/lint/index.ts';
import { buildModel, type GraphBuilder, type Model, tensorType } from '../../../src/graph/index.ts';
import { openModel } from '../../../src/onnx/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { root } from '../../support/files.ts';
import { foreignBytes } from '../../support/protobuf.ts';
import { writeModel } from '../../support/write-model.ts';

type DataFiles = Readonly<Record<string, Uint8Array>>;

function lint(model: Model | Uint8Array, dataFiles: DataFiles = {}): Issue[] {
  const open = openModel(writeModel(model, dataFiles));
  try {
    const facts = new GraphFacts(new ModelFacts(open, { measureAll: true }));
    return [
      ...lintChecks.flatMap((check) => check.run(facts.facts)),
      ...lintGraphChecks.flatMap((check) => check.run(facts)),
    ];
  } finally {
    open.close();
  }
}

interface Case {
  /** What is found in a model that has just that. */
  readonly bad: () => Issue[];
  /** What is found in its twin that has not. */
  readonly sound: () => Issue[];
}

const floats = (...values: number[]) =>
  tensorFrom('float32', [values.length], Float32Array.from(values));
const zeros = (count: number) => tensorFrom('float32', [count], new Float32Array(count).fill(0.5));

/** `y` is what `build` makes of the float32[2, 3] input `x`. */
function model(build: (b: GraphBuilder, x: ReturnType<GraphBuilder['input']>) => unknown): Model {
  return buildModel({ opset: 17 }, (b) => {
    build(b, b.input('x', 'float32', [2, 3]));
  });
}

/** A model of `y = Relu(x)` as another library writes it, with parts of the graph as given. */
function foreign(graph: Record<string, unknown>, header: Record<string, unknown> = {}): Uint8Array {
  const type = { tensor_type: { elem_type: 1, shape: { dim: [{ dim_value: 2 }] } } };
  return foreignBytes('ModelProto', {
    ir_version: 8,
    opset_import: [{ version: 17 }],
    ...header,
    graph: {
      name: 'g',
      input: [{ name: 'x', type }],
      node: [{ op_type: 'Relu', input: ['x'], output: ['y'] }],
      output: [{ name: 'y', type }],
      ...graph,
    },
  });
}

function reluOf(input: readonly (number | string)[], output = input): Issue[] {
  return lint(
    buildModel({ opset: 17 }, (b) => {
      b.output(b.node('Relu', [b.input('x', 'float32', input)]), 'float32', output);
    }),
  );
}

/** Adds an initializer of external data with these entries to an otherwise sound model. */
function external(entries: Record<string, string | number>, count: number): Issue[] {
  const external_data = Object.entries(entries).map(([key, value]) => ({ key, value: `${value}` }));
  const bytes = Number(entries['offset'] ?? 0) + count * 4;
  return lint(
    foreign({
      initializer: [{ name: 'w', data_type: 1, dims: [count], data_location: 1, external_data }],
      node: [{ op_type: 'Add', input: ['x', 'w'], output: ['y'] }],
      input: [
        {
          name: 'x',
          type: { tensor_type: { elem_type: 1, shape: { dim: [{ dim_value: count }] } } },
        },
      ],
      output: [
        {
          name: 'y',
          type: { tensor_type: { elem_type: 1, shape: { dim: [{ dim_value: count }] } } },
        },
      ],
    }),
    { 'w.bin': new Uint8Array(bytes) },
  );
}

/** A quantized value, dequantized with another scale or the same. */
function pair(scaleBehind: number): Issue[] {
  return lint(
    model((b, x) => {
      const zero = b.initializer(tensorFrom('uint8', [], Uint8Array.of(0)), 'z');
      const scale = b.initializer(tensorFrom('float32', [], Float32Array.of(0.5)), 's');
      const other = b.initializer(tensorFrom('float32', [], Float32Array.of(scaleBehind)), 't');
      const q = b.node('QuantizeLinear', [x, scale, zero]);
      b.output(b.node('DequantizeLinear', [q, other, zero]), 'float32', [2, 3]);
    }),
  );
}

function quantize(scale: number): Issue[] {
  return lint(
    model((b, x) => {
      const zero = b.initializer(tensorFrom('uint8', [], Uint8Array.of(0)), 'z');
      const s = b.initializer(tensorFrom('float32', [], Float32Array.of(scale)), 's');
      b.output(b.node('QuantizeLinear', [x, s, zero]), 'uint8', [2, 3]);
    }),
  );
}

/** A convolution of dequantized values, quantized behind a Relu or not at all. */
function convolution(isQuantized: boolean): Issue[] {
  return lint(
    buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'uint8', [1, 1, 4, 4]);
      const zero = b.initializer(tensorFrom('uint8', [], Uint8Array.of(0)), 'z');
      const s = b.initializer(tensorFrom('float32', [], Float32Array.of(0.5)), 's');
      const w = b.initializer(tensorFrom('uint8', [1, 1, 1, 1], Uint8Array.of(3)), 'w');
      const conv = b.node('Conv', [
        b.node('DequantizeLinear', [x, s, zero]),
        b.node('DequantizeLinear', [w, s, zero]),
      ]);
      const relu = b.node('Relu', [conv]);
      if (isQuantized) b.output(b.node('QuantizeLinear', [relu, s, zero]), 'uint8', [1, 1, 4, 4]);
      else b.output(relu, 'float32', [1, 1, 4, 4]);
    }),
  );
}

function withFunction(isCalled: boolean): Issue[] {
  const call = isCalled
    ? { op_type: 'F', domain: 'mine', input: ['x'], output: ['y'] }
    : { op_type: 'Relu', input: ['x'], output: ['y'] };
  return lint(
    foreign(
      { node: [call] },
      {
        opset_import: [{ version: 17 }, { domain: 'mine', version: 1 }],
        functions: [
          {
            name: 'F',
            domain: 'mine',
            input: ['a'],
            output: ['b'],
            node: [{ op_type: 'Relu', input: ['a'], output: ['b'] }],
            opset_import: [{ version: 17 }],
          },
        ],
      },
    ),
  );
}

function operator(opType: string, dtype: 'float16' | 'float32', opset = 17): Issue[] {
  return lint(
    buildModel({ opset }, (b) => {
      b.output(b.node(opType, [b.input('x', dtype, [2, 3])]), dtype, [2, 3]);
    }),
  );
}

function softmax(axis: number): Issue[] {
  return lint(
    buildModel({ opset: 11, irVersion: 6 }, (b) => {
      const x = b.input('x', 'float32', [2, 3, 4]);
      b.output(b.node('Softmax', [x], { axis }), 'float32', [2, 3, 4]);
    }),
  );
}

const cases: Readonly<Record<string, Case>> = {
  'dimension-negative': {
    bad: () => reluOf([-1, 3]).filter((each) => each.code !== 'dimension-dynamic'),
    sound: () => reluOf([2, 3]),
  },
  'dimension-zero': { bad: () => reluOf([0, 3]), sound: () => reluOf([1, 3]) },
  'output-duplicate': {
    bad: () =>
      lint(
        model((b, x) => {
          const y = b.node('Relu', [x]);
          b.output(y, 'float32', [2, 3]);
          b.output(y);
        }),
      ),
    sound: () => reluOf([2, 3]),
  },
  'node-dead': {
    bad: () =>
      lint(
        model((b, x) => {
          b.node('Abs', [b.node('Neg', [x])]);
          b.output(b.node('Relu', [x]), 'float32', [2, 3]);
        }),
      ),
    sound: () =>
      // What only a subgraph reads is alive, and so is what somebody else's operator does.
      lint(
        buildModel({ opset: { '': 17, mine: 1 } }, (b) => {
          const x = b.input('x', 'float32', [2, 3]);
          const condition = b.input('c', 'bool', []);
          const captured = b.node('Neg', [x]);
          b.node('Print', [x], {}, { domain: 'mine' });
          const branch = (name: string) =>
            b.subgraph(name, (inner) =>
              inner.output(inner.node('Abs', [captured]), 'float32', [2, 3]),
            );
          const y = b.node('If', [condition], {
            then_branch: branch('t'),
            else_branch: branch('e'),
          });
          b.output(y, 'float32', [2, 3]);
        }),
      ).filter((each) => each.code !== 'rank-unknown'),
  },
  'function-unused': { bad: () => withFunction(false), sound: () => withFunction(true) },
  'external-key-unknown': {
    bad: () => external({ location: 'w.bin', ofset: 0 }, 2),
    sound: () => external({ location: 'w.bin', offset: 0, prepacked_0: '1' }, 2),
  },
  'input-unused': {
    bad: () =>
      lint(
        model((b, x) => {
          b.input('more', 'float32', [1]);
          b.output(b.node('Relu', [x]), 'float32', [2, 3]);
        }),
      ),
    sound: () => reluOf([2, 3]),
  },
  'output-alias': {
    bad: () => lint(model((b, x) => b.output(x))),
    sound: () => reluOf([2, 3]),
  },
  'value-info-unused': {
    bad: () => lint(foreign({ value_info: [{ name: 'gone' }] })),
    sound: () => lint(foreign({ value_info: [{ name: 'x' }] })),
  },
  'constant-node-large': {
    bad: () =>
      lint(
        model((b) =>
          b.output(
            b.node('Relu', [b.node('Constant', [], { value: zeros(20_000) })]),
            'float32',
            [20_000],
          ),
        ),
      ).filter((each) => each.code !== 'input-unused'),
    sound: () =>
      lint(
        model((b) =>
          b.output(
            b.node('Relu', [b.node('Constant', [], { value: zeros(200) })]),
            'float32',
            [200],
          ),
        ),
      ).filter((each) => each.code !== 'input-unused'),
  },
  'tensor-typed-fields': {
    bad: () => {
      const int32_data = Array.from({ length: 20_000 }, (_, at) => at);
      return lint(
        foreign({ initializer: [{ name: 'w', data_type: 6, dims: [20_000], int32_data }] }),
      );
    },
    sound: () => {
      const raw_data = new Uint8Array(80_000);
      return lint(
        foreign({ initializer: [{ name: 'w', data_type: 6, dims: [20_000], raw_data }] }),
      );
    },
  },
  'external-unaligned': {
    bad: () => external({ location: 'w.bin', offset: 100, length: 1_048_576 }, 262_144),
    sound: () => external({ location: 'w.bin', offset: 4096, length: 1_048_576 }, 262_144),
  },
  'quantization-unpaired': { bad: () => convolution(false), sound: () => convolution(true) },
  'quantization-mismatch': { bad: () => pair(0.25), sound: () => pair(0.5) },
  'dimension-dynamic': { bad: () => reluOf(['n', 3]), sound: () => reluOf([2, 3]) },
  'shape-data-dependent': {
    bad: () => lint(model((b, x) => b.output(b.node('NonZero', [x]), 'int64', [2, 'n']))),
    sound: () => reluOf([2, 3]),
  },
  'operator-random': {
    bad: () => lint(model((b, x) => b.output(b.node('RandomNormalLike', [x]), 'float32', [2, 3]))),
    sound: () => reluOf([2, 3]),
  },
  'quantization-scale': { bad: () => quantize(0), sound: () => quantize(0.5) },
  'opset-old': { bad: () => softmax(1), sound: () => softmax(2) },
  'float16-casts': {
    bad: () => operator('Sigmoid', 'float16'),
    sound: () => operator('Sigmoid', 'float32'),
  },
  'operator-decomposed': {
    bad: () => operator('HardSwish', 'float32'),
    sound: () => operator('HardSigmoid', 'float32'),
  },
  'no-op': {
    bad: () =>
      lint(model((b, x) => b.output(b.node('Relu', [b.node('Identity', [x])]), 'float32', [2, 3]))),
    sound: () => lint(model((b, x) => b.output(b.node('Identity', [x]), 'float32', [2, 3]))),
  },
  'shape-vague': {
    bad: () => reluOf([2, 3], ['n', 3]),
    sound: () => reluOf([2, 3]),
  },
  'rank-unknown': {
    bad: () =>
      lint(
        buildModel({ opset: 17 }, (b) => {
          b.output(b.node('Relu', [b.input('x', tensorType('float32', null))]), 'float32', ['n']);
        }),
      ),
    sound: () => reluOf([2, 3]),
  },
};

const checks = [...lintChecks, ...lintGraphChecks];

describe('advice', () => {
  test('has every file of the folder, and each code once', async () => {
    const folder = path.join(root, 'src', 'checks', 'lint');
    const exported: Check[] = [];
    for (const file of fs.readdirSync(folder)) {
      if (file === 'index.ts') continue;
      const module = (await import(path.join(folder, file))) as Record<string, unknown>;
      for (const each of Object.values(module)) {
        if (typeof each === 'object' && each !== null && 'codes' in each)
          exported.push(each as Check);
      }
    }
    expect(new Set(checks)).toEqual(new Set(exported));
    const codes = checks.flatMap((each) => each.codes);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.toSorted()).toEqual(Object.keys(cases).toSorted());
  });

  test.each(Object.entries(cases))('%s is found, and nothing else', (code, { bad }) => {
    const found = bad();
    expect(found.map((each) => each.code)).toEqual([code]);
    expect(found[0]?.message).not.toBe('');
    expect(found[0]).toMatchObject({ spec: 'ok', runtime: 'accepts' });
  });

  test.each(Object.entries(cases))('%s is not found in the sound twin', (code, { sound }) => {
    expect(sound().map((each) => each.code)).not.toContain(code);
  });
});

describe('nodes without effect', () => {
  const codes = (build: Parameters<typeof model>[0]) => lint(model(build)).map((each) => each.code);

  test('are those that undo each other, or do nothing at all', () => {
    const found = lint(
      model((b, x) => {
        const back = b.node('Transpose', [b.node('Transpose', [x], { perm: [1, 0] })], {
          perm: [1, 0],
        });
        const same = b.node('Cast', [back], { to: 1 });
        const dropped = b.node('Dropout', [same]);
        const shape = b.initializer(tensorFrom('int64', [2], BigInt64Array.of(2n, -1n)), 'shape');
        const reshaped = b.node('Reshape', [dropped, shape]);
        b.output(b.node('Relu', [reshaped]), 'float32', [2, 3]);
      }),
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain('1 Cast, 1 Dropout, 1 Reshape, 1 Transpose');
  });

  test('are not those that change something', () => {
    const found = codes((b, x) => {
      const turned = b.node('Transpose', [x], { perm: [1, 0] });
      const cast = b.node('Cast', [turned], { to: 11 });
      const shape = b.initializer(tensorFrom('int64', [1], BigInt64Array.of(6n)), 'shape');
      b.output(b.node('Reshape', [cast, shape]), 'float64', [6]);
    });
    expect(found).toEqual([]);
  });
});

describe('scales', () => {
  test.each([
    ['zero', 0],
    ['below zero', -1],
    ['not a number', Number.NaN],
    ['infinite', Number.POSITIVE_INFINITY],
  ])('that are %s are told', (_, scale) => {
    expect(quantize(scale).map((each) => each.code)).toEqual(['quantization-scale']);
  });

  test('of zero are harmless where they only multiply', () => {
    const found = lint(
      buildModel({ opset: 17 }, (b) => {
        const x = b.input('x', 'uint8', [2, 3]);
        const scale = b.initializer(floats(0, 1, 0), 's');
        b.output(b.node('DequantizeLinear', [x, scale], { axis: 1 }), 'float32', [2, 3]);
      }),
    );
    expect(found).toEqual([]);
  });
});
