import { describe, expect, test } from 'vitest';
import {
  buildModel,
  type Graph,
  type GraphBuilder,
  type Model,
  type Value,
} from '../../../src/graph/index.ts';
import { inferTypes, type ModelWork, measureWork } from '../../../src/ops/index.ts';
import { formatSize } from '../../../src/symbolic/index.ts';
import { addFunction, ints, truth } from '../engine/models.ts';

function workOf(model: Model, sizes: Readonly<Record<string, number>> = {}): ModelWork {
  return measureWork(model, inferTypes(model, { sizes: new Map(Object.entries(sizes)) }));
}

/** 5 * 5 * 5 multiply-accumulates. */
function product(b: GraphBuilder, x: Value, y: Value): Value {
  return b.node('MatMul', [x, y]);
}

describe('branches', () => {
  function branching(condition: (b: GraphBuilder) => Value): Model {
    return buildModel({}, (b) => {
      const x = b.input('x', 'float32', [5, 5]);
      const then_branch = b.subgraph('yes', (inner) => {
        inner.output(inner.node('MatMul', [x, x], {}, { name: 'once' }));
      });
      const else_branch = b.subgraph('no', (inner) => {
        const twice = inner.node('MatMul', [x, x], {}, { name: 'first' });
        inner.output(inner.node('MatMul', [twice, x], {}, { name: 'second' }));
      });
      const attributes = { then_branch, else_branch };
      b.output(b.node('If', [condition(b)], attributes, { name: 'if' }));
    });
  }

  test('the one that costs more counts, and both are told of', () => {
    const work = workOf(branching((b) => b.input('cond', 'bool', [])));
    expect(work.macs).toBe(250);
    expect(work.nodes.map(({ graph, label }) => `${graph}: ${label}`)).toEqual([
      'main/if:else_branch: MatMul "first"',
      'main/if:else_branch: MatMul "second"',
    ]);
    expect(work.branches).toEqual([
      {
        graph: 'main',
        label: 'If "if"',
        branch: 'then_branch',
        macs: 125,
        flops: 250,
        isCounted: false,
      },
      {
        graph: 'main',
        label: 'If "if"',
        branch: 'else_branch',
        macs: 250,
        flops: 500,
        isCounted: true,
      },
    ]);
  });

  test('the one that is taken counts, where that is known', () => {
    const work = workOf(branching((b) => truth(b, true)));
    expect(work.macs).toBe(125);
    expect(work.branches.map(({ isCounted }) => isCounted)).toEqual([true, false]);
  });

  test('a part of unknown cost is told of, unless it is never taken', () => {
    const model = (condition: (b: GraphBuilder) => Value): Model =>
      buildModel({ opset: { '': 17, own: 1 } }, (b) => {
        const x = b.input('x', 'float32', [5, 5]);
        const then_branch = b.subgraph('yes', (inner) => inner.output(inner.node('Relu', [x])));
        const else_branch = b.subgraph('no', (inner) => {
          inner.output(inner.node('Mystery', [x], {}, { domain: 'own' }));
        });
        b.output(b.node('If', [condition(b)], { then_branch, else_branch }));
      });
    const open = workOf(model((b) => b.input('cond', 'bool', [])));
    expect([...open.unknown]).toEqual([['own.Mystery', 1]]);
    const taken = workOf(model((b) => truth(b, true)));
    expect([...taken.unknown]).toEqual([]);
  });
});

describe('loops', () => {
  /** A loop over a 5 x 5 matrix, which it multiplies with itself. */
  function loop(
    trips: (b: GraphBuilder) => Value | null,
    start: (b: GraphBuilder) => Value | null = () => null,
    goesOn: (b: GraphBuilder, condition: Value) => Value = (b, each) => b.node('Identity', [each]),
  ): Model {
    return buildModel({}, (b) => {
      const x = b.input('x', 'float32', [5, 5]);
      const body = b.subgraph('body', (inner) => {
        inner.input('i', 'int64', []);
        const condition = inner.input('condition', 'bool', []);
        const state = inner.input('state', 'float32', null);
        inner.output(goesOn(inner, condition));
        inner.output(product(inner, state, x));
      });
      b.output(b.node('Loop', [trips(b), start(b), x], { body }, { name: 'loop' }));
    });
  }

  test('count as often as they run', () => {
    const fixed = workOf(loop((b) => ints(b, 7)));
    expect([fixed.macs, fixed.nodes[0]?.times]).toEqual([7 * 125, 7]);
    expect(workOf(loop((b) => ints(b, 0))).macs).toBe(0);
    expect(workOf(loop((b) => ints(b, -3))).macs).toBe(0);
    expect(
      workOf(
        loop(
          (b) => ints(b, 7),
          (b) => truth(b, true),
        ),
      ).macs,
    ).toBe(7 * 125);
    expect(
      workOf(
        loop(
          (b) => ints(b, 7),
          (b) => truth(b, false),
        ),
      ).macs,
    ).toBe(0);
  });

  test('as often as a size says, too', () => {
    const model = loop((b) => {
      const sizes = b.node('Shape', [b.input('steps', 'float32', ['seq', 2])]);
      return b.node('Gather', [sizes, ints(b, 0)]);
    });
    expect(formatSize(workOf(model).macs)).toBe('125*seq');
    expect(workOf(model, { seq: 11 }).macs).toBe(11 * 125);
  });

  test('have a symbol for how often where that depends on the data', () => {
    const open = (b: GraphBuilder): Value => b.input('m', 'int64', []);
    const models = [
      loop(open),
      loop(
        (b) => ints(b, 7),
        (b) => b.input('go', 'bool', []),
      ),
      loop(
        (b) => ints(b, 7),
        () => null,
        (b) => b.node('Not', [b.input('z', 'bool', [])]),
      ),
      loop(
        () => null,
        (b) => truth(b, true),
      ),
    ];
    for (const model of models) expect(formatSize(workOf(model).macs)).toBe('125*"trips(loop)"');
  });

  test('within loops and functions have symbols of their own', () => {
    const model = buildModel({ opset: { '': 17, own: 1 } }, (b) => {
      const x = b.input('x', 'float32', [5, 5]);
      const y = b.node('F', [x, b.input('m', 'int64', [])], {}, { domain: 'own', name: 'one' });
      b.output(b.node('F', [y, b.input('n', 'int64', [])], {}, { domain: 'own', name: 'two' }));
    });
    addFunction(model, 'F', { inputs: ['x', 'm'] }, (b, [x, m]) => {
      const nest = (outer: GraphBuilder, depth: number): Graph =>
        outer.subgraph(`body${depth}`, (inner) => {
          inner.input(`i${depth}`, 'int64', []);
          const condition = inner.input(`c${depth}`, 'bool', []);
          const state = inner.input(`s${depth}`, 'float32', null);
          inner.output(inner.node('Identity', [condition]));
          const name = `loop${depth}`;
          inner.output(
            depth === 0
              ? product(inner, state, x!)
              : inner.node('Loop', [m!, null, state], { body: nest(inner, depth - 1) }, { name }),
          );
        });
      // Functions have no initializers.
      const three = b.node('Constant', [], { value_int: 3 });
      return b.node('Loop', [three, null, x!], { body: nest(b, 1) }, { name: 'outer' });
    });
    expect(formatSize(workOf(model).macs)).toBe(
      '375*"trips(one/outer:body/loop1)" + 375*"trips(two/outer:body/loop1)"',
    );
  });
});

describe('scans', () => {
  function scan(opset: number, dims: readonly (number | string)[], axes?: number[]): Model {
    return buildModel({ opset }, (b) => {
      const x = b.input('x', 'float32', dims);
      const body = b.subgraph('body', (inner) => {
        const row = inner.input('row', 'float32', null);
        inner.output(inner.node('Mul', [row, row]));
      });
      const inputs = opset < 9 ? [null, x] : [x];
      const attributes = { body, num_scan_inputs: 1, ...(axes && { scan_input_axes: axes }) };
      b.output(b.node('Scan', inputs, attributes));
    });
  }

  test('count as often as what they scan is long', () => {
    expect(workOf(scan(17, [9, 4])).flops).toBe(9 * 4);
    expect(formatSize(workOf(scan(17, ['seq', 4])).flops)).toBe('4*seq');
    expect(formatSize(workOf(scan(17, [9, 'w'], [-1])).flops)).toBe('9*w');
    // Version 8 has a batch in front, of which each is scanned for itself.
    expect(formatSize(workOf(scan(8, ['batch', 9, 4])).flops)).toBe('36*batch');
  });
});

describe('functions', () => {
  test('count at each call, with the sizes there', () => {
    const model = buildModel({ opset: { '': 17, own: 1 } }, (b) => {
      b.output(b.node('F', [b.input('a', 'float32', [2, 2])], {}, { domain: 'own', name: 'f1' }));
      b.output(
        b.node('F', [b.input('b', 'float32', ['n', 'n'])], {}, { domain: 'own', name: 'f2' }),
      );
    });
    addFunction(model, 'F', {}, (b, [x]) => b.node('MatMul', [x!, x!], {}, { name: 'inner' }));
    const work = workOf(model);
    expect(formatSize(work.macs)).toBe('n**3 + 8');
    expect(work.nodes.map(({ graph, label }) => `${graph}: ${label}`)).toEqual([
      'main/f1: MatMul "inner"',
      'main/f2: MatMul "inner"',
    ]);
  });
});

describe('what is not known', () => {
  test('is counted by operator', () => {
    const model = buildModel({ opset: { '': 17, own: 1 } }, (b) => {
      const x = b.input('x', 'float32', null);
      b.output(b.node('MatMul', [x, x]));
      b.output(b.node('Mystery', [x], {}, { domain: 'own' }));
      b.output(b.node('Mystery', [x], {}, { domain: 'own' }));
      b.output(b.node('Transpose', [x]));
    });
    const work = workOf(model);
    expect([work.macs, work.flops]).toEqual([0, 0]);
    expect(Object.fromEntries(work.unknown)).toEqual({ MatMul: 1, 'own.Mystery': 2 });
  });
});

describe('writing of text', () => {
  test('runs the encoder and the first step once, and the decoder for each token', () => {
    const model = buildModel({ opset: { '': 17, 'com.microsoft': 1 } }, (b) => {
      const x = b.input('x', 'float32', [5, 5]);
      const step = (name: string): Graph =>
        b.subgraph(name, (inner) => {
          inner.output(product(inner, x, x));
        });
      const graphs = { init_decoder: step('first'), decoder: step('next') };
      b.output(b.node('GreedySearch', [x], graphs, { domain: 'com.microsoft', name: 'greedy' }));
      const others = { encoder: step('encoder'), decoder: step('decoder') };
      b.output(b.node('BeamSearch', [x], others, { domain: 'com.microsoft', name: 'beam' }));
    });
    expect(workOf(model).nodes.map(({ graph, times }) => [graph, formatSize(times)])).toEqual([
      ['main/greedy:init_decoder', '1'],
      ['main/greedy:decoder', 'trips(greedy)'],
      ['main/beam:encoder', '1'],
      ['main/beam:decoder', 'trips(beam)'],
    ]);
    expect(formatSize(workOf(model).macs)).toBe('125*"trips(beam)" + 125*"trips(greedy)" + 250');
  });
});

describe('quantized networks', () => {
  test('cost what the float ones cost: between DequantizeLinear and QuantizeLinear', () => {
    const network = (isQuantized: boolean): Model =>
      buildModel({}, (b) => {
        const scale = b.input('scale', 'float32', []);
        const zero = b.input('zero', 'uint8', []);
        const wrap = (x: Value): Value => {
          if (!isQuantized) return x;
          const small = b.node('QuantizeLinear', [x, scale, zero]);
          return b.node('DequantizeLinear', [small, scale, zero]);
        };
        const x = wrap(b.input('x', 'float32', ['n', 3, 8, 8]));
        const w = wrap(b.input('w', 'float32', [4, 3, 3, 3]));
        b.output(wrap(b.node('Conv', [x, w])));
      });
    const [float, quantized] = [workOf(network(false)), workOf(network(true))];
    expect(formatSize(float.macs)).toBe(`${4 * 6 * 6 * 3 * 3 * 3}*n`);
    expect(formatSize(quantized.macs)).toBe(formatSize(float.macs));
  });

  test('and as operators of their own', () => {
    const model = buildModel({ opset: { '': 17, 'com.microsoft': 1 } }, (b) => {
      const scale = b.input('scale', 'float32', []);
      const zero = b.input('zero', 'uint8', []);
      const x = b.input('x', 'uint8', ['n', 3, 8, 8]);
      const w = b.input('w', 'uint8', [4, 3, 3, 3]);
      const parts = [x, scale, zero, w, scale, zero, scale, zero];
      b.output(b.node('QLinearConv', parts));
      b.output(b.node('ConvInteger', [x, w, zero, zero]));
    });
    expect(formatSize(workOf(model).macs)).toBe(`${2 * 4 * 6 * 6 * 3 * 3 * 3}*n`);
  });
});
