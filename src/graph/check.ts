import type { Finding } from '../report/index.ts';
import type { Graph } from './graph.ts';
import type { Model } from './model.ts';
import type { Node } from './node.ts';
import type { Value } from './value.ts';
import { walkGraphs } from './walk.ts';

/**
 * What is structurally wrong: names that are defined twice or never, nodes that read what comes
 * later, operator sets that are not imported, outputs that nothing produces. All findings, in file
 * order. Linear in the size of the graph.
 */
export function checkStructure(model: Model): Finding[] {
  const findings: Finding[] = [];
  for (const { graph, path, definition } of walkGraphs(model)) {
    const imported = new Set((definition?.opsets ?? model.opsets).map((each) => each.domain));
    // Before IR 3 there were no imports.
    if (model.irVersion >= 3) checkDomains(graph, path, imported, findings);
    checkDefinitions(graph, path, findings);
    checkOrder(graph, path, findings);
  }
  return findings;
}

function checkDomains(
  graph: Graph,
  path: string,
  imported: ReadonlySet<string>,
  findings: Finding[],
): void {
  const missing = new Set<string>();
  for (const node of graph.nodes) {
    if (imported.has(node.domain) || missing.has(node.domain)) continue;
    missing.add(node.domain);
    findings.push({
      code: 'opset-missing',
      severity: 'error',
      at: { graph: path, node: node.label },
      message: `${node.label} needs the operator set "${node.domain || 'ai.onnx'}", which is not imported`,
    });
  }
}

function checkDefinitions(graph: Graph, path: string, findings: Finding[]): void {
  const seen = new Map<string, string>();
  const define = (value: Value, by: string, node?: Node): void => {
    const earlier = seen.get(value.name);
    const isInputDefault = earlier === 'an input' && by === 'an initializer';
    if (earlier !== undefined && !isInputDefault) {
      findings.push({
        code: 'value-redefined',
        severity: 'error',
        at: { graph: path, value: value.name, ...(node && { node: node.label }) },
        message: `"${value.name}" is defined by ${earlier} and again by ${by}`,
      });
      return;
    }
    seen.set(value.name, by);
  };
  for (const value of graph.inputs) define(value, 'an input');
  for (const value of graph.initializers) define(value, 'an initializer');
  for (const node of graph.nodes) {
    for (const value of node.outputs) if (value !== null) define(value, node.label, node);
  }
  const names = new Set<string>();
  for (const node of graph.nodes) {
    if (node.name === '') continue;
    if (names.has(node.name)) {
      findings.push({
        code: 'node-name-duplicate',
        severity: 'error',
        at: { graph: path, node: node.label },
        message: `two nodes are named "${node.name}"`,
      });
    }
    names.add(node.name);
  }
  for (const value of graph.outputs) {
    if (value.isDefined) continue;
    findings.push({
      code: 'output-undefined',
      severity: 'error',
      at: { graph: path, value: value.name },
      message: `nothing produces the output "${value.name}"`,
    });
  }
}

/** Every input must be defined before it is read: earlier in this graph, or around it. */
function checkOrder(graph: Graph, path: string, findings: Finding[]): void {
  const done = new Set<Node>();
  for (const node of graph.nodes) {
    for (const value of readsOf(node)) {
      if (!value.isDefined) {
        findings.push({
          code: 'value-undefined',
          severity: 'error',
          at: { graph: path, node: node.label, value: value.name },
          message: `${node.label} reads "${value.name}", which nothing defines`,
        });
      } else if (value.graph === graph && value.producer !== null && !done.has(value.producer)) {
        findings.push({
          code: 'node-order',
          severity: 'error',
          at: { graph: path, node: node.label, value: value.name },
          message: `${node.label} reads "${value.name}" before ${value.producer.label} has produced it`,
        });
      }
    }
    done.add(node);
  }
}

/** Values that a node reads: its inputs, and what its subgraphs capture from outside themselves. */
function readsOf(node: Node): Set<Value> {
  const reads = new Set<Value>();
  for (const value of node.inputs) if (value !== null) reads.add(value);
  const visit = (graph: Graph, inside: ReadonlySet<Graph>): void => {
    const here = new Set([...inside, graph]);
    const capture = (value: Value | null): void => {
      // A name that nothing defines is reported where it is read, inside the subgraph.
      if (value !== null && value.isDefined && !here.has(value.graph)) reads.add(value);
    };
    for (const inner of graph.nodes) {
      for (const value of inner.inputs) capture(value);
      for (const subgraph of inner.subgraphs) visit(subgraph, here);
    }
    for (const value of graph.outputs) capture(value);
  };
  for (const subgraph of node.subgraphs) visit(subgraph, new Set());
  return reads;
}
