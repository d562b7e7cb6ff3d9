import type { Check } from '../check.ts';
import { alignmentOf, pageBytes } from '../data-files.ts';
import { counted } from './operator-list.ts';

export const externalUnaligned: Check<'external-unaligned'> = {
  codes: ['external-unaligned'],
  severity: 'info',
  summary: 'large constants in a data file at places that memory maps cannot begin at',
  run({ dataFiles }) {
    return dataFiles.flatMap((use) => {
      const { location } = use;
      const { large, unaligned } = alignmentOf(use);
      const [first] = unaligned;
      if (first === undefined) return [];
      const verb = unaligned.length === 1 ? 'begins' : 'begin';
      return [
        {
          code: 'external-unaligned',
          at: { graph: first.constant.graph, value: first.constant.name },
          message: `${unaligned.length} of ${counted(large.length, 'constant')} of 1 MiB and more in "${location}" ${verb} at no multiple of ${pageBytes}, the first being "${first.constant.name}" at ${first.offset}: loading may have to copy them`,
          fix: 'Write the data file again: mlkit convert --external FILE.',
          spec: 'ok',
          runtime: 'accepts',
        },
      ];
    });
  },
};
