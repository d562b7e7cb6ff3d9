import type { Check } from '../check.ts';
import { constants } from './constants.ts';
import { dataFileUnusable } from './data-file-unusable.ts';
import { externalHardLink } from './external-hard-link.ts';
import { externalOverlap } from './external-overlap.ts';
import { externalRange } from './external-range.ts';
import { externalUnusedBytes } from './external-unused-bytes.ts';
import { fileTooLarge } from './file-too-large.ts';
import { functionMissing } from './function-missing.ts';
import { initializerInput } from './initializer-input.ts';
import { initializerUnused } from './initializer-unused.ts';
import { irVersionMissing } from './ir-version-missing.ts';
import { irVersionNewer } from './ir-version-newer.ts';
import { metadataDuplicate } from './metadata-duplicate.ts';
import { operatorCustom } from './operator-custom.ts';
import { opsetDuplicate } from './opset-duplicate.ts';
import { opsetNewer } from './opset-newer.ts';
import { outputNone } from './output-none.ts';
import { structure } from './structure.ts';

/** All checks, in the order in which their findings are reported. */
export const checks: readonly Check[] = [
  irVersionMissing,
  irVersionNewer,
  opsetDuplicate,
  opsetNewer,
  metadataDuplicate,
  fileTooLarge,
  structure,
  outputNone,
  dataFileUnusable,
  externalRange,
  externalOverlap,
  externalUnusedBytes,
  externalHardLink,
  constants,
  operatorCustom,
  functionMissing,
  initializerUnused,
  initializerInput,
];
