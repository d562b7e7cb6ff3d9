import { readFileSync } from 'node:fs';
import { fromFileError, MlkitError } from '../errors.ts';
import { limits, statFile } from '../onnx/index.ts';
import { type Configuration, configurationText, isSameConfiguration } from './config.ts';
import type { Environment } from './environment.ts';
import type { BenchmarkReport, BenchmarkResult } from './report.ts';

/** An earlier report, as far as a comparison needs it. */
export interface StoredBaseline {
  readonly path: string;
  readonly environment: Environment;
  readonly optimization: unknown;
  readonly results: readonly BenchmarkResult[];
}

/**
 * Reads the JSON report of an earlier `mlkit benchmark`.
 *
 * @throws MlkitError FILE_* when it cannot be read, INPUT_DATA when it is something else, empty or huge.
 */
export function readStoredBaseline(path: string): StoredBaseline {
  const doing = 'cannot read the baseline';
  const refuse = (what: string, cause?: unknown): MlkitError =>
    new MlkitError('INPUT_DATA', `the baseline ${path} ${what}`, {
      hint: 'Make one with: mlkit benchmark MODEL --json > baseline.json',
      cause,
    });
  const { size } = statFile(path, doing);
  if (size > limits.textBytes) throw refuse(`has ${size} bytes, too many for a report`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fromFileError(doing, path, error);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw refuse('is no JSON', error);
  }
  const report = (parsed ?? {}) as Partial<BenchmarkReport>;
  if (report.kind !== 'benchmark') throw refuse('is no report of mlkit benchmark');
  const { environment, results = [], config } = report;
  const isWhole =
    environment !== undefined && Array.isArray(results) && results.every(hasProcesses);
  if (!isWhole) throw refuse('lacks its environment or its processes');
  if (results.length === 0) throw refuse('has no results');
  return { path, environment, optimization: config?.['optimization'], results };
}

function hasProcesses(result: Partial<BenchmarkResult>): boolean {
  const { processes } = result;
  return (
    Array.isArray(processes) &&
    processes.length > 0 &&
    processes.every(({ p50Ms, round }) => typeof round === 'number' && p50Ms > 0)
  );
}

/**
 * The result of the same configuration.
 *
 * @throws MlkitError INPUT_DATA when there is none: a comparison with nothing must not pass.
 */
export function storedResult(
  baseline: StoredBaseline,
  configuration: Configuration,
): BenchmarkResult {
  const found = baseline.results.find((result) => isSameConfiguration(result, configuration));
  if (found !== undefined) return found;
  const known = baseline.results.map(configurationText).join('; ');
  throw new MlkitError(
    'INPUT_DATA',
    `the baseline ${baseline.path} has no result for ${configurationText(configuration)}`,
    { hint: `It has: ${known}. Measure the same, or make a new baseline.` },
  );
}
