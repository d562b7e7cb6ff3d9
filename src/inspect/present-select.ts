import {
  type Block,
  type Cell,
  formatBytes,
  formatInteger,
  keyValues,
  table,
} from '../report/index.ts';
import { shapeText } from './present-lists.ts';
import type { ValueReport } from './report.ts';
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
    ...nodeTable(nodes),
    ...constantTable(constants),
  ];
}

function nodeTable(nodes: SelectReport['nodes']): Block[] {
  if (nodes.length === 0) return [];
  const hasGraphs = nodes.some((each) => each.graph !== 'main');
  const rows = nodes.map(({ graph, op, name, inputs, outputs }): Cell[] => [
    ...(hasGraphs ? [graph] : []),
    op,
    name,
    inputs.map(valueText).join(', '),
    outputs.map(valueText).join(', '),
  ]);
  const columns = [...(hasGraphs ? ['graph'] : []), 'operator', 'name', 'inputs', 'outputs'];
  return [table(columns, rows, 'Selected nodes')];
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

function valueText(value: ValueReport | null): string {
  if (value === null) return '-';
  const shape = value.shape === null ? '' : shapeText(value.shape);
  return value.type === null ? value.name : `${value.name}: ${value.type}${shape}`;
}
