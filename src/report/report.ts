import { readFileSync } from 'node:fs';
import type { Finding } from './finding.ts';

export interface ToolInfo {
  readonly name: string;
  readonly version: string;
}

/** The answer of a gate: `inconclusive` when the data cannot decide. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** `failed`: the answer is no. `error`: it could not be tried. `skipped`: the data cannot decide. */
export type TestOutcome = 'passed' | 'failed' | 'error' | 'skipped';

/** What a gate's answer is as that of a test; null is no answer. */
export function outcomeOf(verdict: Verdict | null): TestOutcome {
  if (verdict === 'pass') return 'passed';
  return verdict === 'fail' ? 'failed' : 'skipped';
}

/** What every report says of the model it is about; commands add fields. */
export interface ModelInfo {
  readonly path: string;
  /** Of the file itself, external data not counted. */
  readonly sizeBytes: number;
  readonly [more: string]: unknown;
}

/**
 * What every report has; each command's report extends it with its own `kind` and fields. Field
 * names are a contract with scripts: add freely, rename nothing, put the unit in the name.
 */
export interface ReportBase {
  readonly schema: 1;
  /** The command that made it. */
  readonly kind: string;
  readonly tool: ToolInfo;
  readonly model?: ModelInfo;
  /** Every setting that had an effect, defaults included. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly verdict?: Verdict;
  /** What is wrong with the model, or remarkable about it. */
  readonly findings?: readonly Finding[];
}

interface PackageFacts extends ToolInfo {
  readonly homepage?: string;
}

let cachedFacts: PackageFacts | undefined;

/** The name and version of this package, read once from its package.json. */
export function toolInfo(): ToolInfo {
  const { name, version } = packageFacts();
  return { name, version };
}

/** Where this package is described, if its package.json says. */
export function toolHomepage(): string | undefined {
  return packageFacts().homepage;
}

function packageFacts(): PackageFacts {
  if (cachedFacts === undefined) {
    // Two levels up is the package root from both src/report and dist/report.
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    cachedFacts = JSON.parse(text) as PackageFacts;
  }
  return cachedFacts;
}
