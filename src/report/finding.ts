/**
 * A fact about a model that somebody should know. Findings are returned and collected; text for a
 * person is made from them afterwards. A bad model is a finding, not an exception.
 */

/** How much a finding matters: `error` fails a check, `warning` does not, `info` only tells. */
export type Severity = 'error' | 'warning' | 'info';

/** Where in the model a finding points. Every part is optional; all absent means the whole model. */
export interface FindingLocation {
  /** The graph, as a path from the main graph: `''` or absent is the main graph itself. */
  readonly graph?: string;
  readonly node?: string;
  readonly value?: string;
}

export interface Finding {
  /** Stable and documented, such as `node-output-duplicate`. */
  readonly code: string;
  readonly severity: Severity;
  readonly at: FindingLocation;
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
  /** Where it is explained: a URL, or a page of the documentation such as `docs/findings.md#code`. */
  readonly help?: string;
  /** What the ONNX specification says of it. */
  readonly spec?: 'error' | 'ok';
  /** What onnxruntime does with it. */
  readonly runtime?: 'rejects' | 'accepts' | 'fails';
}

/** How many findings there are of each severity. */
export function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  for (const finding of findings) counts[finding.severity] += 1;
  return counts;
}

/** A location as one short text, such as `main/then: node "conv_1", value "y"`; `model` if empty. */
export function locationText(at: FindingLocation): string {
  const parts: string[] = [];
  // Labels such as `Conv "conv1"` have their quotes.
  if (at.node !== undefined) {
    parts.push(at.node.includes('"') ? `node ${at.node}` : `node "${at.node}"`);
  }
  if (at.value !== undefined) parts.push(`value "${at.value}"`);
  const inside = at.graph === undefined || at.graph === '' ? '' : at.graph;
  if (inside === '') return parts.length === 0 ? 'model' : parts.join(', ');
  return parts.length === 0 ? `graph ${inside}` : `${inside}: ${parts.join(', ')}`;
}

/** Where, what, and what to do about it, on one line; of the place, what the message does not name. */
export function findingText({ at, message, fix }: Finding): string {
  const { graph, node, value } = at;
  const where = locationText({
    ...(graph !== undefined && graph !== 'main' && { graph }),
    ...(node !== undefined && !message.includes(node) && { node }),
    ...(value !== undefined && !message.includes(value) && { value }),
  });
  const start = where === locationText({}) ? '' : `${where}: `;
  const end = fix === undefined || /[.!?]$/.test(message) ? '' : '.';
  return `${start}${message}${end}${fix === undefined ? '' : ` ${fix}`}`;
}
