import type { GraphCheck } from '../graph-facts.ts';
import { groupBy, labelList } from './node-list.ts';
import { isExperimental, placeOf } from './verdict.ts';

/** The first version of ai.onnx in which onnxruntime has none of them. */
const goneSince = 10;

/** Those that it knows before that and has kernels for. */
const inRuntime: ReadonlySet<string> = new Set([
  'Affine',
  'Crop',
  'DynamicSlice',
  'ImageScaler',
  'ParametricSoftplus',
  'Scale',
  'ScaledTanh',
]);

export const operatorExperimental: GraphCheck<'operator-experimental'> = {
  codes: ['operator-experimental'],
  severity: 'warning',
  summary: 'operators that ONNX took back before they were released',
  run({ nodes }) {
    const found = groupBy(nodes, (placed) => (isExperimental(placed) ? placed.node.opType : null));
    return found.map(([opType, group]) => {
      const runs = group.every(
        ({ opset = 1, isReached }) => !isReached || (opset < goneSince && inRuntime.has(opType)),
      );
      return {
        code: 'operator-experimental',
        at: placeOf(group[0]),
        message: `${opType} was an experiment that ONNX took back (${labelList(group)})`,
        fix: 'Export the model again with a newer exporter, which writes released operators.',
        spec: 'ok',
        runtime: runs ? 'accepts' : 'rejects',
      };
    });
  },
};
