import {
  type Block,
  type Cell,
  type Column,
  type Document,
  document,
  formatBytes,
  formatInteger,
  formatMs,
  formatNumber,
  formatPercent,
  keyValues,
  note,
  pageTitled,
  table,
  toned,
} from '../report/index.ts';
import { configurationText } from './config.ts';
import { comparisonBlocks } from './present-comparison.ts';
import type { BenchmarkReport, BenchmarkResult, InputReport } from './report.ts';

/** The report for a person: about 20 lines for one configuration, one line more for each other. */
export function presentBenchmark(report: BenchmarkReport): Document {
  const { results, model, notes, warnings } = report;
  const blocks: Block[] = [
    keyValues([
      ['model', modelText(report)],
      ['runs on', machineText(report)],
      ['measured', effortText(report)],
    ]),
    resultTable(results),
    keyValues(detailEntries(report)),
    ...comparisonBlocks(report),
    ...neededNotes(results),
    ...notes.map((text) => note('info', text)),
    ...warnings.map(({ message, fix }) => note('warning', `${message}: ${fix}`)),
  ];
  return document(`benchmark ${model.path}`, blocks);
}

/** Inputs that are told one by one; of more, the first and how many. */
const mostInputs = 3;

function modelText({ memory, inputs, distinctInputs }: BenchmarkReport): string {
  const shown = inputs.length > mostInputs ? inputs.slice(0, mostInputs - 1) : inputs;
  const more = inputs.length > shown.length ? [`${inputs.length - shown.length} more inputs`] : [];
  const several = distinctInputs > 1 ? [`${distinctInputs} different inputs in turns`] : [];
  return [formatBytes(memory.modelBytes), ...shown.map(inputText), ...more, ...several].join(' · ');
}

function inputText({ name, dtype, shape, source }: InputReport): string {
  return `${name} ${dtype}[${shape.join(', ')}] (${source})`;
}

function machineText({ results, environment }: BenchmarkReport): string {
  const { cpuModel, coresAllowed, onnxruntimeVersion, nodeVersion } = environment;
  const fixed = fixedFields(results);
  return [
    ...fixed,
    `${coresAllowed} of ${environment.coresTotal} cores`,
    ...(cpuModel === null ? [] : [cpuModel]),
    `onnxruntime ${onnxruntimeVersion}`,
    `node ${nodeVersion}`,
  ].join(' · ');
}

/** Provider and threads where all results have the same; what differs is a column of the table. */
function fixedFields(results: readonly BenchmarkResult[]): string[] {
  const fields: string[] = [];
  const [first] = results;
  if (first === undefined) return fields;
  if (!differs(results, 'provider')) fields.push(first.provider);
  if (!differs(results, 'threads')) {
    fields.push(`${first.threads} ${first.threads === 1 ? 'thread' : 'threads'}`);
  }
  return fields;
}

function effortText({ results }: BenchmarkReport): string {
  const [first] = results;
  if (first === undefined) return '';
  const rounds = first.processes.length / first.concurrency;
  const least = Math.min(...results.map(({ latency }) => latency.runs));
  const most = Math.max(...results.map(({ latency }) => latency.runs));
  const runs =
    least === most ? formatInteger(most) : `${formatInteger(least)} to ${formatInteger(most)}`;
  const loop =
    first.concurrency === 1 && !differs(results, 'concurrency')
      ? 'one after the other'
      : 'in each session one after the other';
  const processes = `${rounds} fresh ${rounds === 1 ? 'process' : 'processes'}`;
  return `${runs} ${most === 1 ? 'run' : 'runs'} in ${processes}, ${loop}; from the call to the outputs in memory`;
}

type VaryingField = 'provider' | 'batch' | 'threads' | 'concurrency';

const fieldColumns: Readonly<Record<VaryingField, Column>> = {
  provider: { header: 'provider' },
  batch: { header: 'batch', align: 'right' },
  threads: { header: 'threads', align: 'right' },
  concurrency: { header: 'sessions', align: 'right' },
};

function differs(results: readonly BenchmarkResult[], field: VaryingField): boolean {
  return results.some((result) => result[field] !== results[0]?.[field]);
}

function resultTable(results: readonly BenchmarkResult[]): Block {
  const fields = (Object.keys(fieldColumns) as VaryingField[]).filter(
    (field) => field === 'batch' || differs(results, field),
  );
  const best = Math.max(...results.map(({ throughput }) => throughput.samplesPerSecond));
  const right = (header: string): Column => ({ header, align: 'right' });
  const columns = [
    ...fields.map((field) => fieldColumns[field]),
    // The unit is up here so that the rows fit a narrow terminal.
    ...['p50 ms', 'p90 ms', 'p95 ms', 'p99 ms', 'p99.9 ms', 'mean ms', 'samples/s'].map(right),
  ];
  const rows = results.map((result): Cell[] => {
    const { latency, throughput } = result;
    const rate = rateText(throughput.samplesPerSecond);
    const isBest = results.length > 1 && throughput.samplesPerSecond === best;
    return [
      ...fields.map((field) => result[field]),
      msCell(latency.p50Ms),
      msCell(latency.p90Ms),
      msCell(latency.p95Ms),
      msCell(latency.p99Ms),
      msCell(latency.p999Ms),
      msCell(latency.meanMs),
      isBest ? toned(rate, 'good') : rate,
    ];
  });
  return pageTitled(table(columns, rows), 'Latency');
}

/** Samples in a second. */
function rateText(rate: number): string {
  return rate < 1000 ? formatNumber(rate) : formatInteger(rate);
}

function msCell(ms: number | null): Cell {
  return ms === null ? toned('n/a', 'dim') : formatNumber(ms, 3);
}

function detailEntries({ results, coldStart, memory }: BenchmarkReport): [string, Cell][] {
  const [first] = results;
  if (first === undefined) return [];
  const { importMs, createMs, firstRunMs } = coldStart;
  const entries: [string, Cell][] = [
    [
      'cold start',
      `${formatMs(importMs + createMs + firstRunMs)}: onnxruntime ${formatMs(importMs)} + model ${formatMs(createMs)} + first run ${formatMs(firstRunMs)}`,
    ],
    [
      'memory',
      `peak ${formatBytes(memory.peakBytes)}, of which ${formatBytes(memory.afterImportBytes)} before the model was loaded`,
    ],
  ];
  if (results.length === 1) return [['certainty', certaintyText(first)], ...entries];
  return [...entries, ['most samples/s', bestText(results)]];
}

/** How far the median and the tail can be relied on. */
function certaintyText({ latency, processP50Ms, processes }: BenchmarkResult): string {
  const { low, high } = processP50Ms;
  const parts =
    processes.length === 1
      ? ['one process only: another may differ']
      : [`p50 of the processes from ${formatMs(low)} to ${formatMs(high)}`];
  parts.push(`runs from ${formatMs(latency.minMs)} to ${formatMs(latency.maxMs)}`);
  const bound = latency.bounds.p99Ms;
  if (bound !== undefined) {
    parts.push(
      `p99 at most ${formatMs(bound.upperMs)} (${formatPercent(bound.confidence, 0)} sure)`,
    );
  }
  return parts.join(' · ');
}

function bestText(results: readonly BenchmarkResult[]): string {
  const [best] = results.toSorted(
    (a, b) => b.throughput.samplesPerSecond - a.throughput.samplesPerSecond,
  );
  if (best === undefined) return '';
  const { latency, throughput } = best;
  const median = latency.p50Ms === null ? '' : `, p50 ${formatMs(latency.p50Ms)}`;
  return `${configurationText(best)}: ${rateText(throughput.samplesPerSecond)}/s${median}`;
}

/** One note for all percentiles that some result is too short for. */
function neededNotes(results: readonly BenchmarkResult[]): Block[] {
  const [shortest] = results.toSorted((a, b) => a.latency.runs - b.latency.runs);
  const needed = Object.entries(shortest?.latency.needed ?? {});
  if (shortest === undefined || needed.length === 0) return [];
  const names = { p50Ms: 'p50', p90Ms: 'p90', p95Ms: 'p95', p99Ms: 'p99', p999Ms: 'p99.9' };
  const list = needed.map(([field, runs], index) => {
    const name = names[field as keyof typeof names];
    return index === 0 ? `${name} takes ${runs} runs` : `${name} ${runs}`;
  });
  const { runs } = shortest.latency;
  const text = `n/a: ${list.join(', ')}; there ${runs === 1 ? 'was 1' : `were ${runs}`}`;
  return [note('info', `${text} (--runs, --duration)`)];
}
