import { type Constant, sharedConstants } from '../../checks/index.ts';
import { type Model, walkNodes } from '../../graph/index.ts';
import { describeConstant, describeNode, type TypeOf, ValueDescriptions } from '../describe.ts';
import type { NodeReport, TensorReport } from '../item-report.ts';
import { ConstantSubject, NodeSubject } from './facts.ts';
import { matches } from './matches.ts';
import type { Selection } from './selection.ts';

/** What an expression selects. */
export interface SelectReport {
  readonly expression: string;
  /** In file order; bodies of functions and subgraphs included. */
  readonly nodes: readonly NodeReport[];
  /** In file order. */
  readonly constants: readonly TensorReport[];
  /** Nodes and constants that were looked at. */
  readonly total: { readonly nodes: number; readonly constants: number };
}

/**
 * The nodes and constants of a model that an expression selects. No weights are read.
 *
 * @param constants Those of the model, as `ModelFacts` finds them.
 * @param typeOf Types that follow from the graph. Without it, only those count that the file declares.
 */
export function selectFrom(
  model: Model,
  constants: readonly Constant[],
  selection: Selection,
  typeOf: TypeOf | null = null,
): SelectReport {
  const { expression, text } = selection;
  const described = new ValueDescriptions(typeOf);
  const nodes: NodeReport[] = [];
  let count = 0;
  for (const { node, path } of walkNodes(model)) {
    count += 1;
    const inputs = described.of(node.inputs);
    const outputs = described.of(node.outputs);
    const isSelected = matches(expression, new NodeSubject(node, path, inputs, outputs));
    if (isSelected) nodes.push(describeNode(node, path, inputs, outputs));
  }
  const shared = sharedConstants(constants);
  return {
    expression: text,
    nodes,
    constants: constants
      .filter((each) => matches(expression, new ConstantSubject(each)))
      .map((each) => describeConstant(each, shared.get(each))),
    total: { nodes: count, constants: constants.length },
  };
}
