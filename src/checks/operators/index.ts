import type { GraphCheck } from '../graph-facts.ts';
import { attributeChoice } from './attribute-choice.ts';
import { attributeReference } from './attribute-reference.ts';
import { attributeValue } from './attribute-value.ts';
import { constantValue } from './constant-value.ts';
import {
  branchMismatch,
  contradictions,
  loadFailure,
  runFailure,
  shapeComputed,
} from './contradictions.ts';
import { dimensionClash } from './dimension-clash.ts';
import { functionArguments } from './function-arguments.ts';
import { functionCalls } from './function-calls.ts';
import { functionOpset } from './function-opset.ts';
import { functions } from './functions.ts';
import { graphName } from './graph-name.ts';
import { initializerIr } from './initializer-ir.ts';
import { kernelLayout } from './kernel-layout.ts';
import { kernelMissing } from './kernel-missing.ts';
import { nodeEmpty } from './node-empty.ts';
import { nodeAttributes, nodeParameters } from './node-schema.ts';
import { operator } from './operator.ts';
import { operatorExperimental } from './operator-experimental.ts';
import { opsetVersion } from './opset-version.ts';
import { sparse } from './sparse.ts';
import { sparseUse } from './sparse-use.ts';
import { tensorFields } from './tensor-fields.ts';
import { typeMismatch } from './type-mismatch.ts';
import { valueInfo } from './value-info.ts';

/** The checks of operators, types and shapes, in the order in which their findings are reported. */
export const operatorChecks: readonly GraphCheck[] = [
  opsetVersion,
  graphName,
  valueInfo,
  initializerIr,
  dimensionClash,
  tensorFields,
  sparse,
  functions,
  functionCalls,
  functionOpset,
  functionArguments,
  nodeEmpty,
  operator,
  operatorExperimental,
  nodeParameters,
  nodeAttributes,
  attributeValue,
  attributeChoice,
  attributeReference,
  constantValue,
  sparseUse,
  typeMismatch,
  contradictions,
  shapeComputed,
  loadFailure,
  runFailure,
  branchMismatch,
  kernelMissing,
  kernelLayout,
];
