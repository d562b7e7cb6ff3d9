import type { Finding } from '../../report/index.ts';
import { tolerated, type ValueCheck } from './value-check.ts';

export const checksum: ValueCheck = {
  codes: ['external-checksum'],
  summary: 'a data file that has not the checksum which the model states',
  run({ fileDigests }) {
    return fileDigests.flatMap(({ location, stated, actual }) => {
      const wrong = [...stated].find(([each]) => each !== actual);
      if (wrong === undefined) return [];
      const [expected, name] = wrong;
      const finding: Finding = {
        code: 'external-checksum',
        severity: 'error',
        at: { value: name },
        message: `"${location}" has the SHA-1 checksum ${actual}, and the model states ${JSON.stringify(expected)} for the data of "${name}"`,
        fix: 'The data file is damaged or belongs to another model: fetch it again. Runtimes load it unchecked.',
        ...tolerated,
      };
      return [finding];
    });
  },
};
