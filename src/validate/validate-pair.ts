import { compareModels, type ParityResult } from '../parity/index.ts';
import type { Feeds } from '../runtime/index.ts';
import type { ValidateConfig, ValidateServices } from './config.ts';
import { Scorer } from './score.ts';
import { sessionSettings } from './session-settings.ts';

/** What both are run with. */
export interface PairData {
  readonly feeds: Iterable<Feeds>;
  /** Rows of real data in all; 0 where the feeds are random. */
  readonly rows: number;
  /** How many feeds there may be. */
  readonly total: number;
  /** Rows of each feed; where there is none, a feed is one row. */
  readonly rowsPerFeed: readonly number[];
}

export interface PairOutcome {
  readonly parity: ParityResult;
  /** With labels: how each did. */
  readonly scorers: { readonly reference: Scorer; readonly candidate: Scorer } | null;
}

/** Runs reference and candidate on the planned feeds, and scores both where there are labels. */
export async function validatePair(
  candidate: string,
  data: PairData,
  labels: readonly string[] | null,
  config: ValidateConfig,
  services: ValidateServices,
): Promise<PairOutcome> {
  const settings = sessionSettings(config);
  const scorers =
    labels === null ? null : { reference: new Scorer(labels), candidate: new Scorer(labels) };
  const parity = await compareModels({
    reference: { path: config.reference, settings },
    candidate: { path: candidate, settings },
    feeds: data.feeds,
    total: data.total,
    profile: config.profile,
    overrides: config.overrides,
    match: config.match,
    castIo: config.castIo,
    classGates: data.rows > 0,
    ...(services.signal && { signal: services.signal }),
    ...(services.onProgress && { onProgress: services.onProgress }),
    onSample: (index, sample) => {
      const rows = data.rowsPerFeed[index] ?? 1;
      scorers?.reference.add(sample.reference, rows);
      scorers?.candidate.add(sample.candidate, rows);
    },
  });
  return { parity, scorers };
}
