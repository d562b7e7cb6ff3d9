import { compareText, operatorName } from '../checks/index.ts';
import {
  type FunctionDefinition,
  functionKey,
  type Model,
  type Node,
  walkGraphs,
} from '../graph/index.ts';
import type { InspectReport } from './report.ts';

export interface OperatorFacts
  extends Pick<InspectReport, 'nodes' | 'operators' | 'attributeNumbers'> {
  /** Nodes that call a function, and nodes in its body, for each function in the model's order. */
  readonly functions: readonly { readonly calls: number; readonly nodes: number }[];
}

/** Counts the nodes of a model. */
export function countOperators(model: Model): OperatorFacts {
  const calls = new Map(model.functions.map((each) => [functionKey(each), 0]));
  const bodies = new Map<FunctionDefinition, number>();
  const operators = new Map<string, number>();
  let nodes = 0;
  let attributeNumbers = 0;
  for (const { graph, definition } of walkGraphs(model)) {
    if (definition === null) nodes += graph.nodeCount;
    else bodies.set(definition, (bodies.get(definition) ?? 0) + graph.nodeCount);
    for (const node of graph.nodes) {
      const { domain, opType, overload } = node;
      const name = operatorName(node);
      if (definition === null) operators.set(name, (operators.get(name) ?? 0) + 1);
      const key = calls.size === 0 ? '' : functionKey({ domain, name: opType, overload });
      const called = calls.get(key);
      if (called !== undefined) calls.set(key, called + 1);
      if (domain === 'ai.onnx.ml') attributeNumbers += countNumbers(node);
    }
  }
  return {
    nodes,
    operators: Object.fromEntries(
      [...operators].toSorted((a, b) => b[1] - a[1] || compareText(a[0], b[0])),
    ),
    attributeNumbers,
    functions: model.functions.map((each) => ({
      calls: calls.get(functionKey(each)) ?? 0,
      nodes: bodies.get(each) ?? 0,
    })),
  };
}

function countNumbers(node: Node): number {
  let count = 0;
  for (const attribute of node.attributes) {
    if (attribute.type === 'floats' || attribute.type === 'ints') count += attribute.value.length;
  }
  return count;
}
