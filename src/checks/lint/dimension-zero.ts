import type { Check } from '../check.ts';
import { nameList } from '../name-list.ts';

export const dimensionZero: Check<'dimension-zero'> = {
  codes: ['dimension-zero'],
  severity: 'warning',
  summary: 'inputs that are declared empty, so that only empty tensors fit',
  run({ model }) {
    const empty = model.graph.inputs.filter(
      ({ type, initializer }) =>
        initializer === null && type?.kind === 'tensor' && type.shape?.includes(0) === true,
    );
    const [first] = empty;
    if (first === undefined) return [];
    return [
      {
        code: 'dimension-zero',
        at: { graph: 'main', value: first.name },
        message: `the ${empty.length === 1 ? 'input' : 'inputs'} ${nameList(empty.map((each) => each.name))} ${empty.length === 1 ? 'is' : 'are'} declared with a size of 0, so that onnxruntime takes empty tensors and no others`,
        fix: 'Name what varies: mlkit convert --fix gives such sizes names.',
        spec: 'ok',
        // Fed what fits, it runs.
        runtime: 'accepts',
      },
    ];
  },
};
