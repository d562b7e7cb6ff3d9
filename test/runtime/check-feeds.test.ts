import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { checkedFeeds, checkedFetches } from '../../src/runtime/check-feeds.ts';
import type { ValueInfo } from '../../src/runtime/index.ts';
import { memoryStorage, stringTensor, Tensor, tensorFrom } from '../../src/tensor/index.ts';

function value(name: string, dtype: ValueInfo['dtype'], shape: (number | string)[]): ValueInfo {
  return { name, dtype, shape, isTensor: dtype !== null };
}

const model = {
  modelPath: 'm.onnx',
  inputs: [value('image', 'float32', ['batch', 2]), value('ids', 'int64', [])],
  outputs: [value('y', 'float32', []), value('small', 'uint4', [2]), value('map', null, [])],
};
const image = tensorFrom('float32', [1, 2], Float32Array.of(1, 2));
const ids = tensorFrom('int64', [3], BigInt64Array.of(1n, 2n, 3n));

function errorOf(work: () => unknown): { code: string; message: string; hint: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof MlkitError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('checkedFeeds', () => {
  test('gives one tensor an input, in the order of the inputs', () => {
    const feeds = checkedFeeds(
      new Map([
        ['ids', ids],
        ['image', image],
      ]),
      model,
    );
    expect(feeds.map(({ name, dtype, dims }) => [name, dtype, dims])).toEqual([
      ['image', 'float32', [1, 2]],
      // An empty declared shape is a scalar or of unknown rank: the runtime does not tell which.
      ['ids', 'int64', [3]],
    ]);
    expect(feeds[0]?.bytes).toEqual(new Uint8Array(Float32Array.of(1, 2).buffer));
  });

  test.each<[string, [string, Tensor][], RegExp]>([
    ['a missing input', [['image', image]], /there is no data for input "ids"$/],
    [
      'a name that the runtime would ignore',
      [
        ['image', image],
        ['ids', ids],
        ['imgae', image],
      ],
      /it has no input "imgae"$/,
    ],
    [
      'another type',
      [
        ['image', tensorFrom('float64', [1, 2], Float64Array.of(1, 2))],
        ['ids', ids],
      ],
      /"image" is float64\[1, 2\], not float32\[batch, 2\]$/,
    ],
    [
      'another rank',
      [
        ['image', tensorFrom('float32', [2], Float32Array.of(1, 2))],
        ['ids', ids],
      ],
      /"image" is float32\[2\], not float32\[batch, 2\]$/,
    ],
    [
      'another size',
      [
        ['image', tensorFrom('float32', [1, 1], Float32Array.of(1))],
        ['ids', ids],
      ],
      /"image" is float32\[1, 1\], not float32\[batch, 2\]$/,
    ],
    [
      'bytes that do not fit',
      [
        [
          'image',
          new Tensor({ dtype: 'float32', dims: [1, 2], storage: memoryStorage(new Uint8Array(7)) }),
        ],
        ['ids', ids],
      ],
      /"image" \(float32\[1, 2\]\) has 7 bytes, not 8$/,
    ],
    [
      'a negative size',
      [
        [
          'image',
          new Tensor({
            dtype: 'float32',
            dims: [-1, 2],
            storage: memoryStorage(new Uint8Array(8)),
          }),
        ],
        ['ids', ids],
      ],
      /float32\[-1, 2\]/,
    ],
  ])('%s', (_, feeds, words) => {
    const error = errorOf(() => checkedFeeds(new Map(feeds), model));
    expect(error.code).toBe('INPUT_DATA');
    expect(error.message).toMatch(words);
    expect(error.message).toMatch(/^cannot run m\.onnx: /);
    expect(error.hint).toBe('Its inputs are "image" float32[batch, 2], "ids" int64[].');
  });

  test('strings are counted', () => {
    const texts = { ...model, inputs: [value('text', 'string', ['n'])] };
    expect(
      checkedFeeds(new Map([['text', stringTensor([2], ['a', 'b'])]]), texts)[0]?.strings,
    ).toEqual(['a', 'b']);
    const error = errorOf(() => checkedFeeds(new Map([['text', stringTensor([3], ['a'])]]), texts));
    expect(error.message).toMatch(/string\[3\] and has 1 strings$/);
  });

  test.each([
    ['a sequence', value('s', null, [])],
    ['4-bit integers', value('s', 'int4', [2])],
  ])('an input that the binding cannot take: %s', (_, input) => {
    const error = errorOf(() => checkedFeeds(new Map(), { ...model, inputs: [input] }));
    expect(error.code).toBe('MODEL_UNSUPPORTED');
  });
});

describe('checkedFetches', () => {
  test('those asked for, or all', () => {
    expect(checkedFetches(['y'], model)).toEqual(['y']);
    expect(checkedFetches(undefined, { ...model, outputs: model.outputs.slice(0, 1) })).toEqual([
      'y',
    ]);
  });

  test.each<[string, string[] | undefined, string, RegExp]>([
    ['an unknown name', ['z'], 'INPUT_DATA', /no output "z"/],
    ['none', [], 'INPUT_DATA', /no output is asked for/],
    [
      'a 4-bit output, which would abort the process',
      ['small'],
      'MODEL_UNSUPPORTED',
      /"small" is uint4/,
    ],
    ['a map', ['y', 'map'], 'MODEL_UNSUPPORTED', /"map" is no tensor/],
    ['all, with such ones among them', undefined, 'MODEL_UNSUPPORTED', /"small"/],
  ])('refuses %s', (_, fetches, code, words) => {
    const error = errorOf(() => checkedFetches(fetches, model));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
  });
});
