import {
  type Block,
  type Cell,
  formatBytes,
  formatInteger,
  formatNumber,
  heading,
  table,
  textBlock,
  toned,
} from '../report/index.ts';
import type { NodeReport, TensorReport, ValueReport } from './item-report.ts';
import type { ExternalFileReport, InspectReport } from './report.ts';

/** `[1, seq, ?]`; `?` where the rank is not known. */
export function shapeText(shape: ValueReport['shape']): string {
  return shape === null ? '?' : `[${shape.map((size) => size ?? '?').join(', ')}]`;
}

/** The table of `--nodes`. */
export function presentNodes({ nodeList }: InspectReport): Block[] {
  if (nodeList === undefined) return [];
  return [nodeTable(nodeList, `Nodes (${formatInteger(nodeList.length)})`)];
}

/** Nodes with what they read and write. */
export function nodeTable(nodes: readonly NodeReport[], title: string): Block {
  const hasGraphs = nodes.some((each) => each.graph !== 'main');
  const rows = nodes.map(({ graph, op, name, inputs, outputs }): Cell[] => [
    ...(hasGraphs ? [graph] : []),
    op,
    name,
    inputs.map(valueText).join(', '),
    outputs.map(valueText).join(', '),
  ]);
  const columns = [...(hasGraphs ? ['graph'] : []), 'operator', 'name', 'inputs', 'outputs'];
  return table(columns, rows, title);
}

/** `x: float32[1, 3]`; only the name where the type is not known; `-` for one left out. */
function valueText(value: ValueReport | null): string {
  if (value === null) return '-';
  if (value.type === null) return value.name;
  return `${value.name}: ${value.type}${value.shape === null ? '' : shapeText(value.shape)}`;
}

/** The table of `--shapes`. */
export function presentShapes({ shapes }: InspectReport): Block[] {
  if (shapes === undefined) return [];
  const hasGraphs = shapes.some((each) => each.graph !== 'main');
  const hasElements = shapes.some((each) => each.elements !== undefined);
  const rows = shapes.map(({ graph, name, type, shape, producer, elements }): Cell[] => [
    ...(hasGraphs ? [graph] : []),
    name,
    type ?? '?',
    shapeText(shape),
    ...(hasElements ? [elementsText(elements)] : []),
    producer ?? 'input',
  ]);
  const columns = [
    ...(hasGraphs ? ['graph'] : []),
    'value',
    'type',
    'shape',
    ...(hasElements ? ['elements'] : []),
    'from',
  ];
  return [table(columns, rows, `Values (${formatInteger(rows.length)})`)];
}

function elementsText(elements: readonly (number | string | null)[] | undefined): string {
  return elements === undefined ? '' : elements.map((each) => each ?? '?').join(', ');
}

/** The table of `--tensors` and `--stats`. */
export function presentTensors({ tensors, config }: InspectReport): Block[] {
  if (tensors === undefined) return [];
  const numeric = (header: string): { header: string; align: 'right' } => ({
    header,
    align: 'right',
  });
  const hasStats = config.stats;
  const rows = tensors.map((each): Cell[] => [
    each.name,
    each.dtype ?? '?',
    `[${each.shape.join(', ')}]`,
    formatBytes(each.bytes),
    ...(hasStats ? statsCells(each) : []),
    each.role === 'parameter' ? '' : each.role,
    placeText(each),
  ]);
  const statsColumns = ['min', 'max', 'mean', 'zeros', 'NaN', 'Inf'].map(numeric);
  const columns = [
    'constant',
    'type',
    'shape',
    numeric('size'),
    ...(hasStats ? statsColumns : []),
    'role',
    'where',
  ];
  return [table(columns, rows, `Constants (${formatInteger(rows.length)})`)];
}

function statsCells({ stats }: TensorReport): Cell[] {
  if (stats === undefined || stats === null) return ['', '', '', '', '', ''];
  const value = (number: number | bigint | null): string => {
    if (number === null) return '-';
    return typeof number === 'bigint' ? number.toString() : formatNumber(number);
  };
  const { min, max, mean, zeros, nan, infinite } = stats;
  return [
    value(min),
    value(max),
    value(mean),
    formatInteger(zeros),
    formatInteger(nan),
    formatInteger(infinite),
  ];
}

function placeText({ stored, source, node, location, offset, sameAs }: TensorReport): string {
  const owner = source === 'attribute' && node !== undefined ? `in ${node}` : '';
  const place = stored === 'data-file' ? `${location ?? ''} at ${formatInteger(offset ?? 0)}` : '';
  const twin = sameAs === undefined ? '' : `same as ${sameAs}`;
  return [owner, place, twin].filter((part) => part !== '').join(', ');
}

/** The table of functions, which models have few of, and with `--functions` their bodies. */
export function presentFunctions({ functions, config }: InspectReport): Block[] {
  if (!config.functions) return [];
  if (functions.length === 0) return [textBlock('The model has no functions of its own.')];
  const rows = functions.map((each): Cell[] => [
    `${each.domain}.${each.name}${each.overload === '' ? '' : `:${each.overload}`}`,
    each.inputs.join(', '),
    each.outputs.join(', '),
    each.attributes.join(', '),
    formatInteger(each.nodes),
    formatInteger(each.calls),
  ]);
  const columns = [
    'function',
    'inputs',
    'outputs',
    'attributes',
    { header: 'nodes', align: 'right' as const },
    { header: 'calls', align: 'right' as const },
  ];
  return [
    table(columns, rows, `Functions (${formatInteger(rows.length)})`),
    ...functions.flatMap((each) => [
      heading(`${each.domain}.${each.name}`),
      textBlock(each.body ?? ''),
    ]),
  ];
}

/** The tables of `--external`. */
export function presentExternal({ externalFiles, config }: InspectReport): Block[] {
  if (!config.external) return [];
  if (externalFiles.length === 0) return [textBlock('The model has no data files.')];
  const numeric = (header: string): { header: string; align: 'right' } => ({
    header,
    align: 'right',
  });
  const rows = externalFiles.map((each): Cell[] => [
    each.location,
    each.sizeBytes === null ? '?' : formatBytes(each.sizeBytes),
    formatInteger(each.tensors),
    formatBytes(each.usedBytes),
    each.unusedBytes === null ? '?' : formatBytes(each.unusedBytes),
    formatBytes(each.overlapBytes),
    formatBytes(each.unalignedBytes),
  ]);
  const columns = [
    'data file',
    ...['size', 'constants', 'used', 'unused', 'overlap', 'unaligned'].map(numeric),
  ];
  const maps = externalFiles.map((each) =>
    table([numeric('offset'), numeric('bytes'), 'constant'], mapRows(each), each.location),
  );
  return [table(columns, rows, `Data files (${formatInteger(rows.length)})`), ...maps];
}

/** What lies where in a data file, with what no constant takes. */
function mapRows({ spans = [], sizeBytes }: ExternalFileReport): Cell[][] {
  const rows: Cell[][] = [];
  let end = 0;
  const unusedUntil = (offset: number): void => {
    if (offset > end) rows.push(mapRow(end, offset - end, toned('unused', 'dim')));
  };
  for (const { tensor, offset, bytes } of spans) {
    unusedUntil(offset);
    rows.push(mapRow(offset, bytes, tensor));
    end = Math.max(end, offset + bytes);
  }
  unusedUntil(sizeBytes ?? 0);
  return rows;
}

function mapRow(offset: number, bytes: number, what: Cell): Cell[] {
  return [formatInteger(offset), formatInteger(bytes), what];
}
