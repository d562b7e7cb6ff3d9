import type { Check } from '../check.ts';

export const irVersionMissing: Check<'ir-version-missing'> = {
  codes: ['ir-version-missing'],
  severity: 'error',
  summary: 'the model names no IR version',
  run({ model: { irVersion } }) {
    if (irVersion >= 1) return [];
    const message =
      irVersion === 0 ? 'the model names no IR version' : `the IR version is ${irVersion}`;
    return [{ code: 'ir-version-missing', at: {}, message, spec: 'error' }];
  },
};
