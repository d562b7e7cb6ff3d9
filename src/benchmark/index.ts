export {
  type BenchmarkConfig,
  type Configuration,
  type Gate,
  type GateMetric,
} from './config.ts';
export type { Environment } from './environment.ts';
export type { BenchmarkProgress, BenchmarkServices } from './measure-lanes.ts';
export { presentBenchmark } from './present.ts';
export type {
  BenchmarkReport,
  BenchmarkResult,
  BenchmarkWarning,
  Calibration,
  ColdStartReport,
  Comparison,
  GateResult,
  InputReport,
  MemoryReport,
  NoiseReport,
  ProcessReport,
  ThroughputReport,
} from './report.ts';
export { type BenchmarkOutcome, benchmark, type ProcessSamples } from './run-benchmark.ts';
export { type SamplesFormat, samplesFormat, samplesText } from './samples.ts';
export { benchmarkCases } from './test-cases.ts';
