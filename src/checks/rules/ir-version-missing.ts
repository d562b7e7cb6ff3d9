import { messageOrigin } from '../../onnx/index.ts';
import type { Check } from '../check.ts';

export const irVersionMissing: Check<'ir-version-missing'> = {
  codes: ['ir-version-missing'],
  severity: 'error',
  summary: 'the model names no IR version',
  run({ model }) {
    const { irVersion } = model;
    if (irVersion >= 1) return [];
    const isWritten = messageOrigin(model)?.has('ir_version') ?? false;
    return [
      {
        code: 'ir-version-missing',
        at: {},
        message: isWritten ? `the IR version is ${irVersion}` : 'the model names no IR version',
        fix: 'Write the one that goes with its operator sets: mlkit convert --ir-version auto.',
        spec: 'error',
        runtime: isWritten ? 'accepts' : 'rejects',
      },
    ];
  },
};
