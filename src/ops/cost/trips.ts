import type { Graph, Node } from '../../graph/index.ts';
import { isNonNegative, multiply, type Size } from '../../symbolic/index.ts';
import { ignoringInvalid } from '../engine/ignoring-invalid.ts';
import type { CostCall, Known } from '../rule.ts';

/**
 * How often a node runs the graphs that its attributes hold; null where that depends on the data.
 *
 * @param resultOf What is known of an output of such a graph.
 */
export function tripsOf(
  facts: CostCall,
  resultOf: (graph: Graph, at: number) => Known | null,
): Size | null {
  if (facts.node.domain !== '') return null;
  const { opType } = facts.node;
  if (opType === 'Loop') return ignoringInvalid(() => loopTrips(facts, resultOf));
  return opType === 'Scan' ? ignoringInvalid(() => scanTrips(facts)) : null;
}

/**
 * Whether a graph is run once, whatever the node repeats: the operators of onnxruntime that write text
 * start with one, and then run their `decoder` for each token.
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 *
 * @param attribute The name of the attribute that holds the graph.
 */
export function isRunOnce({ domain }: Node, attribute: string): boolean {
  return domain === 'com.microsoft' && ['encoder', 'init_decoder'].includes(attribute);
}

/** As often as it says, if no condition can end it before. */
function loopTrips(
  facts: CostCall,
  resultOf: (graph: Graph, at: number) => Known | null,
): Size | null {
  const condition = facts.has(1) ? facts.known(1)?.[0] : 1;
  if (condition === 0) return 0;
  const [most] = (facts.has(0) && facts.known(0)) || [];
  if (most === undefined) return null;
  if (typeof most === 'number' && most <= 0) return 0;
  const [body] = facts.node.subgraphs;
  const goesOn = body && resultOf(body, 0)?.elements?.values[0];
  return condition === 1 && goesOn === 1 && isNonNegative(most) ? most : null;
}

/** As often as the inputs are long that it goes along. */
function scanTrips(facts: CostCall): Size | null {
  const { node, opset, inputCount } = facts;
  const scanned = facts.shape(inputCount - node.int('num_scan_inputs', 1));
  if (opset < 9) {
    // Version 8 takes each sequence of a batch for itself.
    const [batch, steps] = scanned ?? [];
    return batch === undefined || steps === undefined ? null : multiply(batch, steps);
  }
  const [axis = 0] = node.ints('scan_input_axes') ?? [];
  return scanned?.at(axis) ?? null;
}
