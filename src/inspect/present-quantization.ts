import {
  type Block,
  type Cell,
  formatBytes,
  formatCount,
  formatInteger,
  formatNumber,
  formatPercent,
  keyValues,
  table,
} from '../report/index.ts';
import type { ActivationsReport, QuantizationReport, WeightScheme } from './quantization.ts';

/** Rows of the table of schemes; JSON has all. */
const mostSchemes = 12;
/** Operators that are named in a row. */
const mostOperators = 3;

const formatWords: Readonly<Record<WeightScheme['format'], string>> = {
  qdq: 'QDQ',
  'qdq-float': 'QDQ on floats',
  qoperator: 'QOperator',
  integer: 'integer product',
  packed: 'packed blocks',
  lookup: 'lookup',
};

/** The short account of how a model is quantized; nothing where it is not. */
export function presentQuantization(report: QuantizationReport | null | undefined): Block[] {
  if (report === null || report === undefined) return [];
  const { weights } = report;
  const rows = weights.slice(0, mostSchemes).map(schemeRow);
  const more = weights.length - rows.length;
  if (more > 0) rows.push([`and ${formatInteger(more)} more`]);
  const columns = [
    'quantized',
    'as',
    'type',
    'zero',
    'scale per',
    ...['tensors', 'parameters', 'size', '+ scales'].map(right),
    'read by',
  ];
  return [
    keyValues(facts(report)),
    ...(rows.length === 0 ? [] : [table(columns, rows, 'Quantization')]),
  ];
}

function facts(report: QuantizationReport): [string, Cell][] {
  const { quantizedShare, quantizedBytesShare, bitsPerParameter, activations } = report;
  const entries: [string, Cell][] = [];
  if (report.quantizedParameters > 0) {
    const share = `${formatPercent(quantizedShare)} of ${formatCount(report.effectiveParameters)} parameters`;
    entries.push(['quantized', `${share}, ${formatPercent(quantizedBytesShare)} of their bytes`]);
  }
  if (bitsPerParameter !== null) {
    entries.push(['bits a parameter', `${formatNumber(bitsPerParameter, 3)} with scales`]);
  }
  for (const dtype of ['float16', 'bfloat16'] as const) {
    const count = report[`${dtype}Parameters`];
    if (count === 0) continue;
    const share = formatPercent(count / report.effectiveParameters);
    entries.push([`in ${dtype}`, `${share} of the parameters (${formatCount(count)})`]);
  }
  const text = activationsText(activations);
  if (text !== '') entries.push(['activations', text]);
  return entries;
}

function activationsText(activations: ActivationsReport): string {
  const { pairs, quantizeOnly, dequantizeOnly, dynamic, types } = activations;
  const parts = [
    [pairs, 'pairs of QuantizeLinear and DequantizeLinear'],
    [quantizeOnly, 'only quantized'],
    [dequantizeOnly, 'only dequantized'],
    [dynamic, 'quantized by what they are when the model runs'],
  ] as const;
  const counts = parts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${formatInteger(count)} ${words}`);
  const kinds = types.map(({ dtype, symmetry }) => `${dtype} ${symmetry}`);
  return [...counts, ...new Set(kinds)].join(', ');
}

function schemeRow(scheme: WeightScheme): Cell[] {
  const { format, role, dtype, symmetry, tensors, parameters, bytes, scaleBytes } = scheme;
  return [
    role,
    formatWords[format],
    dtype,
    symmetry,
    granularityText(scheme),
    formatInteger(tensors),
    formatCount(parameters),
    formatBytes(bytes),
    formatBytes(scaleBytes),
    operatorsText(scheme),
  ];
}

function granularityText({ role, granularity, axis, blockSize }: WeightScheme): string {
  // That of a bias is the product of two others.
  if (role === 'bias' && granularity === 'unknown') return '';
  if (granularity === 'block') return `block of ${blockSize ?? '?'}`;
  return granularity === 'channel' && axis !== null ? `channel (axis ${axis})` : granularity;
}

function operatorsText({ operators }: WeightScheme): string {
  const all = Object.entries(operators);
  const shown = all.slice(0, mostOperators).map(([op, nodes]) => `${formatInteger(nodes)} ${op}`);
  const more = all.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${formatInteger(more)} more` : '');
}

function right(header: string): { header: string; align: 'right' } {
  return { header, align: 'right' };
}
