import type { Check, Issue } from '../check.ts';

export const opsetDuplicate: Check<'opset-duplicate'> = {
  codes: ['opset-duplicate'],
  severity: 'warning',
  summary: 'an operator set is imported twice; the last counts',
  run({ model }) {
    const issues: Issue<'opset-duplicate'>[] = [];
    const seen = new Map<string, number>();
    for (const { domain, version } of model.opsets) {
      const earlier = seen.get(domain);
      if (earlier === undefined) {
        seen.set(domain, version);
        continue;
      }
      const versions =
        earlier === version ? `version ${version} twice` : `${earlier} and ${version}`;
      issues.push({
        code: 'opset-duplicate',
        at: {},
        message: `the operator set ${domain || 'ai.onnx'} is imported more than once: ${versions}`,
        fix: 'Keep one of them: the last is the one that counts.',
        spec: 'ok',
        runtime: 'accepts',
      });
    }
    return issues;
  },
};
