import { MlkitError } from '../../errors.ts';
import { oneHotClasses } from './one-hot.ts';
import { type LabelPlace, type RawLabels, readRawLabels } from './raw-labels.ts';
import type { TaskName } from './report.ts';

/** The right class of each row, as text, so that integers and names compare alike. */
export interface ClassLabels extends LabelPlace {
  readonly kind: 'classes';
  readonly names: readonly string[];
}

/** The right numbers of each row, row after row, all finite. */
export interface ValueLabels extends LabelPlace {
  readonly kind: 'values';
  /** Numbers a row. */
  readonly targets: number;
  readonly values: Float64Array;
}

export type Labels = ClassLabels | ValueLabels;

/**
 * The labels of the rows. They are classes where the task says so or, by default, where they are text
 * or whole numbers: the shape [rows], or one-hot rows [rows, classes]. Else they are numbers that a
 * model should meet, of any shape [rows, …].
 *
 * @param source The name of an array in a `.npz` of `inputs`, a `.npy` file, or a `.csv` or `.txt`
 *   file with one label a line.
 * @throws MlkitError USAGE when there is no such array or file, INPUT_DATA when it holds no labels of
 *   the task, and whatever reading a file runs into.
 */
export function readLabels(
  source: string,
  inputs: readonly string[],
  task: TaskName = 'auto',
): Labels {
  const raw = readRawLabels(source, inputs);
  if (raw.rows === 0) throw new MlkitError('INPUT_DATA', `the labels ${source} are empty`);
  const isClass = task === 'classification' || (task === 'auto' && looksLikeClasses(raw));
  return isClass ? classLabels(raw, task) : valueLabels(raw);
}

function looksLikeClasses({ numbers }: RawLabels): boolean {
  return numbers === null || numbers.every((value) => Number.isInteger(value));
}

function classLabels(raw: RawLabels, task: TaskName): ClassLabels {
  const { source, rows, place, dims, numbers, dtype } = raw;
  const width = dims.slice(1).reduce((product, size) => product * size, 1);
  const base = { kind: 'classes', source, rows, place } as const;
  if (width !== 1) {
    if (numbers === null || dims.filter((size) => size !== 1).length > 2) throw wrongShape(raw);
    return { ...base, names: oneHotClasses(raw, numbers, width, task) };
  }
  const broken = numbers?.findIndex((value) => !Number.isInteger(value)) ?? -1;
  if (broken >= 0) {
    throw new MlkitError(
      'INPUT_DATA',
      `the labels ${source} are ${dtype} and not all whole numbers: ${place(broken)} is ${raw.text(broken)}`,
      {
        hint: 'Save them as int64 classes or as text, or give --task regression for labels that are measured.',
      },
    );
  }
  return { ...base, names: Array.from({ length: rows }, (_, row) => raw.text(row)) };
}

function valueLabels(raw: RawLabels): ValueLabels {
  const { source, rows, place, numbers } = raw;
  if (numbers === null) {
    throw new MlkitError(
      'INPUT_DATA',
      `the labels ${source} are text ("${raw.text(0)}" in ${place(0)}), and regression needs numbers`,
      { hint: 'Classes are counted with --task classification.' },
    );
  }
  const targets = numbers.length / rows;
  const broken = numbers.findIndex((value) => !Number.isFinite(value));
  if (targets === 0 || broken >= 0) {
    const what = targets === 0 ? 'are empty' : `hold ${numbers[broken]}`;
    const where = broken >= 0 ? ` in ${place(Math.floor(broken / targets))}` : '';
    throw new MlkitError('INPUT_DATA', `the labels ${source} ${what}${where}`, {
      hint: 'Every row needs a finite number.',
    });
  }
  return { kind: 'values', source, rows, place, targets, values: numbers };
}

function wrongShape({ source, dims }: RawLabels): MlkitError {
  return new MlkitError('INPUT_DATA', `the labels ${source} have the shape [${dims.join(', ')}]`, {
    hint: 'One label a row is needed: the shape [rows], or one-hot rows [rows, classes].',
  });
}
