import { describe, expect, test } from 'vitest';
import { attributeFrom, buildModel, type Model } from '../../../src/graph/index.ts';
import { inferTypes, measureActivations, measureWork } from '../../../src/ops/index.ts';
import { addFunction, outputTypes, problems, reference, typeText } from './models.ts';

/** A model that calls `own.F` on a float32[2, n, 4] once for each set of attributes. */
function caller(calls: readonly Readonly<Record<string, number | readonly number[]>>[]): Model {
  return buildModel({ opset: { '': 17, own: 1 } }, (b) => {
    const x = b.input('x', 'float32', [2, 'n', 4]);
    for (const attributes of calls) b.output(b.node('F', [x], attributes, { domain: 'own' }));
  });
}

describe('functions of the model', () => {
  test('mean at each call what the caller gives for their attributes', () => {
    const model = caller([{ way: [1, 0, 2] }, { way: [2, 1, 0] }]);
    addFunction(model, 'F', {}, (b, [x]) => {
      const y = b.node('Transpose', [x!], {}, { name: 't' });
      b.graph.setAttribute(y.producer!, reference('perm', 'way'));
      return y;
    });
    const inference = inferTypes(model);
    expect(outputTypes(model, inference)).toEqual(['float32[n, 2, 4]', 'float32[4, n, 2]']);
    const [first, second] = model.graph.nodes;
    const inner = model.functions[0]!.body.outputs[0]!;
    const frames = [first!, second!].map((node) => inference.main.calls.get(node));
    expect(frames.map((frame) => typeText(inference, inner, frame))).toEqual([
      'float32[n, 2, 4]',
      'float32[4, n, 2]',
    ]);
    const transpose = model.functions[0]!.body.nodes[0]!;
    const facts = inference.nodeFacts(transpose, frames[1]);
    expect(facts.node.ints('perm')).toEqual([2, 1, 0]);
    expect(facts.node.label).toBe('Transpose "t"');
  });

  test('use defaults for what the caller leaves out, and the operator’s where there is none', () => {
    const model = caller([{}, { axis: 2 }]);
    const defaults = [attributeFrom('axis', 0)];
    addFunction(model, 'F', { defaults }, (b, [x]) => {
      const flat = b.node('Flatten', [x!]);
      b.graph.setAttribute(flat.producer!, reference('axis', 'axis'));
      return flat;
    });
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[1, 8*n]', 'float32[2*n, 4]']);
    const without = caller([{}]);
    addFunction(without, 'F', {}, (b, [x]) => {
      const flat = b.node('Flatten', [x!]);
      b.graph.setAttribute(flat.producer!, reference('axis', 'axis'));
      return flat;
    });
    expect(outputTypes(without, inferTypes(without))).toEqual(['float32[2, 4*n]']);
  });

  test('pass attributes on to functions that they call', () => {
    const model = caller([{ outer: 2 }]);
    addFunction(model, 'F', {}, (b, [x]) => {
      const y = b.node('G', [x!], {}, { domain: 'own' });
      b.graph.setAttribute(y.producer!, reference('inner', 'outer'));
      return b.node('Relu', [y]);
    });
    addFunction(model, 'G', {}, (b, [x]) => {
      const y = b.node('Flatten', [x!]);
      b.graph.setAttribute(y.producer!, reference('axis', 'inner'));
      return y;
    });
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[2*n, 4]']);
  });

  test('have operator sets of their own', () => {
    // The axes of Squeeze are an attribute up to 12 and an input since 13.
    const model = caller([{}]);
    addFunction(model, 'F', { opsets: { '': 11 } }, (b, [x]) => {
      return b.node('Unsqueeze', [x!], { axes: [0] });
    });
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[1, 2, n, 4]']);
  });

  test('give small constants back and take them', () => {
    const model = buildModel({ opset: { '': 17, own: 1 } }, (b) => {
      const x = b.input('x', 'float32', [2, 'n', 4]);
      const shape = b.node('F', [x], {}, { domain: 'own' });
      b.output(b.node('Reshape', [x, shape]));
    });
    addFunction(model, 'F', {}, (b, [x]) => {
      const shape = b.node('Shape', [x!]);
      return b.node('Mul', [shape, b.node('Constant', [], { value_ints: [2, 1, 1] })]);
    });
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[4, n, 4]']);
  });

  test('differ by overload', () => {
    const model = caller([]);
    addFunction(model, 'F', { overload: 'a' }, (b, [x]) => b.node('Flatten', [x!]));
    addFunction(model, 'F', { overload: 'b' }, (b, [x]) => b.node('Shape', [x!]));
    const { graph } = model;
    const x = graph.inputs[0]!;
    for (const overload of ['a', 'b']) {
      const node = graph.addNode({
        opType: 'F',
        domain: 'own',
        overload,
        inputs: [x],
        outputs: [`y${overload}`],
      });
      graph.addOutput(node.outputs[0]!);
    }
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[2, 4*n]', 'int64[3]']);
  });

  test('tell once of what is wrong in them, however often they are called', () => {
    const model = caller([{}, {}, {}]);
    addFunction(model, 'F', {}, (b, [x]) =>
      b.node('Transpose', [x!], { perm: [0, 0, 1] }, { name: 't' }),
    );
    const found = problems(inferTypes(model));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^rejects at function own\.F \| Transpose "t": /u);
  });

  test('may be called with fewer inputs, and with more', () => {
    const model = buildModel({ opset: { '': 17, own: 1 } }, (b) => {
      const x = b.input('x', 'float32', [3]);
      b.output(b.node('F', [x], {}, { domain: 'own' }));
      b.output(b.node('F', [x, null, x, x], {}, { domain: 'own' }));
    });
    addFunction(model, 'F', { inputs: ['a', 'b'] }, (b, [a, other]) =>
      b.node('Clip', [a!, other!]),
    );
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[3]', 'float32[3]']);
  });
});

describe('functions that never end', () => {
  test('stop at a depth', () => {
    const model = caller([{}]);
    addFunction(model, 'F', {}, (b, [x]) => b.node('F', [x!], {}, { domain: 'own' }));
    const inference = inferTypes(model);
    expect(inference.isComplete).toBe(false);
    expect(outputTypes(model, inference)).toEqual(['?']);
  });

  test('stop although they call themselves twice, or ten functions call ten each', () => {
    const twice = caller([{}]);
    addFunction(twice, 'F', {}, (b, [x]) => {
      const once = b.node('F', [x!], {}, { domain: 'own' });
      return b.node('F', [once], {}, { domain: 'own' });
    });
    const bomb = caller([{}]);
    for (let level = 0; level < 30; level += 1) {
      addFunction(bomb, level === 0 ? 'F' : `F${level}`, {}, (b, [x]) => {
        let y = x!;
        for (let at = 0; at < 10; at += 1) {
          y = b.node(`F${level + 1}`, [y], {}, { domain: 'own' });
        }
        return y;
      });
    }
    addFunction(bomb, 'F30', {}, (b, [x]) => b.node('Relu', [x!]));
    expect(inferTypes(twice).isComplete).toBe(false);
    const inference = inferTypes(bomb);
    expect(inference.isComplete).toBe(false);
    measureWork(bomb, inference);
    measureActivations(bomb, inference);
  }, 30_000);

  test('an honest model with as many calls is followed to the end', () => {
    const model = buildModel({ opset: { '': 17, own: 1 } }, (b) => {
      let x = b.input('x', 'float32', [3]);
      for (let at = 0; at < 2000; at += 1) x = b.node('F', [x], {}, { domain: 'own' });
      b.output(x);
    });
    addFunction(model, 'F', {}, (b, [x]) => b.node('Relu', [b.node('Neg', [x!])]));
    const inference = inferTypes(model);
    expect(inference.isComplete).toBe(true);
    expect(outputTypes(model, inference)).toEqual(['float32[3]']);
    expect(measureWork(model, inference).flops).toBe(2000 * 2 * 3);
  });
});
