import {
  type Block,
  type Cell,
  formatBytes,
  formatInteger,
  keyValues,
  table,
} from '../report/index.ts';
import { nodeTable, shapeText } from './present-lists.ts';
import type { SelectReport } from './select/index.ts';

/** The tables of `--select`. All that was selected is listed. */
export function presentSelect(report: SelectReport | undefined): Block[] {
  if (report === undefined) return [];
  const { nodes, constants, total, expression } = report;
  return [
    keyValues([
      ['selected by', expression],
      ['nodes', `${formatInteger(nodes.length)} of ${formatInteger(total.nodes)}`],
      ['constants', `${formatInteger(constants.length)} of ${formatInteger(total.constants)}`],
    ]),
    ...(nodes.length === 0 ? [] : [nodeTable(nodes, 'Selected nodes')]),
    ...constantTable(constants),
  ];
}

function constantTable(constants: SelectReport['constants']): Block[] {
  if (constants.length === 0) return [];
  const hasGraphs = constants.some((each) => each.graph !== 'main');
  const bytes = constants.reduce((sum, each) => sum + each.bytes, 0);
  const rows = constants.map((each): Cell[] => [
    ...(hasGraphs ? [each.graph] : []),
    each.name,
    each.dtype ?? '?',
    shapeText(each.shape),
    formatBytes(each.bytes),
    each.role === 'parameter' ? '' : each.role,
  ]);
  const columns = [
    ...(hasGraphs ? ['graph'] : []),
    'constant',
    'type',
    'shape',
    { header: 'size', align: 'right' as const },
    'role',
  ];
  return [table(columns, rows, `Selected constants (${formatBytes(bytes)})`)];
}
