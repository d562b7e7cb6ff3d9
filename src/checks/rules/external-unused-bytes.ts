import { MlkitError } from '../../errors.ts';
import type { Check } from '../check.ts';

/** Less than this, or than this part of a file, is taken for alignment and not worth a word. */
const unusedBytesWorthTelling = 1024 * 1024;
const unusedShareWorthTelling = 0.1;

export const externalUnusedBytes: Check<'external-unused-bytes'> = {
  codes: ['external-unused-bytes'],
  severity: 'warning',
  summary: 'a large part of a data file belongs to no constant',
  run({ dataFiles }) {
    return dataFiles.flatMap(({ location, file, usedBytes }) => {
      if (file instanceof MlkitError) return [];
      const { sizeBytes } = file;
      const unused = sizeBytes - usedBytes;
      if (unused < unusedBytesWorthTelling || unused < sizeBytes * unusedShareWorthTelling) {
        return [];
      }
      return [
        {
          code: 'external-unused-bytes',
          at: {},
          message: `${unused} of the ${sizeBytes} bytes of "${location}" belong to no constant`,
          fix: 'Save the model again: the file may have been appended to.',
          spec: 'ok',
          runtime: 'accepts',
        },
      ];
    });
  },
};
