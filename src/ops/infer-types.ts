import type { Model, Node, Value } from '../graph/index.ts';
import { findSchema } from '../schemas/index.ts';
import type { Contradiction } from './engine/contradiction.ts';
import type { Frame } from './engine/frame.ts';
import { InferenceRun, type InferenceSettings } from './engine/infer.ts';
import { KnownNode } from './engine/node-facts.ts';
import type { CostCall } from './rule.ts';
import type { Elements, InferredType } from './types.ts';

/** What follows from a model about its values. */
export interface Inference {
  /** What is known of the main graph and its subgraphs; calls of functions hang below it. */
  readonly main: Frame;
  /** All that cannot be, in the order in which the model runs. */
  readonly contradictions: readonly Contradiction[];
  /** Operators that nothing is known of, and how many nodes have them. */
  readonly unknownOperators: ReadonlyMap<string, number>;
  /** False when functions or loops go on beyond what is followed. */
  readonly isComplete: boolean;
  /** The type of a value, of the main graph unless a frame is given; null: nothing is known. */
  typeOf(value: Value, frame?: Frame): InferredType | null;
  /** What is known of the elements of a small tensor, constants included. */
  elementsOf(value: Value, frame?: Frame): Elements | null;
  /** What is known of a node, its attributes as they are in that frame. */
  nodeFacts(node: Node, frame?: Frame): CostCall;
}

/**
 * Finds out the types and shapes of all values, through subgraphs and functions, and the elements of
 * small tensors that shapes are made of. Sizes stay symbolic where the model's are, and are reckoned
 * with: `2*seq + 1` stays one size.
 *
 * No weights are read but small constants that shapes depend on. A contradiction is a result, not an
 * error, and inference goes on with what follows from the graph. An operator that is not known costs
 * only its own outputs. Linear in the number of nodes, and of calls of functions.
 */
export function inferTypes(model: Model, settings: InferenceSettings = {}): Inference {
  const run = new InferenceRun(model, settings);
  run.run();
  const { main } = run;
  return {
    main,
    contradictions: run.contradictions,
    unknownOperators: run.unknownOperators,
    isComplete: run.isComplete,
    typeOf: (value, frame = main) => run.typeOf(value, frame),
    elementsOf: (value, frame = main) => run.elementsOf(value, frame),
    nodeFacts(node, frame = main) {
      const resolved = frame.resolve(node);
      const opset = frame.opsets.get(node.domain);
      const schema = opset === undefined ? null : findSchema(node.domain, node.opType, opset);
      return new KnownNode(resolved, schema, frame, run);
    },
  };
}
