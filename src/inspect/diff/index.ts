export type { WeightServices as DiffServices } from './compare-weights.ts';
export { diffModels } from './diff-models.ts';
export type { DiffReport, Equivalence } from './report.ts';
