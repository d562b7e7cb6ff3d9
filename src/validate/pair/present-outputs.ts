import type { OutputParity } from '../../parity/index.ts';
import {
  type Block,
  type Cell,
  formatInteger,
  formatNumber,
  formatPercent,
  pageTitled,
  type Tone,
  table,
  toned,
  type Verdict,
} from '../../report/index.ts';

const verdictTones: Readonly<Record<Verdict, Tone>> = {
  pass: 'good',
  fail: 'bad',
  inconclusive: 'warn',
};

/** How each output compares, a row each. */
export function outputTable(outputs: readonly OutputParity[]): Block {
  const right = (header: string): { header: string; align: 'right' } => ({
    header,
    align: 'right',
  });
  const hasTop1 = outputs.some((output) => output.top1Agreement !== null);
  const columns = [
    'output',
    'type',
    right('max abs'),
    right('max rel'),
    right('SQNR dB'),
    right('cosine'),
    ...(hasTop1 ? [right('top-1')] : []),
    right('outside'),
    'verdict',
  ];
  const rows = outputs.map((output): Cell[] => [
    output.name,
    output.dtype === null
      ? '-'
      : `${output.dtype}[${output.shape.map((size) => size ?? '?').join(', ')}]`,
    number(output.maxAbs, 3),
    number(output.maxRel, 3),
    output.sqnrDb === null ? '-' : decibels(output.sqnrDb),
    number(output.cosine, 7),
    ...(hasTop1
      ? [output.top1Agreement === null ? '-' : formatPercent(output.top1Agreement, 2)]
      : []),
    `${formatInteger(output.mismatched)}/${formatInteger(output.total)}`,
    toned(output.verdict, verdictTones[output.verdict]),
  ]);
  return pageTitled(table(columns, rows), 'Outputs');
}

/** What is to be said of outputs beside their verdicts. */
export function outputWarnings(outputs: readonly OutputParity[]): string[] {
  return outputs.flatMap(({ name, warnings }) =>
    warnings.map((warning) => `output "${name}": ${warning}`),
  );
}

function number(value: number | null, digits: number): string {
  return value === null ? '-' : formatNumber(value, digits);
}

function decibels(value: number): string {
  return Number.isFinite(value) ? formatNumber(value, 3) : value > 0 ? 'inf' : '-inf';
}
