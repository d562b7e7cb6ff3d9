import type { Fix, FixChange } from './fix.ts';

const name = 'keep-last-opset';

export const keepLastOpset: Fix = {
  name,
  mends: ['opset-duplicate'],
  summary: 'of an operator set that is imported more than once, keeps the last, which counts',
  run(model) {
    const last = new Map(model.opsets.map((each) => [each.domain, each]));
    if (last.size === model.opsets.length) return [];
    const changes: FixChange[] = model.opsets
      .filter((each) => last.get(each.domain) !== each)
      .map(({ domain, version }) => ({
        pass: name,
        node: null,
        action: 'removed',
        reason: `the import of ${domain || 'ai.onnx'} ${version}; a later one says ${last.get(domain)?.version ?? version}, which counts`,
      }));
    model.opsets = model.opsets.filter((each) => last.get(each.domain) === each);
    return changes;
  },
};
