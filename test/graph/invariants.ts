import { type Graph, type Model, type Use, type Value, walkGraphs } from '../../src/graph/index.ts';

/**
 * What must hold of every model after any edit, counted here from the nodes and outputs alone and
 * held against the uses, producers, links and names that the library keeps. Returns what is wrong.
 */
export function brokenInvariants(model: Model): string[] {
  const wrong: string[] = [];
  const expected = new Map<Value, string[]>();
  const owned = new Set<Value>();
  for (const { graph, path } of walkGraphs(model)) {
    wrong.push(...brokenLinks(graph).map((each) => `${path}: ${each}`));
    for (const value of graph.values()) owned.add(value);
    wrong.push(...brokenValues(graph).map((each) => `${path}: ${each}`));
    for (const node of graph.nodes) {
      for (const [index, value] of node.inputs.entries()) {
        if (value !== null) append(expected, value, `input ${index} of ${node.name}`);
      }
      for (const [index, value] of node.outputs.entries()) {
        if (value === null) continue;
        if (value.producer !== node || value.producerIndex !== index || value.graph !== graph) {
          wrong.push(`${path}: output ${index} of ${node.name} is not its own`);
        }
      }
    }
    for (const [index, value] of graph.outputs.entries()) {
      append(expected, value, `output ${index} of graph ${path}`);
    }
  }
  const paths = new Map([...walkGraphs(model)].map(({ graph, path }) => [graph, path]));
  const describe = (use: Use): string =>
    use.kind === 'input'
      ? `input ${use.index} of ${use.node.name}`
      : `output ${use.index} of graph ${paths.get(use.graph) ?? 'gone'}`;
  for (const value of new Set([...owned, ...expected.keys()])) {
    const counted = (expected.get(value) ?? []).toSorted().join(', ');
    const kept = [...value.uses].map(describe).toSorted().join(', ');
    if (counted !== kept) wrong.push(`"${value.name}" is read by [${counted}], not by [${kept}]`);
    if (!owned.has(value)) wrong.push(`"${value.name}" is read and belongs to no graph`);
  }
  return wrong;
}

function brokenLinks(graph: Graph): string[] {
  const { nodes } = graph;
  const wrong: string[] = [];
  if (graph.nodeCount !== nodes.length) wrong.push(`nodeCount is ${graph.nodeCount}`);
  for (const [at, node] of nodes.entries()) {
    if (node.previous !== (nodes[at - 1] ?? null)) wrong.push(`${node.name}: wrong previous`);
    if (node.next !== (nodes[at + 1] ?? null)) wrong.push(`${node.name}: wrong next`);
    if (!node.attached || node.graph !== graph) wrong.push(`${node.name} is not attached`);
  }
  return wrong;
}

function brokenValues(graph: Graph): string[] {
  const wrong: string[] = [];
  const inputs = new Set(graph.inputs);
  const initializers = new Set(graph.initializers);
  for (const value of graph.values()) {
    const { name, producer } = value;
    if (graph.value(name) !== value) wrong.push(`"${name}" does not resolve to itself`);
    if (graph.parent?.resolve(name) !== undefined) wrong.push(`"${name}" hides an outer value`);
    if (!graph.model.names.has(name)) wrong.push(`"${name}" is not reserved`);
    if (value.isInput !== inputs.has(value)) wrong.push(`"${name}" is wrong about being an input`);
    const isConstant = value.initializer !== null || value.sparseInitializer !== null;
    if (isConstant !== initializers.has(value)) wrong.push(`"${name}" is no initializer`);
    if (producer !== null && (value.isInput || isConstant))
      wrong.push(`"${name}" is defined twice`);
    if (producer !== null && producer.outputs[value.producerIndex] !== value) {
      wrong.push(`"${name}" has a wrong producer`);
    }
    if (producer !== null && !producer.attached) wrong.push(`"${name}" has a removed producer`);
  }
  return wrong;
}

function append(map: Map<Value, string[]>, value: Value, text: string): void {
  const list = map.get(value);
  if (list === undefined) map.set(value, [text]);
  else list.push(text);
}
