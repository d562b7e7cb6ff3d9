import { runtimeLimits } from '../../runtime/index.ts';
import type { Check } from '../check.ts';

/** Of ONNX 1.23. */
const newestKnown = 14;

export const irVersionNewer: Check<'ir-version-newer'> = {
  codes: ['ir-version-newer'],
  severity: 'warning',
  summary: 'the IR version is newer than onnxruntime loads',
  run({ model }) {
    const { irVersion, version } = runtimeLimits;
    if (model.irVersion <= irVersion) return [];
    return [
      {
        code: 'ir-version-newer',
        at: {},
        message: `IR version ${model.irVersion} is newer than onnxruntime ${version} loads, which is ${irVersion}`,
        fix: `Export it with IR version ${irVersion} or older.`,
        spec: model.irVersion > newestKnown ? 'error' : 'ok',
        runtime: 'rejects',
      },
    ];
  },
};
