export { type ActivationMemory, measureActivations } from './cost/activation-memory.ts';
export { costOf } from './cost/cost-of.ts';
export {
  type BranchWork,
  type ModelWork,
  measureWork,
  type NodeWork,
  type Work,
} from './cost/model-cost.ts';
export type { Contradiction, ContradictionKind } from './engine/contradiction.ts';
export { declaredType, dimensionOf } from './engine/convert-type.ts';
export type { Frame } from './engine/frame.ts';
export type { InferenceSettings, InferenceView } from './engine/infer.ts';
export { type Inference, inferTypes } from './infer-types.ts';
export type { CostCall, CostClass, NodeCost, OperatorRule } from './rule.ts';
export { findRule } from './rules/index.ts';
export type { Element, Elements, InferredType, Sizes, TensorType } from './types.ts';
