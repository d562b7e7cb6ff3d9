import { graphOrigin } from '../../onnx/index.ts';
import type { Check } from '../check.ts';
import { nameList } from '../name-list.ts';

export const valueInfoUnused: Check<'value-info-unused'> = {
  codes: ['value-info-unused'],
  severity: 'info',
  summary: 'types of values that are not in the graph',
  run({ graphs }) {
    return graphs.flatMap(({ graph, path }) => {
      const names = (graphOrigin(graph)?.valueInfos ?? [])
        .filter((entry) => entry.value === null)
        .map((entry) => entry.message.text('name'))
        // A subgraph may describe what it captures.
        .filter((name) => graph.resolve(name) === undefined);
      if (names.length === 0) return [];
      return [
        {
          code: 'value-info-unused',
          at: { graph: path },
          message: `value_info describes ${nameList(names)}, and there is no such value`,
          fix: 'Drop what is left over from an earlier state of the graph: mlkit convert --fix.',
          spec: 'ok',
          runtime: 'accepts',
        },
      ];
    });
  },
};
