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

/** Rows of the table of nodes; JSON has all. */
const mostNodes = 15;

/** Polynomials and names longer than this are cut; JSON has them whole. */
const mostCharacters = 72;

/** The tables of `--cost`. */
export function presentCost(cost: CostReport | undefined): Block[] {
  if (cost === undefined) return [];
  const { activations, unknown, branches } = cost;
  const unknownOperators = Object.entries(unknown);
  return [
    heading('Cost of one run'),
    keyValues([
      ['MACs', count(cost.macs)],
      ['FLOPs', `${count(cost.flops)} (2 a MAC, and all others)`],
      ['peak activations', `${bytes(cost.peakActivationBytes)} with reuse in place`],
      ['  without', bytes(activations.withoutInPlaceBytes)],
      ['  at least', bytes(activations.lowerBoundBytes)],
      ['  nothing reused', bytes(activations.totalBytes)],
    ]),
    table(columns('operator'), groupRows(cost, cost.byOperator), 'By operator'),
    table(columns('kind of work'), groupRows(cost, cost.byClass), 'By kind of work'),
    ...nodeTable(cost),
    ...(branches.length === 0 ? [] : [branchTable(branches)]),
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

function columns(first: string): (string | { header: string; align: 'right' })[] {
  return [first, ...['nodes', 'MACs', 'FLOPs', 'share'].map(right)];
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
  if (shown.length === 0) return [];
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
  return [table(['node', 'graph', ...['times', 'MACs', 'FLOPs', 'share'].map(right)], rows, title)];
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

function count(amount: Amount): string {
  return typeof amount === 'number' ? formatCount(amount) : cut(amount);
}

function bytes(amount: Amount): string {
  if (typeof amount === 'number') return formatBytes(amount);
  return amount === null ? cut(amount) : `${cut(amount)} bytes`;
}

function share(part: Amount, whole: Amount): string {
  return typeof part === 'number' && typeof whole === 'number' && whole > 0
    ? formatPercent(part / whole)
    : '';
}

function cut(text: string | null): string {
  if (text === null) return 'too many unknown sizes';
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters - 1)}…`;
}
