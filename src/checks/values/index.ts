import { allEqual } from './all-equal.ts';
import { checksum } from './checksum.ts';
import { duplicates } from './duplicates.ts';
import { fitInt32 } from './fit-int32.ts';
import { float16Range } from './float16-range.ts';
import { notFinite } from './not-finite.ts';
import { unreadable } from './unreadable.ts';
import type { ValueCheck } from './value-check.ts';

/** What can be wrong with weights, or remarkable about them, in the order in which it is told. */
export const valueChecks: readonly ValueCheck[] = [
  notFinite,
  unreadable,
  checksum,
  duplicates,
  float16Range,
  allEqual,
  fitInt32,
];
