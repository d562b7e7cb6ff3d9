import type { GraphCheck } from '../graph-facts.ts';
import { placeOf } from './verdict.ts';

export const constantValue: GraphCheck<'constant-value'> = {
  codes: ['constant-value'],
  severity: 'error',
  summary: 'a Constant node has no value, or more than one',
  run({ nodes }) {
    return nodes.flatMap((placed) => {
      const { node, schema, isReached } = placed;
      // Before version 11 there was one attribute, which every Constant must have.
      if (schema?.domain !== '' || schema.name !== 'Constant' || schema.since < 11) return [];
      const values = node.attributes.filter(({ name }) => schema.attributes.has(name));
      if (values.length === 1) return [];
      const names = values.map((each) => each.name).join(', ');
      return [
        {
          code: 'constant-value',
          at: placeOf(placed),
          message:
            values.length === 0
              ? `${node.label} has no value`
              : `${node.label} has ${values.length} values: ${names}`,
          fix: 'Give it one of value, sparse_value, value_float, value_int and so on.',
          spec: 'error',
          // It takes the first attribute, whatever it is.
          runtime: node.attributes.length === 0 && isReached ? 'rejects' : 'accepts',
        },
      ];
    });
  },
};
