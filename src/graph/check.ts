import type { Finding } from '../report/index.ts';
import { checkOrder } from './check-order.ts';
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
  const ofOrder = checkOrder(model);
  for (const { graph, path, definition } of walkGraphs(model)) {
    const imported = new Set((definition?.opsets ?? model.opsets).map((each) => each.domain));
    // Before IR 3 there were no imports.
    if (model.irVersion >= 3) checkDomains(graph, path, imported, findings);
    checkDefinitions(graph, path, findings);
    for (const finding of ofOrder.get(graph) ?? []) findings.push(finding);
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
        // ONNX lets names of nodes repeat; onnxruntime does not.
        spec: 'ok',
        runtime: 'rejects',
      });
    }
    names.add(node.name);
  }
}
