import { MlkitError } from '../../errors.ts';
import type { Check } from '../check.ts';
import { constantsLie, spansBeyond } from '../data-files.ts';

export const externalRange: Check<'external-range'> = {
  codes: ['external-range'],
  severity: 'error',
  summary: 'a constant lies beyond the end of its data file',
  run({ dataFiles }) {
    return dataFiles.flatMap((each) => {
      const { location, file } = each;
      const beyond = spansBeyond(each);
      const [first] = beyond;
      if (first === undefined || file instanceof MlkitError) return [];
      const { constant, offset, bytes } = first;
      return [
        {
          code: 'external-range',
          at: { value: constant.name },
          message: `"${location}" ends at byte ${file.sizeBytes}, and ${constantsLie(beyond)} beyond: the first, "${constant.name}", at bytes ${offset} to ${offset + bytes}`,
          fix: 'The data file is cut off or belongs to another model: fetch it again.',
          // onnx looks where data files are, and not into them.
          spec: 'ok',
          runtime: beyond.every((each) => each.constant.role === 'unused') ? 'accepts' : 'rejects',
        },
      ];
    });
  },
};
