import { MlkitError } from '../errors.ts';
import type { ProcessSamples } from './run-benchmark.ts';

const formats = {
  /** One line a run. */
  csv: (samples: readonly ProcessSamples[]): string => {
    const lines = ['provider,batch,threads,concurrency,round,session,run,ms'];
    for (const { samplesMs, ...each } of samples) {
      const { provider, batch, threads, concurrency, round, session } = each;
      const head = [provider, batch, threads, concurrency, round, session].join(',');
      for (const [run, ms] of samplesMs.entries()) lines.push(`${head},${run},${ms}`);
    }
    return `${lines.join('\n')}\n`;
  },
  json: (samples: readonly ProcessSamples[]): string => {
    const plain = samples.map((each) => ({ ...each, samplesMs: Array.from(each.samplesMs) }));
    return `${JSON.stringify({ schema: 1, kind: 'benchmark-samples', processes: plain })}\n`;
  },
};

export type SamplesFormat = keyof typeof formats;

/**
 * The format of a file of samples, by its extension.
 *
 * @throws MlkitError USAGE for any but `.csv` and `.json`.
 */
export function samplesFormat(file: string): SamplesFormat {
  const extension = /\.(csv|json)$/i.exec(file)?.[1]?.toLowerCase();
  if (extension === 'csv' || extension === 'json') return extension;
  throw new MlkitError('USAGE', `--samples-out ${file}: the extension must be .csv or .json`);
}

/** Every single sample, as text. */
export function samplesText(samples: readonly ProcessSamples[], format: SamplesFormat): string {
  return formats[format](samples);
}
