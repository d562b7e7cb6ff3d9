import { type ConstantRole, presentVerdicts } from '../checks/index.ts';
import {
  type Block,
  type Cell,
  countBySeverity,
  type Document,
  document,
  findingNotes,
  formatBytes,
  formatInteger,
  formatPercent,
  heading,
  keyValues,
  note,
  table,
  textBlock,
  toned,
} from '../report/index.ts';
import type { ValueReport } from './item-report.ts';
import { presentCost } from './present-cost.ts';
import { presentDiff } from './present-diff.ts';
import {
  presentExternal,
  presentFunctions,
  presentNodes,
  presentShapes,
  presentTensors,
  shapeText,
} from './present-lists.ts';
import { presentQuantization } from './present-quantization.ts';
import { presentSelect } from './present-select.ts';
import type { InspectReport } from './report.ts';

/** Rows of the tables in the summary, so that it fits on a screen; flags and JSON give the rest. */
const mostOperators = 12;
const mostValues = 12;
const mostFindings = 5;
/** Findings listed by `--check`; a file full of nonsense can have one for each name. */
const mostFindingsOfCheck = 200;
const mostMetadata = 4;
const mostMetadataCharacters = 40;
const mostDocCharacters = 200;

/** The report for a person to read. */
export function presentInspection(report: InspectReport): Document {
  if (report.text !== undefined) {
    // The title is a comment to ONNX's parser, so the whole output can be given to it.
    return document(`# ${report.model.path}`, [textBlock(report.text)]);
  }
  // Who asks for a part of the model, or for what changed, has seen the summary.
  if (report.diff !== undefined || report.selected !== undefined) {
    return document(report.model.path, [
      ...presentDiff(report.diff),
      ...presentSelect(report.selected),
      ...askedLists(report),
      ...(report.check === undefined ? [] : findings(report)),
    ]);
  }
  const blocks: Block[] = [
    keyValues(facts(report)),
    ...values('Inputs', report.inputs),
    ...values('Outputs', report.outputs),
    ...operators(report),
    ...types(report),
    ...presentQuantization(report.quantization),
    ...askedLists(report),
    ...findings(report),
  ];
  return document(report.model.path, blocks);
}

/** What each flag adds; nothing for those that were not given. */
function askedLists(report: InspectReport): Block[] {
  return [
    ...presentNodes(report),
    ...presentShapes(report),
    ...presentCost(report),
    ...presentTensors(report),
    ...presentFunctions(report),
    ...presentExternal(report),
  ];
}

function facts(report: InspectReport): (readonly [string, Cell])[] {
  const { model, externalFiles } = report;
  const files = plural(externalFiles.length, 'data file');
  const inFiles =
    externalFiles.length === 0 ? '' : ` + ${formatBytes(model.dataBytes)} in ${files}`;
  const entries: [string, Cell][] = [
    ['size', formatBytes(model.sizeBytes) + inFiles],
    ['format', `ONNX, IR ${report.irVersion}, ${opsetsText(report.opsets)}`],
  ];
  if (report.producer !== '') entries.push(['producer', report.producer]);
  if (report.domain !== '') entries.push(['domain', report.domain]);
  if (report.modelVersion !== 0n) entries.push(['version', report.modelVersion.toString()]);
  entries.push(['graph', graphText(report)], ['parameters', parametersText(report)]);
  const others = otherConstantsText(report);
  if (others !== '') entries.push(['other constants', others]);
  if (report.inputsWithDefault.length > 0) {
    const count = plural(report.inputsWithDefault.length, 'more input');
    entries.push(['defaults', `${count} with a constant as default`]);
  }
  const metadata = Object.entries(report.metadata);
  if (metadata.length > 0) entries.push(['metadata', metadataText(metadata)]);
  if (report.docString !== '') entries.push(['about', cut(report.docString, mostDocCharacters)]);
  return entries;
}

function opsetsText(opsets: InspectReport['opsets']): string {
  const entries = Object.entries(opsets);
  if (entries.length === 0) return 'no operator sets';
  // ai.onnx first, whatever the file's order.
  const ordered = entries.toSorted(([a], [b]) => Number(b === '') - Number(a === ''));
  return ordered
    .map(([domain, version]) => (domain === '' ? `opset ${version}` : `${domain} ${version}`))
    .join(', ');
}

function graphText(report: InspectReport): string {
  const name = report.graphName === '' ? '' : `${report.graphName}: `;
  const inSubgraphs = report.subgraphs
    .filter((each) => !each.path.startsWith('function '))
    .reduce((sum, each) => sum + each.nodes, 0);
  const parts = [plural(report.nodes, 'node')];
  if (inSubgraphs > 0) {
    const subgraphs = plural(report.subgraphs.length, 'subgraph');
    parts.push(`${formatInteger(inSubgraphs)} of them in ${subgraphs}`);
  }
  if (report.functions.length > 0) parts.push(plural(report.functions.length, 'function'));
  return name + parts.join(', ');
}

function parametersText(report: InspectReport): string {
  const { parameters, parameterBytes, attributeNumbers } = report;
  const size = parameters === 0 ? '' : ` (${formatBytes(parameterBytes)})`;
  const inAttributes =
    attributeNumbers === 0 ? '' : `; ${formatInteger(attributeNumbers)} numbers in attributes`;
  return `${formatInteger(parameters)}${size}${inAttributes}`;
}

const roleWords: readonly (readonly [ConstantRole, string])[] = [
  ['quantization', 'of scales and zero points'],
  ['index', 'of shapes and indices'],
  ['text', 'of text'],
  ['unused', 'unused'],
];

function otherConstantsText({ constants }: InspectReport): string {
  return roleWords
    .filter(([role]) => constants.byRole[role].tensors > 0)
    .map(([role, words]) => {
      const { tensors, bytes } = constants.byRole[role];
      return `${formatInteger(tensors)} ${words} (${formatBytes(bytes)})`;
    })
    .join(', ');
}

function metadataText(entries: readonly (readonly [string, string])[]): string {
  const shown = entries
    .slice(0, mostMetadata)
    .map(
      ([key, value]) => `${cut(key, mostMetadataCharacters)}=${cut(value, mostMetadataCharacters)}`,
    );
  return andMore(shown, entries.length - shown.length);
}

function values(title: string, list: readonly ValueReport[]): Block[] {
  if (list.length === 0) return [keyValues([[title, toned('none', 'warn')]])];
  const rows = list
    .slice(0, mostValues)
    .map(({ name, type, shape }): Cell[] => [name, type ?? '?', shapeText(shape)]);
  const more = list.length - rows.length;
  if (more > 0) rows.push([toned(`and ${formatInteger(more)} more`, 'dim')]);
  return [table(['name', 'type', 'shape'], rows, titled(title, list.length))];
}

function operators(report: InspectReport): Block[] {
  const all = Object.entries(report.operators);
  if (all.length === 0) return [];
  const custom = new Set(report.customOperators);
  const called = new Set(
    report.functions.map(({ domain, name }) => (domain === '' ? name : `${domain}.${name}`)),
  );
  const row = (name: Cell, count: number, mark: Cell): Cell[] => [
    name,
    formatInteger(count),
    formatPercent(count / report.nodes),
    mark,
  ];
  const rows = all.slice(0, mostOperators).map(([name, count]) => {
    if (custom.has(name)) return row(name, count, toned('custom', 'warn'));
    return row(name, count, called.has(name) ? toned('function', 'dim') : '');
  });
  const rest = all.slice(mostOperators);
  if (rest.length > 0) {
    const count = rest.reduce((sum, [, each]) => sum + each, 0);
    rows.push(row(toned(`and ${formatInteger(rest.length)} more`, 'dim'), count, ''));
  }
  const numeric = (header: string): { header: string; align: 'right' } => ({
    header,
    align: 'right',
  });
  const columns = ['operator', numeric('nodes'), numeric('share'), ''];
  // Without marks the last column is left out.
  const width = rows.some((each) => each[3] !== '') ? 4 : 3;
  return [
    table(
      columns.slice(0, width),
      rows.map((each) => each.slice(0, width)),
      titled('Operators', all.length),
    ),
  ];
}

function types({ dtypes, constants }: InspectReport): Block[] {
  const rows = Object.entries(dtypes).map(([dtype, bytes]): Cell[] => [
    dtype,
    formatBytes(bytes),
    formatPercent(constants.bytes === 0 ? 0 : bytes / constants.bytes),
  ]);
  if (rows.length === 0) return [];
  return [
    table(
      ['constants', { header: 'size', align: 'right' }, { header: 'share', align: 'right' }],
      rows,
    ),
  ];
}

function findings(report: InspectReport): Block[] {
  const { check, requirements, config, findings: found } = report;
  if (check === undefined || requirements === undefined) {
    return findingNotes(found, mostFindings, '--check lists all');
  }
  const { error, warning } = countBySeverity(found);
  const counts = `${plural(error, 'error')}, ${plural(warning, 'warning')}`;
  return [
    heading('Check'),
    ...presentVerdicts({ check, requirements, findings: found, config }),
    ...findingNotes(found, mostFindingsOfCheck, '--json lists all'),
    conclusion(error, counts, check.runtime === 'rejects'),
  ];
}

/** A model may be right, and still not load: it is newer than the runtime here, say. */
function conclusion(errors: number, counts: string, isRejected: boolean): Block {
  if (errors > 0) return note('error', counts);
  return isRejected
    ? note('warning', `${counts}, but onnxruntime does not load it`)
    : note('success', counts);
}

function titled(title: string, count: number): string {
  return count === 1 ? title : `${title} (${formatInteger(count)})`;
}

function andMore(shown: readonly string[], more: number): string {
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${formatInteger(more)} more`;
}

function plural(count: number, noun: string): string {
  return `${formatInteger(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function cut(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
