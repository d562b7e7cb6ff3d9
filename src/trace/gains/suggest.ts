import type { Decibels } from './runs.ts';
import type { Unit } from './units.ts';

/** A unit, and the SQNR when it alone stays in float. */
export interface MeasuredUnit {
  readonly unit: Unit;
  readonly sqnr: Decibels;
  /** Of the output that is judged. */
  readonly sqnrDb: number;
}

export interface SuggestSettings {
  /** Best first. */
  readonly measured: readonly MeasuredUnit[];
  /** Of the judged output with everything quantized. */
  readonly startDb: number;
  /** Whether the outputs are good enough; null: they are from the start, so there is no such end. */
  readonly passes: ((sqnr: Decibels) => boolean) | null;
  /** The SQNR with several units in float, and that of the judged output. */
  readonly measure: (units: ReadonlySet<Unit>) => Promise<{ sqnr: Decibels; sqnrDb: number }>;
}

/** Nodes that are suggested together. */
const mostTogether = 10;

/** Units that stay in float together, and the SQNR of the judged output then. */
export interface Suggested {
  readonly units: readonly Unit[];
  readonly sqnrDb: number;
}

/** What a node must add to the others, in dB, to be worth staying in float. */
const leastGainDb = 0.5;

/**
 * Adds the units that win most alone, one by one, and measures what they win together, until the
 * outputs are good enough, or two in a row add less than half a dB, or there are ten. Not all of them:
 * nothing would be quantized then; and of a model that is good enough as it is, no more than half.
 *
 * @returns Those up to the last that was worth it, and the SQNR with all of them; null: none is.
 */
export async function suggestUnits({
  measured,
  startDb,
  passes,
  measure,
}: SuggestSettings): Promise<Suggested | null> {
  const chosen: Unit[] = [];
  const half = Math.floor(measured.length / 2);
  const most = Math.min(mostTogether, passes === null ? half : measured.length - 1);
  let best: Suggested | null = null;
  let lastDb = startDb;
  let misses = 0;
  for (const each of measured) {
    if (chosen.length >= most || misses > 1 || each.sqnrDb <= startDb) break;
    const together = chosen.length === 0 ? each : await measure(new Set([...chosen, each.unit]));
    const gainDb = differenceDb(together.sqnrDb, lastDb);
    misses = gainDb >= leastGainDb ? 0 : misses + 1;
    if (gainDb < 0) continue;
    chosen.push(each.unit);
    lastDb = together.sqnrDb;
    const isEnough = passes?.(together.sqnr) ?? lastDb === Number.POSITIVE_INFINITY;
    if (misses === 0 || isEnough) best = { units: [...chosen], sqnrDb: lastDb };
    if (isEnough) break;
  }
  return best;
}

/** The second taken from the first; 0 where both are infinite. */
export function differenceDb(one: number, other: number): number {
  return one === other ? 0 : one - other;
}
