import { loadCheckList } from '../checks/index.ts';
import type { CheckedCode, ReportBase } from '../report/index.ts';
import type { CheckOptions } from './options.ts';

/** What a check that has been done was asked for, and came to. */
export interface DoneCheck extends CheckOptions {
  /** Whether weights were read for their statistics. */
  readonly stats?: boolean;
  readonly report: ReportBase & { readonly check?: { readonly runtime: string } };
}

/** Every code that such a check can come to, for formats that list what was looked for. */
export async function checkedCodes(done: DoneCheck): Promise<CheckedCode[]> {
  const { weights, stats, runtime, target, report } = done;
  const { listChecks } = await loadCheckList();
  const read = stats === true ? 'statistics' : 'none';
  return listChecks({
    // A runtime that could not be asked has found nothing out.
    runtime: runtime && report.check?.runtime !== 'unknown',
    values: weights ? 'all' : read,
    target,
  });
}
