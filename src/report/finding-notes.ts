import { type Block, note, textBlock } from './document.ts';
import { type Finding, findingText, type Severity } from './finding.ts';
import { formatInteger } from './units.ts';

/** Worst first. */
const severities: readonly Severity[] = ['error', 'warning', 'info'];

/**
 * Findings as notes, which are never cut however narrow the terminal: worst first, otherwise in
 * their order.
 *
 * @param most How many to show.
 * @param where What lists the rest, such as `--json lists all`.
 */
export function findingNotes(findings: readonly Finding[], most: number, where: string): Block[] {
  const ordered = severities.flatMap((severity) =>
    findings.filter((each) => each.severity === severity),
  );
  const notes: Block[] = ordered
    .slice(0, most)
    .map((each) => note(each.severity, `${findingText(each)} (${truths(each)})`));
  const more = ordered.length - notes.length;
  return more > 0 ? [...notes, textBlock(`and ${formatInteger(more)} more (${where})`)] : notes;
}

/** The code, and by whose rule it is a fault. */
function truths({ code, spec, runtime }: Finding): string {
  const parts = [code];
  if (spec === 'error') parts.push('against the specification');
  if (runtime === 'rejects') parts.push('onnxruntime does not load it');
  if (runtime === 'fails') parts.push('fails when run');
  return parts.join('; ');
}
