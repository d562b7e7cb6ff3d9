import type { Accuracy, ClassRecall, Confusion } from './report.ts';

const mostClasses = 20;
const mostConfusions = 5;

/** How each class fared, the worst under test first. */
export function byClass(
  labels: readonly string[],
  reference: readonly boolean[],
  candidate: readonly boolean[] | null,
): Pick<Accuracy, 'classCount' | 'classes'> {
  const counts = new Map<string, { rows: number; reference: number; candidate: number }>();
  for (const [row, right] of reference.entries()) {
    const label = labels[row] ?? '';
    const count = counts.get(label) ?? { rows: 0, reference: 0, candidate: 0 };
    counts.set(label, count);
    count.rows += 1;
    if (right) count.reference += 1;
    if (candidate?.[row] === true) count.candidate += 1;
  }
  const tested = ({ reference, candidate }: ClassRecall): number => candidate ?? reference;
  const classes = [...counts]
    .map(
      ([label, count]): ClassRecall => ({
        label,
        rows: count.rows,
        reference: count.reference / count.rows,
        candidate: candidate === null ? null : count.candidate / count.rows,
      }),
    )
    .toSorted((a, b) => tested(a) - tested(b) || byLabel(a.label, b.label));
  return { classCount: classes.length, classes: classes.slice(0, mostClasses) };
}

/** The most frequent mistakes. Rows without a class (NaN) are none. */
export function confusionsOf(
  labels: readonly string[],
  predicted: readonly (string | null)[],
): Confusion[] {
  const found = new Map<string, Map<string, number>>();
  for (const [row, name] of predicted.entries()) {
    const label = labels[row] ?? '';
    if (name === null || name === label) continue;
    const others = found.get(label) ?? new Map<string, number>();
    found.set(label, others.set(name, (others.get(name) ?? 0) + 1));
  }
  return [...found]
    .flatMap(([label, others]) =>
      [...others].map(
        ([predictedAs, rows]): Confusion => ({ label, predicted: predictedAs, rows }),
      ),
    )
    .toSorted(
      (a, b) => b.rows - a.rows || byLabel(a.label, b.label) || byLabel(a.predicted, b.predicted),
    )
    .slice(0, mostConfusions);
}

/** Numbers by their size, texts by their letters, the same in every locale. */
function byLabel(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (!Number.isNaN(difference)) return difference;
  return a < b ? -1 : a > b ? 1 : 0;
}
