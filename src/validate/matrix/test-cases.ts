import { outputCases } from '../../parity/index.ts';
import type { TestCase } from '../../report/index.ts';
import type { MatrixCell, MatrixReport } from './report.ts';

/**
 * A test for each output of each cell, and one for each cell: whether the model runs in it. A cell
 * whose provider cannot be used here is skipped.
 *
 * @param suite What the names of the cells are put behind.
 */
export function matrixCases(suite: string, report: MatrixReport): TestCase[] {
  const { failure, baseName, reasons, cells, isComplete } = report;
  const base: TestCase = { suite: `${suite}: base ${baseName}`, name: 'runs', outcome: 'passed' };
  const [message = ''] = reasons;
  return [
    failure === undefined ? base : { ...base, outcome: 'error', message },
    ...(isComplete || failure !== undefined
      ? []
      : [{ suite, name: 'all combinations', outcome: 'skipped', message } as const]),
    ...cells.flatMap((cell) => {
      const own = `${suite}: ${cell.name}`;
      return [runCase(own, cell), ...outputCases(own, cell.outputs)];
    }),
  ];
}

function runCase(
  suite: string,
  { isComplete, isAvailable, failure, reasons }: MatrixCell,
): TestCase {
  const name = 'runs';
  if (isComplete) return { suite, name, outcome: 'passed' };
  const [message = ''] = reasons;
  if (!isAvailable || failure === undefined) return { suite, name, outcome: 'skipped', message };
  return { suite, name, outcome: failure.verdict === 'fail' ? 'failed' : 'error', message };
}
