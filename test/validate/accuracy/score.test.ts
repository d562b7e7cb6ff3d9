import { describe, expect, test } from 'vitest';
import { stringTensor, type Tensor, tensorFrom } from '../../../src/tensor/index.ts';
import { accuracyOf } from '../../../src/validate/accuracy/accuracy.ts';
import { scoreLabels } from '../../../src/validate/accuracy/label-scoring.ts';
import type { ClassLabels } from '../../../src/validate/accuracy/labels.ts';
import type { Accuracy, LabelledResult } from '../../../src/validate/accuracy/report.ts';
import { Scorer } from '../../../src/validate/accuracy/score.ts';
import { float32, int64 } from '../files.ts';

const { NaN: nan } = Number;

function outputs(all: Readonly<Record<string, Tensor>>): Map<string, Tensor> {
  return new Map(Object.entries(all));
}

function classLabels(names: readonly string[]): ClassLabels {
  const place = (row: number): string => `row ${row}`;
  return { kind: 'classes', source: 'labels', rows: names.length, names, place };
}

/** What becomes of one sample. */
function scored(
  names: readonly string[],
  all: Readonly<Record<string, Tensor>>,
  { topK = null, output = null }: { topK?: number | null; output?: string | null } = {},
): { scorer: Scorer; accuracy: Accuracy } {
  const scorer = new Scorer(classLabels(names), { topK, output });
  scorer.add(outputs(all), names.length);
  return { scorer, accuracy: accuracyOf(scorer, null) };
}

describe('the class of a row', () => {
  test('is that of the greatest score, the first of equals; a row with NaN is wrong', () => {
    const scores = float32([4, 3], [1, 1, 0, 0, 2, 1, 0, 0, 5, 0, nan, 9]);
    const hidden = float32([4], [1, 2, 3, 4]);
    const { scorer, accuracy } = scored(['0', '1', '0', '2'], { hidden, scores });
    expect(scorer.output).toBe('scores');
    expect(scorer.finish().right).toEqual([true, true, false, false]);
    expect(accuracy.warnings).toEqual([
      '1 of 4 rows have NaN among their scores, and count as wrong',
    ]);
  });

  test('is what the model names itself, where it does', () => {
    const probabilities = float32([2, 2], [1, 0, 0, 1]);
    const label = stringTensor([2], ['cat', 'cat']);
    const { scorer } = scored(['cat', 'dog'], { probabilities, label });
    expect([scorer.output, scorer.finish().right]).toEqual(['label', [true, false]]);
  });

  test('is read from the output that was asked for', () => {
    const all = { label: int64([0, 0]), scores: float32([2, 2], [1, 0, 0, 1]) };
    expect(scored(['0', '1'], all).accuracy.reference).toBe(0.5);
    expect(scored(['0', '1'], all, { output: 'scores' }).accuracy).toMatchObject({
      reference: 1,
      output: 'scores',
    });
    expect(() => scored(['0', '1'], all, { output: 'logits' })).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: 'Its outputs are label, scores.' }),
    );
  });

  test.each([
    ['[rows, classes, 1, 1]', 2, float32([2, 3, 1, 1], [0, 1, 0, 0, 0, 1]), ['1', '2']],
    ['[rows, 1, classes]', 2, float32([2, 1, 3], [0, 1, 0, 0, 0, 1]), ['1', '2']],
    ['[classes], of a model without a batch', 1, float32([3], [0, 1, 0]), ['1']],
    ['[1, classes, 1]', 1, float32([1, 3, 1], [0, 1, 0]), ['1']],
    ['a scalar class', 1, tensorFrom('int32', [], Int32Array.of(7)), ['7']],
    ['[rows, 1] classes', 2, tensorFrom('int32', [2, 1], Int32Array.of(7, 1)), ['7', '1']],
    ['uint8 scores', 2, tensorFrom('uint8', [2, 2], Uint8Array.of(3, 9, 9, 9)), ['1', '0']],
    ['true and false', 2, tensorFrom('bool', [2], Uint8Array.of(1, 0)), ['1', '0']],
  ] as const)('can be told as %s', (_, rows, tensor, names) => {
    const { scorer } = scored(names, { y: tensor });
    expect(scorer.rows).toBe(rows);
    expect(scorer.finish()).toMatchObject({ predicted: names, right: names.map(() => true) });
  });

  test('goes by the keys of what was a list of maps', () => {
    const scorer = new Scorer(classLabels(['dog', 'cat', 'cow']));
    const scores = float32([3, 2], [0.9, 0.1, 0.8, 0.2, 0.5, 0.5]);
    scorer.add(outputs({ scores }), 3, new Map([['scores', ['cat', 'dog']]]));
    expect(scorer.finish()).toMatchObject({
      predicted: ['cat', 'cat', 'cat'],
      right: [false, true, false],
    });
    expect(accuracyOf(scorer, null).notes).toEqual([
      '1 rows have labels that are no class of the model, and count as wrong',
    ]);
    const numbered = new Scorer(classLabels(['7', '9']), { topK: 1, output: null });
    numbered.add(
      outputs({ scores: float32([2, 2], [0, 1, 0, 1]) }),
      2,
      new Map([['scores', ['7', '9']]]),
    );
    expect(numbered.finish()).toMatchObject({ right: [false, true], inTopK: [false, true] });
  });

  test('goes on over samples; too few labels, and outputs that change, are refused', () => {
    const scorer = new Scorer(classLabels(['1', '0', '1']));
    const one = float32([2, 2], [0, 1, 1, 0]);
    scorer.add(outputs({ one }), 2);
    expect(() => scorer.add(outputs({ one: float32([1, 1], [1]) }), 1)).toThrow(
      /no class .* any more/,
    );
    scorer.add(outputs({ one: float32([1, 2], [0, 1]) }), 1);
    expect(accuracyOf(scorer, null)).toMatchObject({ reference: 1, rows: 3 });
    expect(() => scorer.add(outputs({ one }), 2)).toThrow(/3 labels in labels for at least 5 rows/);
  });

  test('cannot be had from other outputs, which are listed', () => {
    const map = float32(
      [2, 3, 4],
      Array.from({ length: 24 }, () => 0),
    );
    expect(() => scored(['1', '0'], { map, ids: int64([1, 2, 3]) })).toThrow(
      'no output has a class for each of 2 rows: "map" float32[2, 3, 4], "ids" int64[3]',
    );
  });
});

describe('two classes in one column', () => {
  test('part at 0.5 where all are probabilities, within what quantizing adds', () => {
    const p = float32([4, 1], [0.2, 0.5, 0.51, 1.004]);
    const { scorer, accuracy } = scored(['0', '0', '1', '1'], { p });
    expect(scorer.finish().predicted).toEqual(['0', '0', '1', '1']);
    expect(accuracy).toMatchObject({ reference: 1, threshold: 0.5 });
    expect(accuracy.notes).toEqual([
      'output "p" has one number a row: above 0.5 is class 1, as all are probabilities',
    ]);
  });

  test('part at 0 where one is none, also if it comes last; NaN is neither', () => {
    const scorer = new Scorer(classLabels(['1', '0', '0', '1']));
    scorer.add(outputs({ y: float32([2], [0.2, 0]) }), 2);
    scorer.add(outputs({ y: float32([2], [-3, nan]) }), 2);
    expect(scorer.finish()).toMatchObject({
      predicted: ['1', '0', '0', null],
      right: [true, true, true, false],
      threshold: 0,
    });
  });

  test('part at the same place in both models', () => {
    const scoring = scoreLabels(classLabels(['1', '0']), { topK: null, output: null });
    scoring.add('reference', { outputs: outputs({ y: float32([2], [4, -4]) }) }, 2);
    // All of these look like probabilities, and the last is above 0.
    scoring.add('candidate', { outputs: outputs({ y: float32([2], [0.9, 0.1]) }) }, 2);
    expect(scoring.finish()).toMatchObject({ threshold: 0, reference: 1, candidate: 0.5 });
  });

  test('are called 0 and 1; other labels are a task for --task regression', () => {
    expect(() => scored(['1', '7'], { y: float32([2], [0, 1]) })).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /whole numbers \("7" in row 1\).*one number a row/,
        ) as string,
        hint: expect.stringContaining('--task regression') as string,
      }),
    );
  });
});

describe('the k greatest', () => {
  // Ranks of the labels, of equals the first ahead: 0, 2 (3 and 2 are ahead), 1, 3.
  const scores = float32([4, 4], [5, 1, 1, 1, 3, 0, 2, 2, 1, 1, 1, 1, 4, 3, 2, 1]);
  const names = ['0', '3', '1', '3'];

  test.each([
    [2, [true, false, true, false], 0.5],
    [3, [true, true, true, false], 0.75],
  ])('top-%d', (topK, inTopK, share) => {
    const { scorer, accuracy } = scored(names, { scores }, { topK });
    expect(scorer.finish().inTopK).toEqual(inTopK);
    expect(accuracy).toMatchObject({ reference: 0.25, topK: { k: topK, reference: share } });
  });

  test('hold no row with NaN', () => {
    const { scorer } = scored(
      ['0', '0'],
      { y: float32([2, 3], [1, nan, 0, 1, 2, 0]) },
      { topK: 2 },
    );
    expect(scorer.finish().inTopK).toEqual([false, true]);
  });

  test('are not counted where all classes are among them, or one class is given', () => {
    const all = scored(names, { scores }, { topK: 4 }).accuracy;
    expect([all.topK, all.notes]).toEqual([
      null,
      ['top-4 is not counted: output "scores" has 4 classes'],
    ]);
    const one = scored(['1', '2'], { ids: int64([1, 1]) }, { topK: 2 }).accuracy;
    expect(one.notes).toEqual(['top-2 is not counted: output "ids" gives one class a row']);
  });
});

describe('labels of another kind', () => {
  test.each([
    [
      'text for numbered columns',
      ['cat'],
      float32([1, 2], [0, 1]),
      /"cat" in row 0.*the classes 0 to 1/,
    ],
    [
      'numbers beyond the columns',
      ['2'],
      float32([1, 2], [0, 1]),
      /"2" in row 0.*the classes 0 to 1/,
    ],
    ['negative numbers', ['-1'], float32([1, 2], [0, 1]), /"-1" in row 0/],
    [
      'text for integers',
      ['cat'],
      int64([3]),
      /are text \("cat" in row 0\).*"y" gives whole numbers/,
    ],
    [
      'numbers for text',
      ['3'],
      stringTensor([1], ['cat']),
      /are whole numbers \("3" in row 0\).*gives text \("cat"\)/,
    ],
    [
      'text for true and false',
      ['yes'],
      tensorFrom('bool', [1], Uint8Array.of(1)),
      /gives true or false/,
    ],
  ] as const)('%s: an error that shows both', (_, names, y, message) => {
    expect(() => scored(names, { y })).toThrow(
      expect.objectContaining({
        code: 'INPUT_DATA',
        message: expect.stringMatching(message) as string,
      }),
    );
  });

  test('text of which the model knows none', () => {
    const scorer = new Scorer(classLabels(['1', '0']));
    const keys = new Map([['y', ['cat', 'dog']]]);
    expect(() => scorer.add(outputs({ y: float32([2, 2], [0, 1, 1, 0]) }), 2, keys)).toThrow(
      /whole numbers \("1" in row 0\).*has the classes cat, dog/,
    );
  });
});

describe('what is told besides', () => {
  test('classes, the worst first, and what they are taken for', () => {
    const ids = int64([0, 1, 1, 2, 2, 0, 1]);
    const { accuracy } = scored(['0', '1', '2', '2', '1', '2', '0'], { ids });
    expect(accuracy.classCount).toBe(3);
    expect(accuracy.classes).toEqual([
      { label: '2', rows: 3, reference: 1 / 3, candidate: null },
      { label: '0', rows: 2, reference: 0.5, candidate: null },
      { label: '1', rows: 2, reference: 0.5, candidate: null },
    ]);
    expect(accuracy.confusions).toEqual([
      { label: '0', predicted: '1', rows: 1 },
      { label: '1', predicted: '2', rows: 1 },
      { label: '2', predicted: '0', rows: 1 },
      { label: '2', predicted: '1', rows: 1 },
    ]);
  });

  test('what proves little: one label, one class for all, shifted numbers', () => {
    const warned = (names: string[], ids: number[]): readonly string[] =>
      scored(names, { ids: int64(ids) }).accuracy.warnings;
    expect(warned(['1', '1'], [1, 0])).toEqual(['every label is "1": accuracy proves little']);
    expect(warned(['1', '0', '1'], [1, 1, 1])).toEqual([
      'every row is given the class "1", whatever the label',
    ]);
    expect(warned(['0', '1', '2', '3'], [1, 2, 3, 5])).toEqual([
      expect.stringContaining('75.00% of the rows are given one more than their label'),
    ]);
    expect(warned(['1', '2', '3', '4'], [0, 1, 2, 3])[0]).toContain('one less');
    expect(warned(['0', '1'], [0, 1])).toEqual([]);
  });
});

describe('two models', () => {
  function both(
    reference: Readonly<Record<string, Tensor>>,
    candidate: Readonly<Record<string, Tensor>>,
  ): LabelledResult {
    const scoring = scoreLabels(classLabels(['0', '1', '1', '0']), { topK: null, output: null });
    scoring.add('reference', { outputs: outputs(reference) }, 4);
    scoring.add('candidate', { outputs: outputs(candidate) }, 4);
    return scoring.finish();
  }

  test('come to a drop, and what was lost and won', () => {
    const result = both({ y: int64([0, 1, 1, 1]) }, { y: int64([1, 0, 1, 0]) });
    expect(result).toMatchObject({
      reference: 0.75,
      candidate: 0.5,
      dropPct: 25,
      lost: 2,
      gained: 1,
      confusions: [
        { label: '0', predicted: '1', rows: 1 },
        { label: '1', predicted: '0', rows: 1 },
      ],
    });
  });

  test('are read from the same output: by its name, or by its place', () => {
    const ids = int64([0, 1, 1, 0]);
    const scores = float32([4, 2], [1, 0, 1, 0, 1, 0, 1, 0]);
    // By itself, the candidate would be read from the integers.
    expect(both({ a: scores }, { other: ids, a: scores })).toMatchObject({ candidate: 0.5 });
    const byPlace = both({ a: scores, b: float32([1], [0]) }, { x: scores, y: ids });
    expect(byPlace).toMatchObject({ candidate: 0.5, output: 'x' });
    expect(both({ a: ids }, { x: scores, y: ids })).toMatchObject({ candidate: 1, output: 'y' });
  });
});
