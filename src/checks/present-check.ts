import { type Block, type Cell, keyValues, toned } from '../report/index.ts';
import type { Requirements } from './requirements.ts';
import type { CheckReport } from './run-checks.ts';

/** What a check came to, and what the model needs, for a person to read. */
export function presentVerdicts(
  check: CheckReport,
  requirements: Requirements,
  isAsked: boolean,
): Block[] {
  const asked = isAsked ? '' : ', as far as can be foreseen';
  return [
    keyValues([
      ['specification', check.spec === 'valid' ? toned('valid', 'good') : toned('invalid', 'bad')],
      ['onnxruntime', runtimeCell(check.runtime, asked)],
      ['running', runCell(check)],
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
