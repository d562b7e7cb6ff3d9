import {
  type Block,
  type Cell,
  type Column,
  formatInteger,
  formatNumber,
  formatRatio,
  keyValues,
  note,
  pasteNote,
  table,
  toned,
} from '../../report/index.ts';
import type {
  Divergence,
  ErrorSource,
  FloatGains,
  Repro,
  TracedValue,
  TraceReport,
} from '../../trace/index.ts';

/** Values in the table beside the divergence; JSON has them all. */
const mostAmplifiers = 10;
const mostGains = 10;

/** Where two models begin to differ, for a person. */
export function presentTrace(report: TraceReport): Block[] {
  const { values, unpaired, samples, firstDivergence, sources, gains, repro, warnings } = report;
  const differing = values.filter(differs).length;
  const blocks: Block[] = [
    keyValues(
      [
        ['values compared', `${formatInteger(values.length)} in ${count(samples, 'sample')}`],
        ['differing', formatInteger(differing)],
        ['without counterpart', formatInteger(unpaired)],
      ],
      'Trace',
    ),
    divergenceNote(firstDivergence, values.length),
  ];
  const rows = chosen(values, firstDivergence?.value ?? null);
  if (rows.length > 0) blocks.push(valueTable(rows, firstDivergence));
  if (sources.length > 0) blocks.push(sourceTable(sources));
  if (gains !== null) blocks.push(...gainBlocks(gains));
  if (repro !== null) blocks.push(...reproNotes(repro));
  return [...blocks, ...warnings.map((text) => note('warning', text))];
}

function count(number: number, word: string): string {
  return `${formatInteger(number)} ${number === 1 ? word : `${word}s`}`;
}

function differs({ maxAbs, classMismatches }: TracedValue): boolean {
  return (maxAbs ?? 0) > 0 || classMismatches > 0;
}

function divergenceNote(found: Divergence | null, compared: number): Block {
  if (found !== null) {
    const { value, reason, isRounding } = found;
    return isRounding
      ? note('info', `differences begin at ${value.node}: ${reason}`)
      : note('warning', `the models diverge at ${value.node}: ${reason}`);
  }
  if (compared === 0)
    return note('warning', 'no value of one model could be compared with another');
  return note('success', 'every value that was compared is the same in both models');
}

/** The divergence, what comes before and behind it, and what enlarges differences most. */
function chosen(values: readonly TracedValue[], divergence: TracedValue | null): TracedValue[] {
  const at = divergence === null ? -1 : values.indexOf(divergence);
  const neighbours = at < 0 ? [] : values.slice(Math.max(at - 1, 0), at + 2);
  const amplifiers = values
    .filter((value) => differs(value) && value.amplification !== null)
    .toSorted((a, b) => (b.amplification ?? 0) - (a.amplification ?? 0) || 0)
    .slice(0, mostAmplifiers);
  const wanted = new Set([...neighbours, ...amplifiers]);
  return values.filter((value) => wanted.has(value));
}

function right(header: string): Column {
  return { header, align: 'right' };
}

function valueTable(rows: readonly TracedValue[], divergence: Divergence | null): Block {
  const columns = ['node', 'operator', right('SQNR dB'), right('rel. error'), right('amplified')];
  const cells = rows.map((value): Cell[] => {
    const { operator, candidateOperator, sqnrDb, relativeError, amplification } = value;
    const isFound = value === divergence?.value;
    const name = nameOf(value);
    return [
      isFound ? toned(name, divergence.isRounding ? 'strong' : 'bad') : name,
      operator === candidateOperator ? operator : `${operator} / ${candidateOperator}`,
      decibels(sqnrDb),
      number(relativeError),
      amplificationText(amplification),
    ];
  });
  return table(columns, cells, 'Where the difference grows, in the order of the reference');
}

/** The node without its operator, which has a column of its own; of an unnamed one, its output. */
function nameOf({ node, operator, name, candidate, pairedBy }: TracedValue): string {
  const own = node.startsWith(`${operator} "`) ? node.slice(operator.length + 2, -1) : name;
  // A value that is quantized is there twice.
  return pairedBy === 'structure' && candidate !== name ? `${own} (${candidate})` : own;
}

function amplificationText(amplification: number | null): string {
  if (amplification === null) return '-';
  return Number.isFinite(amplification) ? formatRatio(amplification) : 'begins';
}

function sourceTable(sources: readonly ErrorSource[]): Block {
  const columns = ['cause', 'comparison', 'output', right('max abs'), right('SQNR dB')];
  const rows = sources.map((source): Cell[] => [
    source.cause,
    source.comparison,
    source.output,
    number(source.maxAbs),
    decibels(source.sqnrDb),
  ]);
  return table(columns, rows, 'What makes the outputs differ');
}

function gainBlocks({ output, sqnrDb, nodes, suggestion, notes }: FloatGains): Block[] {
  const columns = ['node', 'operator', right('SQNR dB'), right('gain dB')];
  const rows = nodes
    .slice(0, mostGains)
    .map(({ node, operator, sqnrDb: alone, gainDb }): Cell[] => [
      node,
      operator,
      decibels(alone),
      number(gainDb),
    ]);
  const title = `Output "${output}" (${decibels(sqnrDb)} dB) if one node stays float`;
  const blocks: Block[] = rows.length === 0 ? [] : [table(columns, rows, title)];
  if (suggestion !== null) {
    const { nodes: kept, sqnrDb: together, flags } = suggestion;
    const what = `${count(kept.length, 'node')} in float: ${decibels(together)} dB`;
    blocks.push(pasteNote(`with ${what}; mlkit quantize ${flags}`));
  }
  return [...blocks, ...notes.map((text) => note('info', text))];
}

function reproNotes({ candidatePath, nodes, reproduces, command }: Repro): Block[] {
  return [
    reproduces
      ? note('info', `${candidatePath} has ${count(nodes, 'node')} and shows the difference`)
      : note('warning', `${candidatePath}, run alone, does not differ as it does in the whole`),
    pasteNote(`to see it: ${command}`),
  ];
}

function number(value: number | null): string {
  return value === null ? '-' : formatNumber(value, 3);
}

function decibels(value: number | null): string {
  if (value === null) return '-';
  return Number.isFinite(value) ? formatNumber(value, 3) : value > 0 ? 'inf' : '-inf';
}
