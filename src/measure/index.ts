export {
  type CompareSettings,
  compareInterleaved,
  type InterleavedComparison,
  smallestChangeMs,
  type Variant,
} from './compare-interleaved.ts';
export { type InterleaveSettings, interleave } from './interleave.ts';
export {
  type ModelMeasurement,
  measureModel,
  measureTogether,
  type OpenSession,
} from './measure-model.ts';
export {
  confidenceLevel,
  medianOf,
  percentileNearestRank,
  quantileUpperBound,
  runsNeeded,
  sortedSamples,
} from './percentile.ts';
export {
  judgeRatio,
  pairedRatio,
  type RatioEstimate,
  type RatioLimit,
  unpairedRatio,
} from './ratio.ts';
export { studentTQuantile } from './student-t.ts';
export {
  type LatencySummary,
  type PercentileField,
  percentiles,
  summarizeLatency,
  type UpperBound,
} from './summarize-latency.ts';
