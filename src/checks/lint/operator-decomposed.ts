import type { GraphCheck } from '../graph-facts.ts';
import { kernelAnswers } from './kernel-answers.ts';
import { operatorList } from './operator-list.ts';

export const operatorDecomposed: GraphCheck<'operator-decomposed'> = {
  codes: ['operator-decomposed'],
  severity: 'info',
  summary: 'operators without a kernel of their own, which run as several others',
  run(facts) {
    const nodes = kernelAnswers(facts)
      .filter(({ answer }) => answer === 'function')
      .map(({ placed }) => placed.node);
    const [first] = nodes;
    if (first === undefined) return [];
    return [
      {
        code: 'operator-decomposed',
        at: { node: first.label },
        message: `on the CPU, onnxruntime has no kernel for ${operatorList(nodes)} and runs the operators in its place that the specification defines it by`,
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};
