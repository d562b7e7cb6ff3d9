import type { Finding } from '../report/index.ts';
import type { Graph } from './graph.ts';
import type { Node } from './node.ts';
import type { Value } from './value.ts';

/** Names of one graph that are defined twice: of values, and of nodes. */
export function checkDefinitions(graph: Graph, path: string, findings: Finding[]): void {
  const seen = new Map<string, string>();
  const define = (value: Value, by: string, node?: Node): void => {
    const earlier = seen.get(value.name);
    const isInputDefault = earlier === 'an input' && by === 'an initializer';
    if (earlier === undefined || isInputDefault) seen.set(value.name, by);
    else findings.push(redefinition(value, earlier, by, { graph, path, node }));
  };
  for (const value of graph.inputs) define(value, 'an input');
  for (const value of graph.initializers) define(value, 'an initializer');
  for (const node of graph.nodes) {
    for (const value of node.outputs) if (value !== null) define(value, node.label, node);
  }
  checkNodeNames(graph, path, findings);
}

function redefinition(
  value: Value,
  earlier: string,
  by: string,
  { graph, path, node }: { graph: Graph; path: string; node: Node | undefined },
): Finding {
  const at = { graph: path, value: value.name, ...(node && { node: node.label }) };
  const base = { severity: 'error', at, spec: 'error' } as const;
  if (earlier === by && by === 'an input') {
    return {
      ...base,
      code: 'input-duplicate',
      message: `two inputs are named "${value.name}"`,
      fix: 'Rename or remove one of them.',
      runtime: graph.kind === 'function' ? 'accepts' : 'rejects',
    };
  }
  if (earlier === by && by === 'an initializer') {
    return {
      ...base,
      code: 'initializer-duplicate',
      message: `two constants are named "${value.name}"`,
      fix: 'Keep one of them.',
      // The main graph is read as it is; subgraphs are held against the specification.
      runtime: graph.kind === 'subgraph' ? 'rejects' : 'accepts',
    };
  }
  return {
    ...base,
    code: 'value-redefined',
    message: `"${value.name}" is defined by ${earlier} and again by ${by}`,
    fix: 'Give one of the two another name, and those who read it.',
    runtime: 'rejects',
  };
}

function checkNodeNames(graph: Graph, path: string, findings: Finding[]): void {
  const names = new Set<string>();
  for (const node of graph.nodes) {
    if (node.name === '') continue;
    if (names.has(node.name)) {
      findings.push({
        code: 'node-name-duplicate',
        severity: 'error',
        at: { graph: path, node: node.label },
        message: `two nodes are named "${node.name}"`,
        fix: 'Give one of them another name, or none.',
        // ONNX lets names of nodes repeat; onnxruntime does not.
        spec: 'ok',
        runtime: 'rejects',
      });
    }
    names.add(node.name);
  }
}
