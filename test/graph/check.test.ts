import { describe, expect, test } from 'vitest';
import {
  attributeFrom,
  buildModel,
  checkStructure,
  Graph,
  type GraphBuilder,
  type Model,
  Node,
} from '../../src/graph/index.ts';
import type { Finding } from '../../src/report/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';

const constant = tensorFrom('float32', [1], Float32Array.of(1));

function build(make: (builder: GraphBuilder) => void): Model {
  return buildModel({}, (b) => {
    b.input('x', 'float32', [1]);
    make(b);
  });
}

function findings(make: (builder: GraphBuilder) => void): string[] {
  return checkStructure(build(make)).map(text);
}

function text({ code, severity, at, message }: Finding): string {
  expect(severity).toBe('error');
  const place = [at.graph, at.node, at.value].filter((each) => each !== undefined).join(' | ');
  return `${code} at ${place}: ${message}`;
}

/** A node that may be wrong, as a reader makes it. */
function attach(graph: Graph, name: string, inputs: string[], outputs: string[]): Node {
  const node = new Node(graph, { opType: 'Op', name });
  const read = inputs.map((each) => graph.resolve(each) ?? graph.define(each));
  graph.attach(
    node,
    read,
    outputs.map((each) => graph.define(each)),
    [],
    'end',
  );
  return node;
}

test('nothing is wrong with a sound model', () => {
  const sound = findings((b) => {
    const x = b.graph.inputs[0]!;
    const w = b.initializer(constant, 'w');
    b.graph.addInput('w', null);
    const y = b.node('Add', [x, w], {}, { name: 'add' });
    const body = b.subgraph('body', (inner) => {
      inner.output(inner.node('Mul', [y, x], {}, { name: 'mul' }));
    });
    b.output(b.node('If', [x], { then_branch: body }, { name: 'if' }));
    b.output(y);
    b.output(y);
    b.output(x);
    b.output(w);
  });
  expect(sound).toEqual([]);
});

describe('opset-missing', () => {
  test('once for each operator set of a graph', () => {
    const model = build((b) => {
      b.node('Gelu', [], {}, { domain: 'com.microsoft', name: 'g1' });
      b.node('Gelu', [], {}, { domain: 'com.microsoft', name: 'g2' });
      b.node('Foo', [], {}, { domain: 'foo', name: 'f' });
      b.node('Relu', [], {}, { name: 'r' });
    });
    expect(checkStructure(model).map(text)).toEqual([
      'opset-missing at main | com.microsoft.Gelu "g1": com.microsoft.Gelu "g1" needs the operator set "com.microsoft", which is not imported',
      'opset-missing at main | foo.Foo "f": foo.Foo "f" needs the operator set "foo", which is not imported',
    ]);
    model.setOpset('com.microsoft', 1);
    model.setOpset('foo', 1);
    expect(checkStructure(model)).toEqual([]);
  });

  test('all at once where nothing is imported, also in files from before there were imports', () => {
    const model = build((b) => void b.node('Relu', [], {}, { name: 'r' }));
    model.opsets = [];
    expect(checkStructure(model).map(text)).toEqual([
      'opset-missing at : the model imports no operator set',
    ]);
    model.irVersion = 2;
    expect(checkStructure(model)).toHaveLength(1);
    for (const node of model.graph.nodes) model.graph.removeNode(node);
    expect(checkStructure(model)).toEqual([]);
  });

  test('a function has imports of its own', () => {
    const model = build(() => {});
    const body = new Graph(model, 'function', null);
    body.addNode({ opType: 'Relu', name: 'r', inputs: [], outputs: [] });
    const inner = new Graph(model, 'subgraph', body);
    inner.addNode({ opType: 'Foo', domain: 'foo', name: 'deep', inputs: [], outputs: [] });
    const attributes = [attributeFrom('body', inner)];
    body.addNode({ opType: 'If', name: 'if', inputs: [], outputs: [], attributes });
    const rest = { overload: '', attributeNames: [], attributeDefaults: [], docString: '' };
    const fields = { ...rest, name: 'f', domain: 'local', body, metadata: [] };
    model.functions = [{ ...fields, opsets: [{ domain: 'foo', version: 1 }] }];
    expect(checkStructure(model).map(({ code, at }) => [code, at.graph])).toEqual([
      ['opset-missing', 'function local.f'],
    ]);
    model.functions = [{ ...fields, opsets: [{ domain: '', version: 17 }] }];
    expect(checkStructure(model).map(({ code, at }) => [code, at.graph])).toEqual([
      ['opset-missing', 'function local.f/if:body'],
    ]);
  });
});

describe('value-redefined', () => {
  test('two nodes, two inputs, a constant and a node, two constants', () => {
    const found = findings(({ graph }) => {
      attach(graph, 'n1', [], ['y']);
      attach(graph, 'n2', [], ['y']);
      graph.declareInput(graph.define('x'));
      graph.addInitializer('w', constant);
      graph.setInitializer(graph.define('w'), constant);
      attach(graph, 'n3', [], ['w', 'x']);
    });
    expect(found).toEqual([
      'input-duplicate at main | x: two inputs are named "x"',
      'initializer-duplicate at main | w: two constants are named "w"',
      'value-redefined at main | Op "n2" | y: "y" is defined by Op "n1" and again by Op "n2"',
      'value-redefined at main | Op "n3" | w: "w" is defined by an initializer and again by Op "n3"',
      'value-redefined at main | Op "n3" | x: "x" is defined by an input and again by Op "n3"',
    ]);
  });

  test('an input may have a default, but only one', () => {
    const found = findings(({ graph }) => {
      graph.setInitializer(graph.value('x')!, constant);
    });
    expect(found).toEqual([]);
    const twice = findings(({ graph }) => {
      graph.setInitializer(graph.value('x')!, constant);
      graph.setInitializer(graph.define('x'), constant);
    });
    expect(twice).toHaveLength(1);
  });

  test('a subgraph may not define what is visible in it', () => {
    const found = findings((b) => {
      attach(b.graph, 'before', [], ['a']);
      const body = b.subgraph('body', ({ graph }) => void attach(graph, 'inner', [], ['a', 'x']));
      b.node('If', [], { body }, { name: 'if' });
    });
    expect(found).toEqual([
      'value-redefined at main/if:body | Op "inner" | a: "a" is defined by Op "inner", and in a graph around it',
      'value-redefined at main/if:body | Op "inner" | x: "x" is defined by Op "inner", and in a graph around it',
    ]);
  });

  test('two branches may use the same names, and names that come later', () => {
    const found = findings((b) => {
      const branch = (name: string): Graph =>
        b.subgraph(name, ({ graph }) => void attach(graph, 'inner', [], ['same', 'later']));
      b.node('If', [], { yes: branch('yes'), no: branch('no') }, { name: 'if' });
      attach(b.graph, 'last', [], ['later']);
    });
    expect(found).toEqual([]);
  });
});

describe('node-name-duplicate', () => {
  test('within a graph, and not for nodes without a name', () => {
    const found = findings(({ graph }) => {
      for (const name of ['n', '', 'm', 'n', '']) attach(graph, name, [], []);
    });
    expect(found).toEqual(['node-name-duplicate at main | Op "n": two nodes are named "n"']);
  });

  test('not across graphs', () => {
    const found = findings((b) => {
      const body = b.subgraph('body', ({ graph }) => void attach(graph, 'n', [], []));
      b.node('If', [], { body }, { name: 'n' });
    });
    expect(found).toEqual([]);
  });
});

describe('output-undefined', () => {
  test('an output that nothing produces', () => {
    const found = findings(({ graph }) => graph.addOutput(graph.define('nowhere')));
    expect(found).toEqual([
      'output-undefined at main | nowhere: nothing produces the output "nowhere"',
    ]);
  });

  test('an output of a subgraph that belongs to the graph around it', () => {
    const found = findings((b) => {
      const body = b.subgraph('body', (inner) => inner.output(b.graph.inputs[0]!));
      b.node('If', [], { body }, { name: 'if' });
    });
    expect(found).toEqual([
      'output-undefined at main/if:body | x: no node of the graph produces the output "x"',
    ]);
  });
});

describe('value-undefined', () => {
  test('once for a node that reads it twice, and for each node', () => {
    const found = findings(({ graph }) => {
      attach(graph, 'n1', ['nope', 'nope', 'x'], []);
      attach(graph, 'n2', ['nope'], []);
    });
    expect(found).toEqual([
      'value-undefined at main | Op "n1" | nope: Op "n1" reads "nope", which nothing defines',
      'value-undefined at main | Op "n2" | nope: Op "n2" reads "nope", which nothing defines',
    ]);
  });

  test('in the subgraph where it is read', () => {
    const found = findings((b) => {
      const body = b.subgraph('body', ({ graph }) => void attach(graph, 'inner', ['nope'], []));
      b.node('If', [], { body }, { name: 'if' });
    });
    expect(found).toEqual([
      'value-undefined at main/if:body | Op "inner" | nope: Op "inner" reads "nope", which nothing defines',
    ]);
  });

  test('a value of a graph that is not around the reader', () => {
    const found = findings((b) => {
      const inside = b.subgraph('body', ({ graph }) => void attach(graph, 'inner', [], ['y']));
      b.node('If', [], { inside }, { name: 'if' });
      const thief = attach(b.graph, 'thief', ['x'], []);
      b.graph.setInput(thief, 0, inside.value('y')!);
    });
    expect(found).toEqual([
      'value-undefined at main | Op "thief" | y: Op "thief" reads "y", which belongs to a graph that is not around it',
    ]);
  });
});

describe('node-order', () => {
  test('a node before the one that it reads, and one that reads itself', () => {
    const found = findings(({ graph }) => {
      const early = attach(graph, 'early', ['x'], ['a']);
      const late = attach(graph, 'late', ['x'], ['b']);
      graph.setInput(early, 0, late.outputs[0]!);
      const loop = attach(graph, 'loop', ['x'], ['c']);
      graph.setInput(loop, 0, loop.outputs[0]!);
      attach(graph, 'fine', ['a', 'b', 'c'], ['d']);
    });
    expect(found).toEqual([
      'graph-cycle at main | Op "loop": Op "loop" waits for its own output',
      'node-order at main | Op "early" | b: Op "early" reads "b" before Op "late" has produced it',
      'node-order at main | Op "loop" | c: Op "loop" reads "c" before Op "loop" has produced it',
    ]);
  });

  test('a subgraph that captures what comes after its node, reported of that node once', () => {
    const found = findings((b) => {
      const y = b.node('Relu', [b.graph.inputs[0]!], {}, { name: 'late', outputs: ['y'] });
      const body = b.subgraph('body', (inner) => {
        inner.node('A', [y], {}, { name: 'in 1' });
        const deep = inner.subgraph(
          'deep',
          (most) => void most.node('B', [y], {}, { name: 'in 2' }),
        );
        inner.node('If', [], { deep }, { name: 'inner if' });
      });
      b.node('If', [], { body }, { name: 'if' });
      b.graph.moveNode(y.producer!, 'end');
    });
    expect(found).toEqual([
      'node-order at main | If "if" | y: If "if" reads "y" before Relu "late" has produced it',
    ]);
  });

  test('a subgraph that reads what its own node produces', () => {
    const found = findings((b) => {
      const y = b.node('If', [], {}, { name: 'if', outputs: ['y'] });
      const body = b.subgraph('body', (inner) => void inner.node('A', [y], {}, { name: 'in' }));
      b.graph.setAttribute(y.producer!, attributeFrom('body', body));
    });
    expect(found).toEqual([
      'graph-cycle at main | If "if": If "if" waits for its own output',
      'node-order at main | If "if" | y: If "if" reads "y" before If "if" has produced it',
    ]);
  });

  test('nodes in a circle, and those between two circles', () => {
    const found = findings(({ graph }) => {
      const a = attach(graph, 'a', ['x'], ['1']);
      const b = attach(graph, 'b', ['1'], ['2']);
      attach(graph, 'between', ['2'], ['3']);
      const c = attach(graph, 'c', ['3'], ['4']);
      graph.setInput(a, 0, b.outputs[0]!);
      graph.setInput(c, 1, c.outputs[0]!);
      attach(graph, 'before', ['x'], ['5']);
      attach(graph, 'after', ['4', '5'], ['6']);
    });
    expect(found[0]).toBe(
      'graph-cycle at main | Op "a": nodes wait for each other, so that none can run: Op "a", Op "b", Op "between", Op "c"',
    );
  });

  test('an order inside a subgraph is checked there', () => {
    const found = findings((b) => {
      const body = b.subgraph('body', ({ graph }) => {
        const early = attach(graph, 'early', ['x'], []);
        const late = attach(graph, 'late', [], ['a']);
        graph.setInput(early, 0, late.outputs[0]!);
      });
      b.node('If', [], { body }, { name: 'if' });
    });
    expect(found).toEqual([
      'node-order at main/if:body | Op "early" | a: Op "early" reads "a" before Op "late" has produced it',
    ]);
  });
});

test('findings come graph by graph, those of the main graph first', () => {
  const found = findings((b) => {
    const body = b.subgraph('body', ({ graph }) => {
      attach(graph, 'inner', ['nope'], []);
      graph.addOutput(graph.define('gone'));
    });
    b.node('If', [], { body }, { name: 'if', domain: 'foo' });
    attach(b.graph, 'outer', ['none'], []);
  });
  expect(found.map((each) => each.split(':')[0]?.split(' |')[0])).toEqual([
    'opset-missing at main',
    'value-undefined at main',
    'value-undefined at main/if',
    'output-undefined at main/if',
  ]);
});
