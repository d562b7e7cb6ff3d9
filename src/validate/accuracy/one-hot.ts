import { MlkitError } from '../../errors.ts';
import type { RawLabels } from './raw-labels.ts';
import type { TaskName } from './report.ts';

/**
 * The classes of one-hot rows: the place of the only 1 of each.
 *
 * @param width Numbers a row.
 * @throws MlkitError INPUT_DATA for the first row that is not one-hot.
 */
export function oneHotClasses(
  { source, rows, place, dims }: RawLabels,
  numbers: Float64Array,
  width: number,
  task: TaskName,
): string[] {
  const found: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const values = numbers.subarray(row * width, (row + 1) * width);
    const ones = values.filter((value) => value === 1).length;
    const isOneHot = ones === 1 && values.every((value) => value === 0 || value === 1);
    if (!isOneHot) {
      const shown = values.slice(0, 8).join(', ') + (width > 8 ? ', …' : '');
      throw new MlkitError(
        'INPUT_DATA',
        `the labels ${source} have the shape [${dims.join(', ')}], and ${place(row)} is not one-hot: ${shown}`,
        {
          hint:
            task === 'auto'
              ? 'One label a row is needed: the shape [rows], or one-hot rows. For several numbers a row, give --task regression.'
              : 'One label a row is needed: the shape [rows], or rows with one 1 and zeros.',
        },
      );
    }
    found.push(String(values.indexOf(1)));
  }
  return found;
}
