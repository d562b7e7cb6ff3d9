import type { Verdict } from '../../report/index.ts';
import type { MatrixCell } from './report.ts';

/** One reason why cells do not pass. */
export interface MatrixReason {
  readonly verdict: Verdict;
  /** The cells that it holds for and the reason: `cuda, 1 thread; cuda, 2 threads: ...` */
  readonly text: string;
}

/** Why cells do not pass, each reason once; failures first. */
export function cellReasons(cells: readonly MatrixCell[]): MatrixReason[] {
  return (['fail', 'inconclusive'] as const).flatMap((verdict) => {
    const names = new Map<string, string[]>();
    for (const cell of cells.filter((each) => each.verdict === verdict)) {
      for (const reason of cell.reasons) {
        names.set(reason, [...(names.get(reason) ?? []), cell.name]);
      }
    }
    return [...names].map(([reason, of]) => ({ verdict, text: `${of.join('; ')}: ${reason}` }));
  });
}
