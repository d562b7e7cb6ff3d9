import type { Finding, Severity } from '../report/index.ts';

/** Findings of one code that are told one by one; a file of nonsense can have one for each name. */
const mostOfOneCode = 100;

/** Collects findings; of one code only so many, and then how many more there are. */
export class FindingList {
  readonly #findings: Finding[] = [];
  readonly #counts = new Map<string, { severity: Severity; count: number }>();

  /**
   * @param value Name of the tensor or entry that it is about.
   */
  add(severity: Severity, code: string, message: string, value?: string, fix?: string): void {
    const known = this.#counts.get(code) ?? { severity, count: 0 };
    known.count += 1;
    this.#counts.set(code, known);
    if (known.count > mostOfOneCode) return;
    this.#findings.push({
      code,
      severity,
      at: value === undefined ? {} : { value },
      message,
      ...(fix !== undefined && { fix }),
    });
  }

  /** Adds a finding about the whole file, unless there is one of its code. */
  once(severity: Severity, code: string, message: string, fix?: string): void {
    if (!this.#counts.has(code)) this.add(severity, code, message, undefined, fix);
  }

  toArray(): Finding[] {
    const more = [...this.#counts].filter(([, { count }]) => count > mostOfOneCode);
    return [
      ...this.#findings,
      ...more.map(([code, { severity, count }]): Finding => {
        const message = `${count - mostOfOneCode} more findings of the code ${code}`;
        return { code, severity, at: {}, message };
      }),
    ];
  }
}
