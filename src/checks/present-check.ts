import { type Block, type Cell, type Finding, keyValues, toned } from '../report/index.ts';
import type { Requirements } from './requirements.ts';
import type { CheckReport } from './run-checks.ts';

/** A check as reports have it. */
interface Checked {
  readonly check: CheckReport;
  readonly requirements: Requirements;
  readonly findings: readonly Finding[];
  /** `runtime`: whether onnxruntime was asked; `target`: the release that the model is meant for. */
  readonly config: { readonly runtime?: unknown; readonly target?: unknown };
}

/** What a check came to, and what the model needs, for a person to read. */
export function presentVerdicts(checked: Checked): Block[] {
  const { check, requirements, config } = checked;
  const asked = config.runtime === true ? '' : ', as far as can be foreseen';
  return [
    keyValues([
      ['specification', check.spec === 'valid' ? toned('valid', 'good') : toned('invalid', 'bad')],
      ['onnxruntime', runtimeCell(check.runtime, asked)],
      ['running', runCell(check)],
      ...targetOf(checked),
      ...needs(requirements, check),
    ]),
  ];
}

function runtimeCell(runtime: CheckReport['runtime'], asked: string): Cell {
  switch (runtime) {
    case 'loads':
      return toned(`loads it${asked}`, 'good');
    case 'rejects':
      return toned(`does not load it${asked}`, 'bad');
    case 'unknown':
      return toned('not known', 'dim');
  }
}

function targetOf({ config, findings }: Checked): [string, Cell][] {
  if (typeof config.target !== 'string') return [];
  const name = `onnxruntime ${config.target}`;
  const isRefused = findings.some(({ code }) => code.startsWith('target-'));
  const cell: Cell = isRefused
    ? toned(`${name} does not load it`, 'bad')
    : toned(`${name}: versions are no obstacle`, 'good');
  return [['target', cell]];
}

function runCell({ runtime, run }: CheckReport): Cell {
  if (runtime === 'rejects') return toned('no, as it does not load', 'dim');
  switch (run) {
    case 'runs':
      return toned('nothing speaks against it', 'good');
    case 'fails':
      return toned('fails', 'bad');
    case 'unknown':
      return toned('not known', 'dim');
  }
}

/** The oldest release goes by versions, and means nothing where the newest one has objections. */
function needs({ opsets, oldestRuntime }: Requirements, check: CheckReport): [string, Cell][] {
  const sets = Object.entries(opsets).map(([domain, version]) =>
    domain === '' ? `opset ${version}` : `${domain} ${version}`,
  );
  const isTold = oldestRuntime !== null && check.runtime !== 'rejects';
  const runtime = isTold ? [`onnxruntime ${oldestRuntime} or later`] : [];
  const text = [...sets, ...runtime].join(', ');
  return text === '' ? [] : [['needs', text]];
}
