import type { GraphCheck } from '../graph-facts.ts';
import { isExperimental, placeOf } from './verdict.ts';

export const nodeEmpty: GraphCheck<'node-empty'> = {
  codes: ['node-empty'],
  severity: 'error',
  summary: 'a node that names no operator, or neither reads nor makes anything',
  run({ nodes }) {
    return nodes.flatMap((placed) => {
      const { node, isReached } = placed;
      const isUnnamed = node.opType === '';
      const isIdle = node.inputs.length === 0 && node.outputs.length === 0;
      if ((!isUnnamed && !isIdle) || isExperimental(placed)) return [];
      return [
        {
          code: 'node-empty',
          at: placeOf(placed),
          message: isUnnamed
            ? `the node ${node.name === '' ? placed.path : `"${node.name}"`} names no operator`
            : `${node.label} has neither inputs nor outputs`,
          fix: 'Remove it, or export the model again.',
          spec: 'error',
          runtime: isUnnamed && isReached ? 'rejects' : 'accepts',
        },
      ];
    });
  },
};
