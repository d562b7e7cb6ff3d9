import type { Finding } from '../report/index.ts';
import { nodesInCycles } from './check-cycles.ts';
import { checkDefinitions } from './check-definitions.ts';
import { checkOrder } from './check-order.ts';
import type { Graph } from './graph.ts';
import type { Model } from './model.ts';
import { walkGraphs } from './walk.ts';

/**
 * What is structurally wrong: names that are defined twice or never, nodes that read what comes
 * later, or wait for each other, operator sets that are not imported, outputs that nothing produces.
 * All findings, in file order. Linear in the size of the graph.
 *
 * @param builtIn Operator sets that the runtime takes in its newest version where a model imports
 *   others, and not these.
 */
export function checkStructure(
  model: Model,
  builtIn: ReadonlyMap<string, unknown> = new Map(),
): Finding[] {
  const findings: Finding[] = [];
  const ofOrder = checkOrder(model);
  if (model.opsets.length === 0) checkImports(model, findings);
  for (const { graph, path, definition } of walkGraphs(model)) {
    const imports = definition?.opsets ?? model.opsets;
    // A model without any has been reported already.
    if (definition !== null || imports.length > 0) {
      const domains = new Set(imports.map((each) => each.domain));
      for (const finding of checkDomains(graph, path, domains)) {
        const isBuiltIn = definition === null && builtIn.has(finding.domain);
        findings.push({ ...finding.finding, runtime: isBuiltIn ? 'accepts' : 'rejects' });
      }
    }
    checkDefinitions(graph, path, findings);
    const order = ofOrder.get(graph) ?? [];
    if (order.some((each) => each.code === 'node-order')) checkCycles(graph, path, findings);
    for (const finding of order) findings.push(finding);
  }
  return findings;
}

/** Before IR 3 there were no imports; nobody can say any more what such a model's nodes mean. */
function checkImports(model: Model, findings: Finding[]): void {
  if (model.irVersion < 3 && model.graph.nodeCount === 0) return;
  findings.push({
    code: 'opset-missing',
    severity: 'error',
    at: {},
    message: 'the model imports no operator set',
    fix: 'Import those that its nodes are of, in the version that it was made for; or export it again.',
    spec: 'error',
    runtime: 'rejects',
  });
}

function checkDomains(
  graph: Graph,
  path: string,
  imported: ReadonlySet<string>,
): { domain: string; finding: Finding }[] {
  const missing = new Map<string, Finding>();
  for (const { domain, label } of graph.nodes) {
    if (imported.has(domain) || missing.has(domain)) continue;
    const set = domain || 'ai.onnx';
    missing.set(domain, {
      code: 'opset-missing',
      severity: 'error',
      at: { graph: path, node: label },
      message: `${label} needs the operator set "${set}", which is not imported`,
      fix: `Import "${set}" in the version that the node was made for.`,
      spec: 'error',
    });
  }
  return [...missing].map(([domain, finding]) => ({ domain, finding }));
}

function checkCycles(graph: Graph, path: string, findings: Finding[]): void {
  const [first, ...others] = nodesInCycles(graph);
  if (first === undefined) return;
  const shown = others.slice(0, 4).map((node) => node.label);
  const more = others.length - shown.length;
  const names = [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const message =
    others.length === 0
      ? `${first.label} waits for its own output`
      : `nodes wait for each other, so that none can run: ${first.label}, ${names}`;
  findings.push({
    code: 'graph-cycle',
    severity: 'error',
    at: { graph: path, node: first.label },
    message,
    fix: 'Cut the cycle: what must come round again belongs in a Loop or Scan.',
    spec: 'error',
    runtime: 'rejects',
  });
}
