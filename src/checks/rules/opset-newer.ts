import { runtimeLimits } from '../../runtime/index.ts';
import type { Check } from '../check.ts';

export const opsetNewer: Check<'opset-newer'> = {
  codes: ['opset-newer'],
  severity: 'warning',
  summary: 'an operator set is newer than onnxruntime knows',
  run({ model: { opsets } }) {
    // Of a domain that is named twice, the last counts.
    const versions = new Map(opsets.map((each) => [each.domain, each.version]));
    return [...versions].toReversed().flatMap(([domain, version]) => {
      const newest = runtimeLimits.opsets.get(domain);
      if (newest === undefined || version <= newest) return [];
      return [
        {
          code: 'opset-newer',
          at: {},
          message: `version ${version} of ${domain || 'ai.onnx'} is newer than onnxruntime ${runtimeLimits.version} knows, which is ${newest}`,
          fix: `Export it with version ${newest} or older.`,
          spec: 'ok',
          runtime: 'rejects',
        },
      ];
    });
  },
};
