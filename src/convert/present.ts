import { presentVerdicts } from '../checks/index.ts';
import {
  type Block,
  type Cell,
  type Document,
  document,
  findingNotes,
  formatBytes,
  keyValues,
  note,
  pageTitled,
  table,
  toned,
} from '../report/index.ts';
import type { ConvertCheckReport, ConvertReport, Opsets, VerificationReport } from './report.ts';

/** Changes beyond this many are counted and not listed; JSON has them all. */
const listedChanges = 30;

/** The same for findings. */
const listedFindings = 100;

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
    return isCopy ? [note('info', 'Nothing to change: the result is a copy.')] : [];
  }
  const rows = changes
    .slice(0, listedChanges)
    .map(({ pass, node, reason }) => [pass, node === null ? reason : `${node}: ${reason}`]);
  const rest = changes.length - rows.length;
  return [
    pageTitled(table(['pass', 'change'], rows), 'Changes'),
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

/** What a check has found, for a person to read. */
export function presentCheck(report: ConvertCheckReport): Document {
  const { check, findings, irVersion, opsets, verdict } = report;
  const blocks: Block[] = [
    keyValues([
      ['IR version', irVersion],
      ['opsets', opsetText(opsets)],
    ]),
    ...presentVerdicts(report),
    ...findingNotes(findings, listedFindings, '--json lists all'),
    verdict === 'pass'
      ? note('success', check.runtime === 'loads' ? 'No errors.' : 'No errors in the model itself.')
      : note('error', 'The model has errors.'),
  ];
  return document(report.model.path, blocks);
}
