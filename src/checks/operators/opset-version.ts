import { messageOrigin } from '../../onnx/index.ts';
import { knownDomains } from '../../schemas/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck } from '../graph-facts.ts';

type Code = 'opset-version' | 'opset-unexpected' | 'opset-alias';

const greatest = 2 ** 31 - 1;

export const opsetVersion: GraphCheck<Code> = {
  codes: ['opset-version', 'opset-unexpected', 'opset-alias'],
  severity: 'error',
  summary: 'operator sets are imported in a version or in words that cannot be',
  run({ facts: { model }, nodes }) {
    const issues: Issue<Code>[] = [];
    const used = new Set(nodes.map(({ node }) => node.domain));
    for (const { domain, version } of model.opsets) {
      const isUnborn = version < 1 && knownDomains.includes(domain) && used.has(domain);
      if (version <= greatest && !isUnborn) continue;
      issues.push({
        code: 'opset-version',
        at: {},
        message: `${domain || 'ai.onnx'} has no version ${version}`,
        fix: 'Import the version that the nodes were made for.',
        spec: 'error',
        runtime: 'rejects',
      });
    }
    if (model.irVersion >= 1 && model.irVersion < 3 && model.opsets.length > 0) {
      issues.push({
        code: 'opset-unexpected',
        at: {},
        message: `operator sets are imported, which IR version ${model.irVersion} does not have`,
        fix: 'Write IR version 3 or later: mlkit convert --ir-version auto.',
        spec: 'error',
        runtime: 'accepts',
      });
    }
    const aliased = aliasedNode(model, nodes);
    if (aliased !== null) issues.push(aliased);
    return issues;
  },
};

/** onnx's checker takes an import of "ai.onnx" for one of "", and not the other way round. */
function aliasedNode(
  model: Parameters<typeof messageOrigin>[0],
  nodes: Parameters<GraphCheck['run']>[0]['nodes'],
): Issue<Code> | null {
  const imports = messageOrigin(model)?.messages('opset_import') ?? [];
  if (imports.some((each) => each.text('domain') === 'ai.onnx')) return null;
  for (const { node, path, definition } of nodes) {
    if (node.domain !== '' || definition !== null) continue;
    const message = messageOrigin(node);
    const isAliased = message?.text('domain') === 'ai.onnx';
    message?.release();
    if (!isAliased) continue;
    return {
      code: 'opset-alias',
      at: { graph: path, node: node.label },
      message: `${node.label} is of "ai.onnx", which is imported as ""; onnx tells the two apart here`,
      fix: 'Write the domain of the nodes as the empty text, or import "ai.onnx".',
      spec: 'error',
      runtime: 'accepts',
    };
  }
  return null;
}
