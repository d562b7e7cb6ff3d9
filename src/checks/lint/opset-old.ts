import { type Model, walkNodes } from '../../graph/index.ts';
import type { Check, Issue } from '../check.ts';
import { operatorList } from './operator-list.ts';

/** The oldest version of ai.onnx that onnxruntime promises to run. */
const firstPromised = 7;
/** From this version on Softmax and its like work along one axis. */
const firstAlongAxis = 13;
const flattening: ReadonlySet<string> = new Set(['Hardmax', 'LogSoftmax', 'Softmax']);

export const opsetOld: Check<'opset-old'> = {
  codes: ['opset-old'],
  severity: 'info',
  summary: 'an old version of ai.onnx, whose operators mean something else than today',
  run({ model }) {
    const version = model.opset('');
    if (version === undefined || version >= firstAlongAxis) return [];
    const message = whatDiffers(model, version);
    if (message === null) return [];
    const issue: Issue<'opset-old'> = {
      code: 'opset-old',
      at: {},
      message,
      fix: 'Read the specification of that version, not of the newest, or export with a newer one.',
      spec: 'ok',
      runtime: 'accepts',
    };
    return [issue];
  },
};

function whatDiffers(model: Model, version: number): string | null {
  if (version < firstPromised) {
    return `ai.onnx ${version} is older than version ${firstPromised}, the oldest that onnxruntime promises to run`;
  }
  const nodes = [...walkNodes(model)]
    .filter(({ node, definition }) => {
      return definition === null && node.domain === '' && flattening.has(node.opType);
    })
    .map(({ node }) => node);
  if (nodes.length === 0) return null;
  return `in ai.onnx ${version}, ${operatorList(nodes)} flatten all axes from theirs on into one; from version ${firstAlongAxis} on they work along one axis, the last by default`;
}
