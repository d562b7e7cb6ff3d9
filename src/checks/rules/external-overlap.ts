import { MlkitError } from '../../errors.ts';
import type { Check } from '../check.ts';

export const externalOverlap: Check<'external-overlap'> = {
  codes: ['external-overlap'],
  severity: 'warning',
  summary: 'constants overlap in a data file without being in the same place',
  run({ dataFiles }) {
    return dataFiles
      .filter(({ file, overlapBytes }) => !(file instanceof MlkitError) && overlapBytes > 0)
      .map(({ location, overlapBytes }) => ({
        code: 'external-overlap',
        at: {},
        message: `${overlapBytes} bytes of "${location}" belong to more than one constant that do not start and end together`,
        fix: 'Look whether the offsets are right; if constants shall share bytes, save the model again.',
        spec: 'ok',
        runtime: 'accepts',
      }));
  },
};
