import { formatRatio, outcomeOf, type TestCase } from '../report/index.ts';
import { configurationText } from './config.ts';
import { gateText } from './present-comparison.ts';
import type { BenchmarkReport, BenchmarkResult } from './report.ts';

const msPerSecond = 1000;

/** A test for each configuration, which takes as long as its median run, and one for each of its gates. */
export function benchmarkCases({ model, results }: BenchmarkReport): TestCase[] {
  const subject = model.path.replaceAll('\\', '/');
  return [
    ...results.map((result) => latencyCase(`${subject}: latency`, result)),
    ...results.flatMap((result) => gateCases(`${subject}: gates`, result)),
  ];
}

function latencyCase(suite: string, result: BenchmarkResult): TestCase {
  const { p50Ms } = result.latency;
  return {
    suite,
    name: configurationText(result),
    outcome: 'passed',
    ...(p50Ms !== null && { timeSeconds: p50Ms / msPerSecond }),
  };
}

function gateCases(suite: string, { comparison }: BenchmarkResult): TestCase[] {
  if (comparison === undefined) return [];
  const where = configurationText(comparison.configuration);
  return comparison.gates.map((gate): TestCase => {
    const outcome = outcomeOf(gate.verdict);
    const name = `${gate.metric} at most ${formatRatio(gate.limit)} of the baseline, ${where}`;
    const told = gateText(gate);
    return {
      suite,
      name,
      outcome,
      ...(outcome === 'passed' ? { output: told } : { message: told }),
    };
  });
}
