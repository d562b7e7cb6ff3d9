import {
  type Block,
  type Cell,
  countBySeverity,
  type Document,
  document,
  formatBytes,
  formatInteger,
  keyValues,
  note,
  type Severity,
  table,
  textBlock,
  toned,
} from '../report/index.ts';
import type { ForeignReport } from './foreign.ts';
import { shapeText } from './present-lists.ts';

/** Rows of the tables, so that all fits on a screen; flags and JSON give the rest. */
const mostRows = 12;
const mostMetadata = 8;
const mostMetadataCharacters = 60;
const mostFindings = 5;
const mostFindingsOfCheck = 200;
/** Worst first. */
const severities: readonly Severity[] = ['error', 'warning', 'info'];

/** The report on a file that is no ONNX model, for a person to read. */
export function presentForeign(report: ForeignReport): Document {
  return document(report.model.path, [
    keyValues(facts(report)),
    ...values('Inputs', report.inputs),
    ...values('Outputs', report.outputs),
    ...operators(report),
    ...tensors(report),
    ...globals(report),
    ...findings(report),
    note('info', report.nextStep),
  ]);
}

function facts(report: ForeignReport): [string, Cell][] {
  const { model, what, formatVersion, nodes, tensors, parameters, parameterBytes } = report;
  // Of pickles it is `protocol 4`.
  const words = /^\d/.test(formatVersion) ? 'version ' : '';
  const version = formatVersion === '' ? '' : `, ${words}${formatVersion}`;
  const count = plural(tensors.length, 'tensor');
  const size = `${plural(parameters, 'element')} (${formatBytes(parameterBytes)})`;
  const entries: [string, Cell][] = [
    ['size', formatBytes(model.sizeBytes)],
    ['format', what.replace(/^an? /, '') + version],
  ];
  if (nodes !== undefined) entries.push(['graph', plural(nodes, 'node')]);
  entries.push(['tensors', tensors.length === 0 ? 'none found' : `${count}, ${size}`]);
  const types = Object.entries(report.dtypes).map(
    ([dtype, bytes]) => `${dtype} ${formatBytes(bytes)}`,
  );
  if (types.length > 0) entries.push(['types', types.slice(0, mostRows).join(', ')]);
  const metadata = Object.entries(report.metadata);
  for (const [key, value] of metadata.slice(0, mostMetadata)) {
    entries.push([cut(key), cut(value)]);
  }
  const more = metadata.length - mostMetadata;
  if (more > 0)
    entries.push(['', toned(`and ${plural(more, 'more entry', 'more entries')}`, 'dim')]);
  return entries;
}

function values(title: string, list: ForeignReport['inputs']): Block[] {
  if (list === undefined) return [];
  if (list.length === 0) return [keyValues([[title, toned('none', 'warn')]])];
  const rows = list.map(({ name, type, shape }): Cell[] => [name, type ?? '?', shapeText(shape)]);
  return [table(['name', 'type', 'shape'], firstRows(rows, mostRows), titled(title, list.length))];
}

function operators(report: ForeignReport): Block[] {
  const rows = Object.entries(report.operators ?? {}).map(([name, count]): Cell[] => [
    name,
    formatInteger(count),
  ]);
  if (rows.length === 0) return [];
  const columns = ['operator', { header: 'nodes', align: 'right' as const }];
  return [table(columns, firstRows(rows, mostRows), titled('Operators', rows.length))];
}

function tensors(report: ForeignReport): Block[] {
  const rows = report.tensors.map(({ name, dtype, shape, bytes, sameAs }): Cell[] => [
    name,
    dtype ?? '?',
    shapeText(shape),
    bytes === null ? '?' : formatBytes(bytes),
    sameAs === undefined ? '' : `same as ${sameAs}`,
  ]);
  if (rows.length === 0) return [];
  const most = report.config.tensors ? rows.length : mostRows;
  const columns = ['tensor', 'type', 'shape', { header: 'size', align: 'right' as const }, ''];
  // Without remarks the last column is left out.
  const width = rows.some((row) => row[4] !== '') ? 5 : 4;
  return [
    table(
      columns.slice(0, width),
      firstRows(
        rows.map((row) => row.slice(0, width)),
        most,
        ' (--tensors lists all)',
      ),
      titled('Tensors', rows.length),
    ),
  ];
}

function globals(report: ForeignReport): Block[] {
  const all = report.globals ?? [];
  if (all.length === 0) return [];
  const tones = { dangerous: 'bad', unknown: 'warn', known: 'good' } as const;
  const rows = all.map(({ name, kind, count, calls }): Cell[] => [
    name,
    toned(kind, tones[kind]),
    formatInteger(count),
    formatInteger(calls),
  ]);
  const columns = [
    'named in pickles',
    'kind',
    { header: 'times', align: 'right' as const },
    { header: 'calls', align: 'right' as const },
  ];
  const worst = all.filter(({ kind }) => kind !== 'known').length;
  // What may do harm is shown whatever there is of it.
  const most = Math.max(mostRows, Math.min(worst, mostFindingsOfCheck));
  return [table(columns, firstRows(rows, most), titled('Globals', all.length))];
}

function findings(report: ForeignReport): Block[] {
  const { check } = report.config;
  const ordered = severities.flatMap((severity) =>
    report.findings.filter((each) => each.severity === severity),
  );
  const shown = ordered.slice(0, check ? mostFindingsOfCheck : mostFindings);
  const blocks: Block[] = shown.map(({ severity, message, fix }) =>
    note(severity, fix === undefined ? message : `${message.replace(/\.$/, '')}. ${fix}`),
  );
  const more = ordered.length - shown.length;
  if (more > 0) {
    const where = check ? '--json lists all' : '--check lists all';
    blocks.push(textBlock(`and ${formatInteger(more)} more (${where})`));
  }
  if (!check) return blocks;
  const { error, warning } = countBySeverity(report.findings);
  const found = `${plural(error, 'error')}, ${plural(warning, 'warning')}`;
  const scope = report.globals === undefined ? 'headers' : 'headers and pickles';
  return [
    ...blocks,
    note(
      error === 0 ? 'success' : 'error',
      `${scope}: ${found}. The values of tensors were not read.`,
    ),
  ];
}

/** The first rows, and one that says how many more there are. */
function firstRows(
  rows: readonly (readonly Cell[])[],
  most: number,
  where = '',
): (readonly Cell[])[] {
  const more = rows.length - most;
  if (more <= 0) return [...rows];
  return [...rows.slice(0, most), [toned(`and ${formatInteger(more)} more${where}`, 'dim')]];
}

function titled(title: string, count: number): string {
  return count === 1 ? title : `${title} (${formatInteger(count)})`;
}

function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${formatInteger(count)} ${count === 1 ? noun : many}`;
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const most = mostMetadataCharacters;
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
