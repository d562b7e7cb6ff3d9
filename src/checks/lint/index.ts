import type { Check } from '../check.ts';
import type { GraphCheck } from '../graph-facts.ts';
import { constantNodeLarge } from './constant-node-large.ts';
import { dimensionDynamic } from './dimension-dynamic.ts';
import { dimensionNegative } from './dimension-negative.ts';
import { dimensionZero } from './dimension-zero.ts';
import { externalKeyUnknown } from './external-key-unknown.ts';
import { externalUnaligned } from './external-unaligned.ts';
import { float16Casts } from './float16-casts.ts';
import { functionUnused } from './function-unused.ts';
import { inputUnused } from './input-unused.ts';
import { noOp } from './no-op.ts';
import { nodeDead } from './node-dead.ts';
import { operatorDecomposed } from './operator-decomposed.ts';
import { operatorRandom } from './operator-random.ts';
import { opsetOld } from './opset-old.ts';
import { outputAlias } from './output-alias.ts';
import { outputDuplicate } from './output-duplicate.ts';
import { quantizationMismatch } from './quantization-mismatch.ts';
import { quantizationScale } from './quantization-scale.ts';
import { quantizationUnpaired } from './quantization-unpaired.ts';
import { rankUnknown } from './rank-unknown.ts';
import { shapeDataDependent } from './shape-data-dependent.ts';
import { shapeVague } from './shape-vague.ts';
import { tensorTypedFields } from './tensor-typed-fields.ts';
import { valueInfoUnused } from './value-info-unused.ts';

/** Advice that needs the structure of the model alone, in the order in which it is given. */
export const lintChecks: readonly Check[] = [
  dimensionNegative,
  dimensionZero,
  outputDuplicate,
  nodeDead,
  functionUnused,
  externalKeyUnknown,
  inputUnused,
  outputAlias,
  valueInfoUnused,
  constantNodeLarge,
  tensorTypedFields,
  externalUnaligned,
  quantizationUnpaired,
  quantizationMismatch,
  dimensionDynamic,
  shapeDataDependent,
  operatorRandom,
];

/** Advice that needs schemas, or types and shapes, in the order in which it is given. */
export const lintGraphChecks: readonly GraphCheck[] = [
  quantizationScale,
  opsetOld,
  float16Casts,
  operatorDecomposed,
  noOp,
  shapeVague,
  rankUnknown,
];
