import type { Dimension } from '../graph/index.ts';
import {
  type Block,
  type Cell,
  formatBytes,
  formatCount,
  formatInteger,
  formatPercent,
  heading,
  keyValues,
  note,
  table,
} from '../report/index.ts';
import type { Amount, CostReport } from './cost.ts';
import type { InspectReport } from './report.ts';

/** Rows of the table of nodes; JSON has all. */
const mostNodes = 15;

/** Names of sizes that the note on them lists. */
const mostFlags = 3;

/** Polynomials and names longer than this are cut; JSON has them whole. */
const mostCharacters = 72;
/** Those of the whole model, which have lines of their own. */
const mostCharactersOfTotals = 240;

/** The tables of `--cost`. */
export function presentCost({ cost, inputs }: Pick<InspectReport, 'cost' | 'inputs'>): Block[] {
  if (cost === undefined) return [];
  const { activations, unknown, branches } = cost;
  const unknownOperators = Object.entries(unknown);
  return [
    heading('Cost of one run'),
    keyValues([
      ['MACs', count(cost.macs, mostCharactersOfTotals)],
      ['FLOPs', `${count(cost.flops, mostCharactersOfTotals)} (2 a MAC, and all others)`],
      ['peak activations', `${bytes(cost.peakActivationBytes)} with reuse in place`],
      ['  without', bytes(activations.withoutInPlaceBytes)],
      ['  at least', bytes(activations.lowerBoundBytes)],
      ['  nothing reused', bytes(activations.totalBytes)],
    ]),
    ...workTable('operator', groupRows(cost, cost.byOperator), 'By operator'),
    ...workTable('kind of work', groupRows(cost, cost.byClass), 'By kind of work'),
    ...nodeTable(cost),
    ...(branches.length === 0 ? [] : [branchTable(branches)]),
    ...freeSizes(cost, inputs),
    ...(unknownOperators.length === 0
      ? []
      : [
          note(
            'warning',
            `cost not known of ${unknownOperators.map(([name, nodes]) => `${formatInteger(nodes)} ${name}`).join(', ')}: sizes are missing (--dim, --shape), or nothing is known of the operator`,
          ),
        ]),
    ...(hasUnknownSizes(cost)
      ? [
          note(
            'info',
            'sizes that start with ? are not known: ?NAME:0 is that of input NAME along axis 0, others follow from the data',
          ),
        ]
      : []),
    ...(activations.unknownValues === 0
      ? []
      : [
          note(
            'warning',
            `${formatInteger(activations.unknownValues)} values of unknown size are not in the memory`,
          ),
        ]),
  ];
}

function hasUnknownSizes({ flops, peakActivationBytes }: CostReport): boolean {
  return [flops, peakActivationBytes].some((each) => String(each).includes('?'));
}

/** How numbers are had, where sizes of the inputs are names. */
function freeSizes(
  { flops, peakActivationBytes }: CostReport,
  inputs: InspectReport['inputs'],
): Block[] {
  if ([flops, peakActivationBytes].every((each) => typeof each === 'number')) return [];
  const shapes = inputs.flatMap(({ name, shape }) => (shape === null ? [] : [{ name, shape }]));
  const symbols = shapes.flatMap(({ shape }) => shape.filter((size) => typeof size === 'string'));
  const all = [
    ...[...new Set(symbols)].map((name) => `--dim ${quoted(`${name}=N`)}`),
    ...shapes
      .filter(({ shape }) => shape.includes(null))
      .map(({ name, shape }) => `--shape ${quoted(`${name}=${placesOf(shape)}`)}`),
  ];
  if (all.length === 0) return [];
  const flags = all.slice(0, mostFlags);
  const more = all.length > flags.length ? ' and so on' : '';
  return [note('info', `for numbers, fix the sizes: ${cut(flags.join(' '))}${more}`)];
}

/** `1x3xNxN`, with N for the sizes that are to be given. */
function placesOf(shape: readonly Dimension[]): string {
  return shape.map((size) => (typeof size === 'number' ? size : 'N')).join('x');
}

/** As a shell takes it for one argument. */
function quoted(argument: string): string {
  return /^[\w.:/=-]+$/.test(argument) ? argument : `"${argument}"`;
}

type ColumnLike = string | { readonly header: string; readonly align: 'right' };

function workTable(first: string, rows: readonly Cell[][], title: string): Block[] {
  const columns = [first, ...['nodes', 'MACs', 'FLOPs', 'share'].map(right)];
  return filledTable(columns, rows, title);
}

/** A table without the columns that say nothing in any row; none without rows. */
function filledTable(
  columns: readonly ColumnLike[],
  rows: readonly Cell[][],
  title: string,
): Block[] {
  if (rows.length === 0) return [];
  const kept = columns.map((_, at) => rows.some((row) => row[at] !== ''));
  const isKept = (_: unknown, at: number): boolean => kept[at] === true;
  return [
    table(
      columns.filter(isKept),
      rows.map((row) => row.filter(isKept)),
      title,
    ),
  ];
}

function right(header: string): { header: string; align: 'right' } {
  return { header, align: 'right' };
}

function groupRows(cost: CostReport, groups: CostReport['byOperator']): Cell[][] {
  return Object.entries(groups).map(([name, each]): Cell[] => [
    name,
    formatInteger(each.nodes),
    count(each.macs),
    count(each.flops),
    share(each.flops, cost.flops),
  ]);
}

function nodeTable(cost: CostReport): Block[] {
  const shown = cost.byNode.slice(0, mostNodes);
  const rows = shown.map((each): Cell[] => [
    cut(each.node),
    each.graph === 'main' ? '' : cut(each.graph),
    each.times === 1 ? '' : `x ${count(each.times)}`,
    count(each.macs),
    count(each.flops),
    share(each.flops, cost.flops),
  ]);
  const more = cost.byNode.length - shown.length;
  const title =
    more === 0 ? 'Dearest nodes' : `Dearest nodes (${formatInteger(more)} more in JSON)`;
  return filledTable(
    ['node', 'graph', ...['times', 'MACs', 'FLOPs', 'share'].map(right)],
    rows,
    title,
  );
}

function branchTable(branches: CostReport['branches']): Block {
  const rows = branches.map((each): Cell[] => [
    each.node,
    each.branch,
    count(each.macs),
    count(each.flops),
    each.isCounted ? 'yes' : '',
  ]);
  return table(['node', 'branch', right('MACs'), right('FLOPs'), 'counted'], rows, 'Branches');
}

function count(amount: Amount, most: number = mostCharacters): string {
  return typeof amount === 'number' ? formatCount(amount) : cut(amount, most);
}

function bytes(amount: Amount): string {
  if (typeof amount === 'number') return formatBytes(amount);
  const text = cut(amount, mostCharactersOfTotals);
  return amount === null ? text : `${text} bytes`;
}

function share(part: Amount, whole: Amount): string {
  return typeof part === 'number' && typeof whole === 'number' && whole > 0
    ? formatPercent(part / whole)
    : '';
}

function cut(text: string | null, most: number = mostCharacters): string {
  if (text === null) return 'too many unknown sizes';
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
