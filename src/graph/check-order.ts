import type { Finding } from '../report/index.ts';
import type { Graph } from './graph.ts';
import type { Model } from './model.ts';
import type { Node } from './node.ts';
import type { Value } from './value.ts';
import { walkGraphs } from './walk.ts';

/** A graph that is being walked. */
interface OpenGraph {
  readonly graph: Graph;
  readonly path: string;
  readonly findings: Finding[];
  /** The node that is being walked; null after the last. */
  node: Node | null;
  /** What has been reported of that node. */
  reported: Set<Value> | null;
  /** The names that it has made visible. */
  readonly defined: string[];
}

/**
 * What is read before it is produced, or never produced at all, and what subgraphs define although
 * it is defined around them; by the graph where it is wrong.
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
  const visible = new Map<string, OpenGraph>();

  const visit = (graph: Graph): void => {
    const here: OpenGraph = {
      graph,
      path: paths.get(graph) ?? '',
      findings: graphs.get(graph) ?? [],
      node: null,
      reported: null,
      defined: [],
    };
    open.set(graph, here);
    for (const value of graph.inputs) define(value, here);
    for (const value of graph.initializers) define(value, here);
    for (const node of graph.nodes) {
      here.node = node;
      here.reported = null;
      for (const value of node.inputs) if (value !== null) checkRead(value, here);
      for (const subgraph of node.subgraphs) visit(subgraph);
      for (const value of node.outputs) if (value !== null) define(value, here);
      done.add(node);
    }
    here.node = null;
    for (const value of graph.outputs) checkOutput(value, graph, here);
    open.delete(graph);
    for (const name of here.defined) visible.delete(name);
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

  /** Names become visible one by one; a subgraph may not define one that is visible already. */
  const define = (value: Value, here: OpenGraph): void => {
    const earlier = visible.get(value.name);
    if (earlier === undefined) {
      visible.set(value.name, here);
      here.defined.push(value.name);
    } else if (earlier !== here && here.node !== null) {
      here.findings.push({
        code: 'value-redefined',
        severity: 'error',
        at: { graph: here.path, node: here.node.label, value: value.name },
        message: `"${value.name}" is defined by ${here.node.label}, and in a graph around it`,
        fix: 'Give one of the two another name, and those who read it.',
        spec: 'error',
        runtime: 'rejects',
      });
    }
  };

  /** Unlike a node, a graph may not return what belongs to a graph around it. */
  const checkOutput = (value: Value, graph: Graph, here: OpenGraph): void => {
    if (value.isDefined && value.graph === graph) return;
    const where = value.isDefined ? 'no node of the graph' : 'nothing';
    here.findings.push({
      code: 'output-undefined',
      severity: 'error',
      at: { graph: here.path, value: value.name },
      message: `${where} produces the output "${value.name}"`,
      fix: value.isDefined
        ? 'Return it through an Identity node of the graph.'
        : 'Produce it, or take it off the outputs.',
      // Functions are not asked for it.
      spec: graph.kind === 'function' ? 'ok' : 'error',
      runtime: 'rejects',
    });
  };

  for (const graph of graphs.keys()) if (graph.kind !== 'subgraph') visit(graph);
  return graphs;
}

function report(at: OpenGraph, code: string, value: Value, what: string): void {
  const { node } = at;
  if (node === null || at.reported?.has(value)) return;
  at.reported ??= new Set();
  at.reported.add(value);
  const isOrder = code === 'node-order';
  at.findings.push({
    code,
    severity: 'error',
    at: { graph: at.path, node: node.label, value: value.name },
    message: `${node.label} reads "${value.name}"${isOrder ? '' : ','} ${what}`,
    fix: isOrder
      ? 'Sort the nodes, so that each comes after those that it reads from.'
      : 'Define it, or mend the name: often a node was removed or renamed.',
    spec: 'error',
    // onnxruntime sorts the main graph for itself, and no other.
    runtime: isOrder && at.graph.kind === 'main' ? 'accepts' : 'rejects',
  });
}
