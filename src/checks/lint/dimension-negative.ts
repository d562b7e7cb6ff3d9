import type { Dimension, Graph, Value } from '../../graph/index.ts';
import type { Check } from '../check.ts';
import { nameList } from '../name-list.ts';

export const dimensionNegative: Check<'dimension-negative'> = {
  codes: ['dimension-negative'],
  severity: 'warning',
  summary: 'declared sizes below zero, which some exporters write for unknown ones',
  run({ graphs }) {
    return graphs.flatMap(({ graph, path }) => {
      const values = valuesWhere(graph, (size) => typeof size === 'number' && size < 0);
      const [first] = values;
      if (first === undefined) return [];
      return [
        {
          code: 'dimension-negative',
          at: { graph: path, value: first.name },
          message: `${nameList(values.map((each) => each.name))} ${values.length === 1 ? 'is' : 'are'} declared with sizes below zero, which tools take for unknown, for an error, or as they are`,
          fix: 'Name what varies: mlkit convert --fix gives such sizes names.',
          spec: 'ok',
          runtime: 'accepts',
        },
      ];
    });
  },
};

/** Values of a graph that declare such a size, inputs first. */
export function valuesWhere(graph: Graph, isMeant: (size: Dimension) => boolean): Value[] {
  return [...new Set([...graph.inputs, ...graph.values()])].filter(({ type }) => {
    const isTensor = type?.kind === 'tensor' || type?.kind === 'sparse-tensor';
    return isTensor && type.shape?.some(isMeant) === true;
  });
}
