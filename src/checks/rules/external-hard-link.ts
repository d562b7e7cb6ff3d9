import { MlkitError } from '../../errors.ts';
import type { Check } from '../check.ts';

export const externalHardLink: Check<'external-hard-link'> = {
  codes: ['external-hard-link'],
  severity: 'warning',
  summary: 'a data file has hard links, so its bytes may belong to a file elsewhere',
  run({ dataFiles }) {
    return dataFiles.flatMap(({ location, file }) => {
      if (file instanceof MlkitError || file.links <= 1) return [];
      return [
        {
          code: 'external-hard-link',
          at: {},
          message: `"${location}" has ${file.links} hard links, so its bytes may belong to a file elsewhere; onnx refuses to read it`,
          fix: 'Replace it with a copy of its own.',
          spec: 'ok',
          runtime: 'accepts',
        },
      ];
    });
  },
};
