import { countBySeverity, type Document, type Finding, keyValues } from '../report/index.ts';
import type { FixReport } from './fix-model.ts';
import { presentConversion } from './present.ts';

/** What mending a model came to, for a person to read. */
export function presentFix(report: FixReport): Document {
  const changes = report.changes.map((each) =>
    each.action === 'blocked' ? { ...each, reason: `not mended: ${each.reason}` } : each,
  );
  const conversion = presentConversion({ ...report, changes });
  const counts = keyValues([
    ['findings before', countsText(report.findingsBefore)],
    ['findings now', countsText(report.findings)],
  ]);
  return { ...conversion, blocks: [...conversion.blocks, counts] };
}

function countsText(findings: readonly Finding[]): string {
  const { error, warning, info } = countBySeverity(findings);
  const text = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  return `${text(error, 'error')}, ${text(warning, 'warning')}, ${info} for information`;
}
