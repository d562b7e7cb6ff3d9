import { executionOrder, type Model, readsOf, type Value } from '../graph/index.ts';

/**
 * The values of the main graph that depend on the model's inputs. The others are constants, or made
 * of constants alone.
 */
export function computedValues({ graph }: Model): ReadonlySet<Value> {
  const computed = new Set<Value>();
  for (const input of graph.inputs) {
    if (input.initializer === null && input.sparseInitializer === null) computed.add(input);
  }
  for (const node of executionOrder(graph)) {
    if (!readsOf(node, graph).some((value) => computed.has(value))) continue;
    for (const output of node.outputs) if (output !== null) computed.add(output);
  }
  return computed;
}
