import type { Call, OperatorRule } from '../rule.ts';
import { movement, perInputElement } from '../sizes.ts';
import { contribRule } from './contrib-rule.ts';
import { shapeOf } from './shape-agreement.ts';

/**
 * Small operators of onnxruntime that belong to no family. Those that ONNX also has are with them.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */

function inferHash(call: Call): void {
  call.setTensor(0, call.shape(0), call.node.int('positive', 1) === 1 ? 'uint32' : 'int32');
}

/** Operations of the hash on each word of 4 bytes, and to finish. */
const hashFlops = 10;

export const contribBasicRules: readonly OperatorRule[] = [
  contribRule(['MurmurHash3'], inferHash, perInputElement(hashFlops, 'other')),
  contribRule(['IsAllFinite'], (call) => call.setTensor(0, [], 'bool'), perInputElement(1)),
  contribRule(['SampleOp'], shapeOf(), movement),
];
