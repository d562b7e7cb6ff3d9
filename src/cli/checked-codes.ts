import { checks } from '../checks/index.ts';
import type { CheckedCode } from '../report/index.ts';

/** Every code that a check of a model can come to, for formats that list what was looked for. */
export function checkedCodes(): CheckedCode[] {
  return checks.flatMap(({ codes, summary }) =>
    codes.map((code): CheckedCode => ({ code, summary })),
  );
}
