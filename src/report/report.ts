import { readFileSync } from 'node:fs';

export interface ToolInfo {
  readonly name: string;
  readonly version: string;
}

/** The answer of a gate: `inconclusive` when the data cannot decide. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

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
}

let cachedTool: ToolInfo | undefined;

/** The name and version of this package, read once from its package.json. */
export function toolInfo(): ToolInfo {
  if (cachedTool === undefined) {
    // Two levels up is the package root from both src/report and dist/report.
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { name, version } = JSON.parse(text) as ToolInfo;
    cachedTool = { name, version };
  }
  return cachedTool;
}
