import { kernels } from './generated/cpu-kernels.ts';
import { parseTypeSets } from './type-set.ts';

/** One kernel of the CPU provider: what versions and types of an operator it is for. */
export interface Kernel {
  readonly since: number;
  /** The last version; null where only `since` itself is sure, as no later one was looked at. */
  readonly until: number | null;
  /** By type parameter, or by the name of an input or output. */
  readonly types: ReadonlyMap<string, ReadonlySet<string>>;
}

let index: ReadonlyMap<string, string> | null = null;
const parsed = new Map<string, readonly Kernel[]>();

/**
 * The kernels of an operator in the CPU provider, [] where there are none.
 *
 * Format of the table: after a line `:domain` an operator a line, its name and its kernels parted
 * by tabs, each `since-until|types` with the types as in parse-schema.ts.
 */
export function kernelsOf(domain: string, name: string): readonly Kernel[] {
  index ??= readLines();
  const key = `${domain}:${name}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const entry = index.get(key);
  const list = entry === undefined ? [] : entry.split('\t').slice(1).map(parseKernel);
  parsed.set(key, list);
  return list;
}

function readLines(): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  let domain = '';
  for (const line of kernels.split('\n')) {
    if (line.startsWith(':')) domain = line.slice(1);
    else lines.set(`${domain}:${line.slice(0, line.indexOf('\t'))}`, line);
  }
  return lines;
}

function parseKernel(text: string): Kernel {
  const [range = '', types = ''] = text.split('|');
  const [since = '', until = ''] = range.split('-');
  return {
    since: Number(since),
    until: until === '' ? null : Number(until),
    types: parseTypeSets(types),
  };
}
