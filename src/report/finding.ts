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
  if (at.node !== undefined) parts.push(`node "${at.node}"`);
  if (at.value !== undefined) parts.push(`value "${at.value}"`);
  const inside = at.graph === undefined || at.graph === '' ? '' : at.graph;
  if (inside === '') return parts.length === 0 ? 'model' : parts.join(', ');
  return parts.length === 0 ? `graph ${inside}` : `${inside}: ${parts.join(', ')}`;
}
