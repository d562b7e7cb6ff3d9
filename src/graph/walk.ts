import type { Graph } from './graph.ts';
import type { FunctionDefinition, Model } from './model.ts';
import type { Node } from './node.ts';

/** A graph and where it stands in its model. */
export interface GraphVisit {
  readonly graph: Graph;
  /** `main`, `function local.f`, or the path of nodes that leads to a subgraph: `main/loop1:body`. */
  readonly path: string;
  /** The function that it belongs to, directly or inside a subgraph. */
  readonly definition: FunctionDefinition | null;
}

/** Every graph of the model: main, then function bodies, each before its subgraphs. */
export function* walkGraphs(model: Model): Iterable<GraphVisit> {
  yield* walkFrom(model.graph, 'main', null);
  for (const definition of model.functions) {
    const overload = definition.overload === '' ? '' : `:${definition.overload}`;
    const path = `function ${definition.domain}.${definition.name}${overload}`;
    yield* walkFrom(definition.body, path, definition);
  }
}

/** Every node of the model, with the graph that it is in. */
export function* walkNodes(model: Model): Iterable<GraphVisit & { readonly node: Node }> {
  for (const visit of walkGraphs(model)) {
    for (const node of visit.graph.nodes) yield { ...visit, node };
  }
}

/** A graph and all graphs nested in it. Nesting is bounded by the reader, so a call stack will do. */
function* walkFrom(
  graph: Graph,
  path: string,
  definition: FunctionDefinition | null,
): Iterable<GraphVisit> {
  yield { graph, path, definition };
  for (const node of graph.nodes) {
    for (const attribute of node.attributes) {
      if (attribute.type !== 'graph' && attribute.type !== 'graphs') continue;
      const inner = attribute.type === 'graph' ? [attribute.value] : attribute.value;
      for (const [at, subgraph] of inner.entries()) {
        const index = attribute.type === 'graph' ? '' : `[${at}]`;
        const name = node.name === '' ? node.opType : node.name;
        yield* walkFrom(subgraph, `${path}/${name}:${attribute.name}${index}`, definition);
      }
    }
  }
}
