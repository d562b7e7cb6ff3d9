import { describe, expect, test } from 'vitest';
import {
  attributeFrom,
  buildModel,
  Graph,
  type GraphBuilder,
  type Model,
  walkGraphs,
  walkNodes,
} from '../../src/graph/index.ts';

function nested(): Model {
  const model = buildModel({}, (b) => {
    const x = b.input('x', 'float32');
    const leaf = (at: GraphBuilder, name: string): Graph =>
      at.subgraph(name, (inner) => {
        inner.node('A', [x], {}, { name: `in ${name}` });
      });
    const outer = b.subgraph('outer', (inner) => {
      inner.node('If', [x], { then_branch: leaf(inner, 'g1') }, { name: '' });
    });
    b.node('Loop', [x], { body: outer, count: 3 }, { name: 'loop' });
    const many = b.node('Many', [x], {}, { name: 'many' }).producer!;
    const value = [leaf(b, 'g2'), leaf(b, 'g3')];
    b.graph.setAttribute(many, { name: 'bodies', type: 'graphs', value });
    b.graph.setAttribute(many, attributeFrom('last', leaf(b, 'g4')));
  });
  const functions = ['', 'v2'].map((overload) => {
    const body = new Graph(model, 'function', null);
    body.name = `function${overload}`;
    const inner = new Graph(model, 'subgraph', body);
    const attributes = [attributeFrom('then_branch', inner)];
    body.addNode({ opType: 'If', name: 'if', inputs: [], outputs: [], attributes });
    const rest = { attributeNames: [], attributeDefaults: [], opsets: [] };
    return { ...rest, name: 'f', domain: 'local', overload, body, docString: '', metadata: [] };
  });
  model.functions = functions;
  return model;
}

describe('walkGraphs', () => {
  test('visits main, then functions, each graph before the graphs in it', () => {
    const paths = [...walkGraphs(nested())].map(({ path }) => path);
    expect(paths).toEqual([
      'main',
      'main/loop:body',
      'main/loop:body/If:then_branch',
      'main/many:bodies[0]',
      'main/many:bodies[1]',
      'main/many:last',
      'function local.f',
      'function local.f/if:then_branch',
      'function local.f:v2',
      'function local.f:v2/if:then_branch',
    ]);
  });

  test('says which function a graph belongs to', () => {
    const model = nested();
    const [first, second] = model.functions;
    const owners = [...walkGraphs(model)].map(({ definition }) => definition);
    expect(owners).toEqual([null, null, null, null, null, null, first, first, second, second]);
  });
});

test('walkNodes visits the nodes of every graph in its order', () => {
  const names = [...walkNodes(nested())].map(({ node, path }) => `${path} ${node.label}`);
  expect(names).toEqual([
    'main Loop "loop"',
    'main Many "many"',
    'main/loop:body If → "if_out"',
    'main/loop:body/If:then_branch A "in g1"',
    'main/many:bodies[0] A "in g2"',
    'main/many:bodies[1] A "in g3"',
    'main/many:last A "in g4"',
    'function local.f If "if"',
    'function local.f:v2 If "if"',
  ]);
});
