import type { BenchmarkConfig } from '../../src/benchmark/index.ts';

/** What the command line gives where nothing is asked for. */
export function testConfig(
  modelPath: string,
  changes: Partial<BenchmarkConfig> = {},
): BenchmarkConfig {
  return {
    modelPath,
    providers: ['cpu'],
    batches: null,
    threads: null,
    concurrency: [1],
    warmup: 'auto',
    runs: null,
    durationMs: null,
    processes: null,
    maxTimeMs: null,
    dims: new Map(),
    shapes: new Map(),
    inputs: [],
    seed: 0,
    optimization: 'all',
    baseline: null,
    gates: [],
    calibrate: false,
    ...changes,
  };
}
