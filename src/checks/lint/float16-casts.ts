import type { GraphCheck } from '../graph-facts.ts';
import { kernelAnswers } from './kernel-answers.ts';
import { counted, operatorList } from './operator-list.ts';

export const float16Casts: GraphCheck<'float16-casts'> = {
  codes: ['float16-casts'],
  severity: 'warning',
  summary: 'float16 operators that the CPU computes in float32, with conversions around them',
  run(facts) {
    const nodes = kernelAnswers(facts)
      .filter(({ answer }) => answer === 'with-casts')
      .map(({ placed }) => placed.node);
    const [first] = nodes;
    if (first === undefined) return [];
    return [
      {
        code: 'float16-casts',
        at: { node: first.label },
        message: `on the CPU, onnxruntime computes ${counted(nodes.length, 'float16 node')} in float32 and puts Cast nodes around: ${operatorList(nodes)}`,
        fix: 'For the CPU, export in float32: it is faster there, and gives the same or better digits.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};
