import { cpuKernelVersion } from '../../schemas/index.ts';
import type { GraphCheck } from '../graph-facts.ts';
import { groupBy, labelList } from './node-list.ts';
import { placeOf } from './verdict.ts';

const recurrent: ReadonlySet<string> = new Set(['RNN', 'GRU', 'LSTM']);

export const kernelLayout: GraphCheck<'kernel-layout'> = {
  codes: ['kernel-layout'],
  severity: 'warning',
  summary: 'recurrent nodes that take the batch first, which onnxruntime cannot on the CPU',
  run({ nodes }) {
    const found = groupBy(nodes, ({ node, isReached }) => {
      if (!isReached || node.domain !== '' || !recurrent.has(node.opType)) return null;
      const layout = node.attribute('layout');
      return layout?.type === 'int' && layout.value !== 0n ? node.opType : null;
    });
    return found.map(([opType, group]) => ({
      code: 'kernel-layout',
      at: placeOf(group[0]),
      message: `onnxruntime ${cpuKernelVersion} runs ${opType} on the CPU only with layout 0, the sequence first: ${labelList(group)}`,
      fix: 'Export the model with layout 0, and Transposes around it.',
      spec: 'ok',
      runtime: 'rejects',
    }));
  },
};
