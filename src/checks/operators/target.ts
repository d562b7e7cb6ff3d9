import type { RuntimeRelease } from '../../schemas/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck } from '../graph-facts.ts';

type Code = 'target-opset' | 'target-ir-version';

/**
 * What a release of the runtime other than the one here minds: versions that are newer than it. The
 * verdict on the runtime stays that of the one here.
 */
export function targetChecks({ version, irVersion, opsets }: RuntimeRelease): GraphCheck<Code>[] {
  const target: GraphCheck<Code> = {
    codes: ['target-opset', 'target-ir-version'],
    severity: 'error',
    summary: 'the model is newer than the runtime that it is meant for',
    run({ facts: { model } }) {
      const issues: Issue<Code>[] = [];
      if (model.irVersion > irVersion) {
        issues.push({
          code: 'target-ir-version',
          at: {},
          message: `IR version ${model.irVersion} is newer than onnxruntime ${version} loads, which is ${irVersion}`,
          fix: `Write IR version ${irVersion}, if the model allows it: mlkit convert --ir-version ${irVersion}.`,
          spec: 'ok',
        });
      }
      const versions = new Map(model.opsets.map((each) => [each.domain, each.version]));
      for (const [domain, newest] of Object.entries(opsets)) {
        const imported = versions.get(domain) ?? 0;
        if (imported <= newest) continue;
        issues.push({
          code: 'target-opset',
          at: {},
          message: `version ${imported} of ${domain || 'ai.onnx'} is newer than onnxruntime ${version} knows, which is ${newest}`,
          fix: `Export the model with version ${newest} or older.`,
          spec: 'ok',
        });
      }
      return issues;
    },
  };
  return [target];
}
