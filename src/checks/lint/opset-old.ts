import type { Node } from '../../graph/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck, GraphFacts } from '../graph-facts.ts';
import { counted, operatorList } from './operator-list.ts';

/** The oldest version of ai.onnx that onnxruntime promises to run. */
const firstPromised = 7;
/** From this version on Softmax and its like work along one axis. */
const firstAlongAxis = 13;
const flattening: ReadonlySet<string> = new Set(['Hardmax', 'LogSoftmax', 'Softmax']);

export const opsetOld: GraphCheck<'opset-old'> = {
  codes: ['opset-old'],
  severity: 'info',
  summary: 'an old version of ai.onnx, whose operators mean something else than today',
  run(facts) {
    const version = facts.facts.model.opset('');
    if (version === undefined || version >= firstAlongAxis) return [];
    const message = whatDiffers(facts, version);
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

function whatDiffers(facts: GraphFacts, version: number): string | null {
  if (version < firstPromised) {
    return `ai.onnx ${version} is older than version ${firstPromised}, the oldest that onnxruntime promises to run`;
  }
  const nodes = facts.nodes
    .filter(({ node, definition }) => {
      return definition === null && node.domain === '' && flattening.has(node.opType);
    })
    .map(({ node }) => node)
    .filter((node) => flattens(node, facts));
  if (nodes.length === 0) return null;
  return `in ai.onnx ${version}, ${counted(nodes.length, 'node')} (${operatorList(nodes)}) take all axes from theirs on together; from version ${firstAlongAxis} on these operators work along one axis`;
}

/** Along the last axis both mean the same. */
function flattens(node: Node, { inference }: GraphFacts): boolean {
  const rank = inference.nodeFacts(node).shape(0)?.length;
  const attribute = node.attribute('axis');
  const axis = attribute?.type === 'int' ? Number(attribute.value) : 1;
  return rank === undefined || (axis !== -1 && axis !== rank - 1);
}
