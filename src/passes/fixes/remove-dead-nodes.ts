import { type Model, type Node, walkNodes } from '../../graph/index.ts';
import { runtimeLimits } from '../../runtime/index.ts';
import type { Fix, FixChange } from './fix.ts';

const name = 'remove-dead-nodes';

export const removeDeadNodes: Fix = {
  name,
  mends: ['node-dead'],
  // Where names are not as they should be, what seems unread may be what was meant.
  unless: ['output-undefined', 'value-redefined', 'value-undefined'],
  summary: 'removes nodes that no output depends on',
  run(model) {
    const changes: FixChange[] = [];
    // Last first, so that what a node read is seen after it is gone; again for graphs out of order.
    for (let dead = findDead(model); dead.length > 0; dead = findDead(model)) {
      for (const node of dead) {
        if (!isUnread(node) || !node.attached) continue;
        const { label } = node;
        node.graph.removeNode(node);
        changes.push({ pass: name, node: label, action: 'removed', reason: 'nothing reads it' });
      }
    }
    return changes.toReversed();
  },
};

/** Nodes that may be unread, and at least one that is; empty when none is. */
function findDead(model: Model): readonly Node[] {
  const nodes = [...walkNodes(model)].map(({ node }) => node).filter(isPure);
  return nodes.some(isUnread) ? nodes.toReversed() : [];
}

/** Operators of ONNX and onnxruntime only compute; those of others may print, log or store. */
function isPure(node: Node): boolean {
  return runtimeLimits.opsets.has(node.domain);
}

function isUnread({ outputs }: Node): boolean {
  return outputs.every((value) => value === null || value.uses.size === 0);
}
