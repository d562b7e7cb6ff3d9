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
      ['running', runCell(check.run)],
      ...needs(requirements),
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

function runCell(run: CheckReport['run']): Cell {
  switch (run) {
    case 'runs':
      return toned('nothing speaks against it', 'good');
    case 'fails':
      return toned('fails', 'bad');
    case 'unknown':
      return toned('not known', 'dim');
  }
}

function needs({ opsets, oldestRuntime }: Requirements): [string, Cell][] {
  const sets = Object.entries(opsets).map(([domain, version]) =>
    domain === '' ? `opset ${version}` : `${domain} ${version}`,
  );
  const runtime = oldestRuntime === null ? [] : [`onnxruntime ${oldestRuntime} or later`];
  const text = [...sets, ...runtime].join(', ');
  return text === '' ? [] : [['needs', text]];
}
