import { type ErrorCode, MlkitError } from '../../errors.ts';
import type { Check } from '../check.ts';
import { constantsLie } from '../data-files.ts';

type Code = 'external-missing' | 'external-path' | 'external-unreadable';

const codes: Partial<Record<ErrorCode, Code>> = {
  EXTERNAL_PATH: 'external-path',
  EXTERNAL_DATA: 'external-missing',
};

export const dataFileUnusable: Check<Code> = {
  codes: ['external-missing', 'external-path', 'external-unreadable'],
  severity: 'error',
  summary: 'a data file is not there or may not be read',
  run({ dataFiles }) {
    return dataFiles.flatMap(({ file, spans }) => {
      if (!(file instanceof MlkitError)) return [];
      return [
        {
          code: codes[file.code] ?? 'external-unreadable',
          at: { value: spans[0]?.constant.name ?? '' },
          message: `${file.message}; ${constantsLie(spans)} there`,
          fix: file.hint,
          spec: 'error',
          runtime: 'rejects',
        },
      ];
    });
  },
};
