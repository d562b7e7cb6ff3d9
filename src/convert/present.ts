import {
  type Block,
  type Cell,
  type Document,
  document,
  formatBytes,
  keyValues,
  locationText,
  note,
  type Severity,
  type Tone,
  table,
  toned,
} from '../report/index.ts';
import type { ConvertCheckReport, ConvertReport, Opsets, VerificationReport } from './report.ts';

/** Changes beyond this many are counted and not listed; JSON has them all. */
const listedChanges = 30;

/** A conversion for a person to read. */
export function presentConversion(report: ConvertReport): Document {
  const { model, output, notes } = report;
  const blocks: Block[] = [
    ...changeBlocks(report),
    keyValues(outcomeEntries(report)),
    ...notes.map((text) => note('warning', text)),
  ];
  if (report.verification.verdict === 'fail') {
    blocks.push(
      note('error', 'Nothing was written. With --no-verify the result is written all the same.'),
    );
  }
  return document(output === null ? model.path : `${model.path} → ${output.path}`, blocks);
}

function changeBlocks({ changes, config }: ConvertReport): Block[] {
  if (changes.length === 0) {
    const isCopy = config.to === 'onnx' && config.external === 'keep';
    return isCopy ? [note('info', 'Nothing to change: the result is the same file.')] : [];
  }
  const rows = changes
    .slice(0, listedChanges)
    .map(({ pass, node, reason }) => [pass, node === null ? reason : `${node}: ${reason}`]);
  const rest = changes.length - rows.length;
  return [
    table(['pass', 'change'], rows),
    ...(rest > 0 ? [note('info', `${rest} more changes; --json lists them all.`)] : []),
  ];
}

function outcomeEntries(report: ConvertReport): [string, Cell][] {
  const { model, output, opsets, irVersion, config, verification } = report;
  const entries: [string, Cell][] = [];
  if (output !== null) {
    const label = config.dryRun ? 'would write' : 'written';
    entries.push([label, `${output.path} (${sizes(model.sizeBytes, output.sizeBytes)})`]);
    for (const file of output.dataFiles) {
      entries.push(['data file', `${file.path} (${formatBytes(file.sizeBytes)})`]);
    }
  }
  if (irVersion.before !== irVersion.after) {
    entries.push(['IR version', `${irVersion.before} → ${irVersion.after}`]);
  }
  const [before, after] = [opsetText(opsets.before), opsetText(opsets.after)];
  if (before !== after) entries.push(['opsets', `${before} → ${after}`]);
  entries.push(['verified', verificationCell(verification)]);
  return entries;
}

function sizes(before: number, after: number | null): string {
  if (after === null) return `now ${formatBytes(before)}`;
  if (before === after) return formatBytes(after);
  return `${formatBytes(after)}, was ${formatBytes(before)}`;
}

function opsetText(opsets: Opsets): string {
  return Object.entries(opsets)
    .map(([domain, version]) => `${domain === '' ? 'ai.onnx' : domain} ${version}`)
    .join(', ');
}

function verificationCell({ verdict, reason }: VerificationReport): Cell {
  switch (verdict) {
    case 'pass':
      return toned(`yes: ${reason}`, 'good');
    case 'fail':
      return toned(`FAIL: ${reason}`, 'bad');
    case 'inconclusive':
      return toned(`could not be decided: ${reason}`, 'warn');
    case null:
      return toned(`not run: ${reason}`, 'dim');
  }
}

const severityTones: Readonly<Record<Severity, Tone>> = {
  error: 'bad',
  warning: 'warn',
  info: 'dim',
};

/** What a check has found, for a person to read. */
export function presentCheck(report: ConvertCheckReport): Document {
  const { check, findings, irVersion, opsets, verdict } = report;
  const rows = findings.map(({ severity, code, at, message, fix }): Cell[] => [
    toned(severity, severityTones[severity]),
    code,
    locationText(at),
    fix === undefined ? message : `${message}${/[.!?]$/.test(message) ? '' : '.'} ${fix}`,
  ]);
  const blocks: Block[] = [
    keyValues([
      ['IR version', irVersion],
      ['opsets', opsetText(opsets)],
      ['specification', check.spec === 'valid' ? toned('valid', 'good') : toned('invalid', 'bad')],
      ['onnxruntime', runtimeCell(check.runtime)],
    ]),
  ];
  if (rows.length > 0) blocks.push(table(['severity', 'code', 'where', 'finding'], rows));
  blocks.push(
    verdict === 'pass'
      ? note('success', rows.length === 0 ? 'No errors.' : 'No errors in the model itself.')
      : note('error', 'The model has errors.'),
  );
  return document(report.model.path, blocks);
}

function runtimeCell(runtime: ConvertCheckReport['check']['runtime']): Cell {
  switch (runtime) {
    case 'loads':
      return toned('loads it', 'good');
    case 'rejects':
      return toned('does not load it', 'bad');
    case 'unknown':
      return toned('not tried', 'dim');
  }
}
