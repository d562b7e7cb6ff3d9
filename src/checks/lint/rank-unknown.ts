import type { Value } from '../../graph/index.ts';
import type { GraphCheck } from '../graph-facts.ts';
import { nameList } from '../name-list.ts';
import { counted } from './operator-list.ts';

export const rankUnknown: GraphCheck<'rank-unknown'> = {
  codes: ['rank-unknown'],
  severity: 'info',
  summary: 'tensors of which not even the rank is known',
  run({ facts, nodes, inference }) {
    const unknown: { readonly value: Value; readonly path: string }[] = [];
    const isUnknown = (value: Value): boolean => {
      const type = inference.typeOf(value);
      return type === null || (type.kind === 'tensor' && type.shape === null);
    };
    for (const value of facts.model.graph.inputs) {
      if (isUnknown(value)) unknown.push({ value, path: 'main' });
    }
    for (const { node, definition, path } of nodes) {
      if (definition !== null) continue;
      for (const value of node.outputs) {
        if (value !== null && value.uses.size > 0 && isUnknown(value)) {
          unknown.push({ value, path });
        }
      }
    }
    const [first] = unknown;
    if (first === undefined) return [];
    const operators = [...inference.unknownOperators.keys()];
    const because = operators.length === 0 ? '' : `; nothing is known of ${nameList(operators)}`;
    return [
      {
        code: 'rank-unknown',
        at: { graph: first.path, value: first.value.name },
        message: `not even the rank is known of ${counted(unknown.length, 'value')}, the first being "${first.value.name}"${because}`,
        fix: 'Declare the shapes of inputs, and of what operators give that only you know.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};
