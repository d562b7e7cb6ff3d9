import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { profiles } from '../../src/parity/index.ts';

const page = fs.readFileSync(
  path.join(import.meta.dirname, '..', '..', 'docs', 'validate.md'),
  'utf8',
);

/** The cells of the row that begins with a name, as numbers; percentages as shares, none as null. */
function row(name: string): (number | null)[] {
  const line = page.split('\n').find((each) => each.startsWith(`| \`${name}\` `)) ?? '';
  return line
    .split('|')
    .slice(3, -1)
    .map((cell) => cell.trim())
    .map((cell) => {
      if (cell === '') return null;
      return cell.endsWith('%') ? Number(cell.slice(0, -1)) / 100 : Number(cell);
    });
}

test.each(Object.values(profiles))('the manual has the limits of $name', (profile) => {
  const { name, element, minSqnrDb, minCosine, minTop1, maxKl } = profile;
  const gate = element === null ? [null, null, null, null] : null;
  const elements = gate ?? [element?.rtol, element?.atol, element?.kappa, element?.allowedOutside];
  expect(row(name)).toEqual([...elements, minSqnrDb, minCosine, minTop1, maxKl]);
});
