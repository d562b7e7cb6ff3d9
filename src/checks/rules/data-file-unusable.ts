import { MlkitError } from '../../errors.ts';
import type { Check } from '../check.ts';
import { constantsLie } from '../data-files.ts';

export const dataFileUnusable: Check<'external-missing' | 'external-path'> = {
  codes: ['external-missing', 'external-path'],
  severity: 'error',
  summary: 'a data file is not there, is no file, or may not be read',
  run({ dataFiles }) {
    return dataFiles.flatMap(({ file, spans }) => {
      if (!(file instanceof MlkitError)) return [];
      return [
        {
          code: file.code === 'EXTERNAL_PATH' ? 'external-path' : 'external-missing',
          at: { value: spans[0]?.constant.name ?? '' },
          message: `${file.message}; ${constantsLie(spans)} there`,
          fix: file.hint,
          spec: 'error',
          // The runtime drops what nothing reads before it looks for it.
          runtime: spans.every((each) => each.constant.role === 'unused') ? 'accepts' : 'rejects',
        },
      ];
    });
  },
};
