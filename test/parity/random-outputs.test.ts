import { expect, test } from 'vitest';
import { buildModel, Graph, type GraphBuilder } from '../../src/graph/index.ts';
import { randomOutputs } from '../../src/parity/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';

function randomNames(build: (b: GraphBuilder) => void, seeded = false): string[] {
  return [...randomOutputs(buildModel({ opset: 17 }, build), { seeded }).keys()];
}

const yes = tensorFrom('bool', [], Uint8Array.of(1));

test('outputs behind a random operator are found, others are not', () => {
  const names = randomNames((b) => {
    const x = b.input('x', 'float32', [2]);
    const noise = b.node('RandomNormalLike', [x]);
    b.output(b.node('Add', [x, b.node('Neg', [noise])], {}, { outputs: ['noisy'] }));
    b.output(b.node('Neg', [x], {}, { outputs: ['plain'] }));
  });
  expect(names).toEqual(['noisy']);
});

test('a seed makes one runtime repeat itself, but not two alike', () => {
  const build = (b: GraphBuilder): void => {
    const x = b.input('x', 'float32', [2]);
    b.output(b.node('RandomUniformLike', [x], { seed: { float: 1 } }, { outputs: ['y'] }));
  };
  expect(randomNames(build)).toEqual([]);
  expect(randomNames(build, true)).toEqual(['y']);
});

test('Dropout draws only in training', () => {
  expect(
    randomNames((b) => {
      const x = b.input('x', 'float32', [2]);
      const ratio = b.initializer(tensorFrom('float32', [], Float32Array.of(0.5)), 'ratio');
      b.output(b.node('Dropout', [x, ratio], {}, { outputs: ['still'] }));
      b.output(
        b.node('Dropout', [x, ratio, b.initializer(yes, 'yes')], {}, { outputs: ['drops'] }),
      );
    }),
  ).toEqual(['drops']);
});

test('subgraphs that draw, capture or pass on random values are random', () => {
  const names = randomNames((b) => {
    const x = b.input('x', 'float32', [2]);
    const condition = b.input('c', 'bool', []);
    const noise = b.node('RandomNormalLike', [x]);
    const branch = (name: string, build: (inner: GraphBuilder) => void): Graph =>
      b.subgraph(name, build);
    const choose = (output: string, build: (inner: GraphBuilder) => void): void => {
      const attributes = {
        then_branch: branch(`${output}_then`, build),
        else_branch: branch(`${output}_else`, (inner) => inner.output(inner.node('Neg', [x]))),
      };
      b.output(b.node('If', [condition], attributes, { outputs: [output] }));
    };
    choose('draws', (inner) => inner.output(inner.node('RandomUniformLike', [x])));
    choose('captures', (inner) => inner.output(inner.node('Neg', [noise])));
    choose('passes', (inner) => inner.output(noise));
    choose('plain', (inner) => inner.output(inner.node('Abs', [x])));
  });
  expect(names).toEqual(['draws', 'captures', 'passes']);
});
