import { formatShape } from '../graph/index.ts';
import {
  type Block,
  type Cell,
  type Column,
  formatBytes,
  formatInteger,
  formatNumber,
  keyValues,
  type NoteLevel,
  note,
  pageTitled,
  table,
  toned,
} from '../report/index.ts';
import type { DiffReport, Equivalence } from './diff/index.ts';

/** Rows of a list; JSON has all. */
const mostRows = 30;
/** Longer values of metadata and attributes are cut. */
const mostLetters = 80;

const conclusions: Readonly<Record<Equivalence, string>> = {
  identical: 'the models are identical',
  'same-graph': 'the models compute the same: only names, metadata, order or storage differ',
  different: 'the models are different',
};

/** The summary of `--diff`, then what differs, class by class. */
export function presentDiff(report: DiffReport | undefined): Block[] {
  if (report === undefined) return [];
  const { before, after, matchedNodes, weights } = report;
  const nodes = `${formatInteger(before.nodes)} → ${formatInteger(after.nodes)}, ${formatInteger(matchedNodes)} of them correspond`;
  return [
    keyValues([
      ['before', before.path],
      ['after', after.path],
      ['size', `${formatBytes(before.sizeBytes)} → ${formatBytes(after.sizeBytes)}`],
      ['nodes', nodes],
      ['constants', constantsText(report)],
    ]),
    ...summary(report),
    ...lists(report),
    ...weights.unreadable
      .slice(0, mostRows)
      .map((each) => note('error', `"${each.name}" cannot be compared: ${each.message}`)),
    conclusion(report),
  ];
}

function constantsText({ before, after, weights }: DiffReport): string {
  const { compared, equal, notRead } = weights;
  const counts = `${formatInteger(before.constants)} → ${formatInteger(after.constants)}`;
  const pairs = `${formatInteger(equal)} of ${formatInteger(compared)} pairs compared are equal`;
  const rest = notRead === 0 ? '' : `, of ${formatInteger(notRead)} only type and shape`;
  return `${counts}, ${pairs}${rest}`;
}

function conclusion({ equivalence, verdict, weights }: DiffReport): Block {
  if (verdict === 'inconclusive') {
    const { length } = weights.unreadable;
    const why =
      length === 0
        ? 'weights were not read'
        : `${formatInteger(length)} ${length === 1 ? 'weight' : 'weights'} cannot be read`;
    return note('warning', `${conclusions[equivalence]}, as far as was compared: ${why}`);
  }
  const level: NoteLevel = verdict === 'same' ? 'success' : 'info';
  return note(level, conclusions[equivalence]);
}

type Summary = readonly [name: string, count: number, matters: boolean];

/** How much there is of each class. */
function summary(report: DiffReport): Block[] {
  const nodesOf = (groups: DiffReport['nodesAdded']): number =>
    groups.reduce((sum, each) => sum + each.nodes.length, 0);
  const classes: Summary[] = [
    ['inputs', report.inputs.length, true],
    ['outputs', report.outputs.length, true],
    ['nodes removed', nodesOf(report.nodesRemoved), true],
    ['nodes added', nodesOf(report.nodesAdded), true],
    ['operators replaced', report.replaced.length, true],
    ['operator versions', report.versions.length, true],
    ['attributes', report.attributes.length, true],
    ['connections', report.rewired.length, true],
    ['weights changed', report.weights.changed.length, true],
    ['functions removed', report.functionsRemoved.length, true],
    ['functions added', report.functionsAdded.length, true],
    ['constants removed', report.constantsRemoved.length, false],
    ['constants added', report.constantsAdded.length, false],
    ['metadata', report.metadata.length, false],
    ...report.annotations.map(({ what, differing }): Summary => [what, differing, false]),
    ['renamed', report.renamed.length, false],
    ['stored elsewhere', report.moved.length, false],
    ['order of nodes', report.reordered.length, false],
  ];
  const rows = classes
    .filter(([, count]) => count > 0)
    .map(([name, count, matters]): Cell[] => [
      matters ? name : toned(name, 'dim'),
      formatInteger(count),
    ]);
  const counts = table(['differences', right('count')], rows);
  return rows.length === 0 ? [] : [pageTitled(counts, 'Differences')];
}

function lists(report: DiffReport): Block[] {
  const shape = formatShape;
  return [
    list('Inputs', ['input', 'what', ...both], report.inputs, interfaceRow),
    list('Outputs', ['output', 'what', ...both], report.outputs, interfaceRow),
    ...nodeLists(report),
    list('Operators replaced', ['graph', ...both], report.replaced, (each) => [
      each.graph,
      each.before,
      each.after,
    ]),
    list(
      'Operator versions',
      ['operator', right('nodes'), ...both],
      report.versions,
      ({ op, nodes, before, after }) => [op, formatInteger(nodes), before ?? '?', after ?? '?'],
    ),
    list('Attributes', ['graph', 'node', 'attribute', ...both], report.attributes, (each) => [
      each.graph,
      each.node,
      each.attribute,
      text(each.before),
      text(each.after),
    ]),
    list('Connections', ['graph', 'node', 'slot', ...both], report.rewired, (each) => [
      each.graph,
      each.node ?? 'the graph itself',
      `${each.slot} ${each.index}`,
      text(each.before),
      text(each.after),
    ]),
    list(
      'Weights changed',
      ['constant', 'before', 'after', right('elements'), right('differing'), right('max |Δ|')],
      report.weights.changed,
      ({ name, before, after, elements, differing, maxAbsDifference, nanDiffering }) => [
        name,
        `${before.dtype ?? '?'}${shape(before.shape)}`,
        `${after.dtype ?? '?'}${shape(after.shape)}`,
        elements === null ? '' : formatInteger(elements),
        differing === null ? '' : formatInteger(differing),
        (maxAbsDifference === null ? '' : formatNumber(maxAbsDifference)) +
          (nanDiffering === 0 ? '' : ` (${formatInteger(nanDiffering)} NaN)`),
      ],
    ),
    list('Functions removed', ['function'], report.functionsRemoved, (each) => [each]),
    list('Functions added', ['function'], report.functionsAdded, (each) => [each]),
    list('Constants removed', constantColumns, report.constantsRemoved, constantRow),
    list('Constants added', constantColumns, report.constantsAdded, constantRow),
    list('Metadata', ['what', ...both], report.metadata, (each) => [
      each.what,
      text(each.before),
      text(each.after),
    ]),
    list('Renamed', ['graph', 'what', ...both], report.renamed, (each) => [
      each.graph,
      each.what,
      text(each.before),
      text(each.after),
    ]),
    list('Stored elsewhere', ['graph', 'constant', ...both], report.moved, (each) => [
      each.graph,
      each.name,
      each.before,
      each.after,
    ]),
    list('Order of nodes', ['graph'], report.reordered, (each) => [each]),
  ].flat();
}

const both = ['before', 'after'] as const;
const constantColumns = ['graph', 'constant', 'type', 'shape', ''] as const;

function constantRow(each: DiffReport['constantsAdded'][number]): Cell[] {
  const mark = each.isUsed ? '' : 'unused';
  return [each.graph, each.name, each.dtype ?? '?', formatShape(each.shape), mark];
}

function interfaceRow(each: DiffReport['inputs'][number]): Cell[] {
  return [each.name, each.what, text(each.before), text(each.after)];
}

/** Nodes that only one of the models has, by operator. */
function nodeLists({ nodesRemoved, nodesAdded }: DiffReport): Block[] {
  const row = ({ op, nodes }: DiffReport['nodesAdded'][number]): Cell[] => {
    const shown = nodes.slice(0, 3).map((each) => each.node);
    const more = nodes.length - shown.length;
    const names = shown.join(', ') + (more === 0 ? '' : ` and ${formatInteger(more)} more`);
    return [op, formatInteger(nodes.length), names];
  };
  const columns = ['operator', right('nodes'), ''];
  return [
    ...list('Nodes removed', columns, nodesRemoved, row),
    ...list('Nodes added', columns, nodesAdded, row),
  ];
}

function list<Entry>(
  title: string,
  columns: readonly (Column | string)[],
  entries: readonly Entry[],
  row: (entry: Entry) => readonly Cell[],
): Block[] {
  if (entries.length === 0) return [];
  const rows = entries.slice(0, mostRows).map(row);
  const more = entries.length - rows.length;
  if (more > 0) rows.push([toned(`and ${formatInteger(more)} more (--json lists all)`, 'dim')]);
  return [table(columns, rows, `${title} (${formatInteger(entries.length)})`)];
}

function right(header: string): Column {
  return { header, align: 'right' };
}

function text(value: string | null): Cell {
  if (value === null) return toned('none', 'dim');
  return value.length <= mostLetters ? value : `${value.slice(0, mostLetters - 1)}…`;
}
