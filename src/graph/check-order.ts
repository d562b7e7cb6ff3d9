import type { Finding } from '../report/index.ts';
import type { Graph } from './graph.ts';
import type { Model } from './model.ts';
import type { Node } from './node.ts';
import type { Value } from './value.ts';
import { walkGraphs } from './walk.ts';

/** A graph that is being walked. */
interface OpenGraph {
  readonly path: string;
  readonly findings: Finding[];
  /** The node that is being walked; null after the last. */
  node: Node | null;
  /** What has been reported of that node. */
  reported: Set<Value> | null;
}

/**
 * What is read before it is produced, or never produced at all, by the graph where it is wrong.
 *
 * Graphs are walked in the order in which they run, subgraphs where their node stands; so a value of
 * any graph around is there exactly when its producer has been left. A capture that comes too early
 * is reported of the node, beside the late producer, whose subgraph it is in. Linear in the size of
 * the model, however deep its graphs are nested.
 */
export function checkOrder(model: Model): Map<Graph, Finding[]> {
  const graphs = new Map<Graph, Finding[]>();
  const paths = new Map<Graph, string>();
  for (const { graph, path } of walkGraphs(model)) {
    paths.set(graph, path);
    graphs.set(graph, []);
  }
  const open = new Map<Graph, OpenGraph>();
  const done = new Set<Node>();

  const visit = (graph: Graph): void => {
    const here: OpenGraph = {
      path: paths.get(graph) ?? '',
      findings: graphs.get(graph) ?? [],
      node: null,
      reported: null,
    };
    open.set(graph, here);
    for (const node of graph.nodes) {
      here.node = node;
      here.reported = null;
      for (const value of node.inputs) if (value !== null) checkRead(value, here);
      for (const subgraph of node.subgraphs) visit(subgraph);
      done.add(node);
    }
    here.node = null;
    for (const value of graph.outputs) checkOutput(value, graph, here);
    open.delete(graph);
  };

  const checkRead = (value: Value, reader: OpenGraph): void => {
    const home = open.get(value.graph);
    if (!value.isDefined) report(reader, 'value-undefined', value, 'which nothing defines');
    else if (home === undefined) {
      report(reader, 'value-undefined', value, 'which belongs to a graph that is not around it');
    } else if (value.producer !== null && !done.has(value.producer)) {
      const { label } = value.producer;
      report(home, 'node-order', value, `before ${label} has produced it`);
    }
  };

  const checkOutput = (value: Value, graph: Graph, here: OpenGraph): void => {
    if (value.isDefined && value.graph !== graph && open.has(value.graph)) checkRead(value, here);
    else if (!value.isDefined || value.graph !== graph) {
      here.findings.push({
        code: 'output-undefined',
        severity: 'error',
        at: { graph: here.path, value: value.name },
        message: `nothing produces the output "${value.name}"`,
      });
    }
  };

  for (const graph of graphs.keys()) if (graph.kind !== 'subgraph') visit(graph);
  return graphs;
}

function report(at: OpenGraph, code: string, value: Value, what: string): void {
  const { node } = at;
  if (node === null || at.reported?.has(value)) return;
  at.reported ??= new Set();
  at.reported.add(value);
  const comma = code === 'node-order' ? '' : ',';
  at.findings.push({
    code,
    severity: 'error',
    at: { graph: at.path, node: node.label, value: value.name },
    message: `${node.label} reads "${value.name}"${comma} ${what}`,
  });
}
