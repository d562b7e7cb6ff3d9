import { expect, test } from 'vitest';
import { reportToJson } from '../../src/report/index.ts';

/** What a script sees that parses the text again. */
function roundTrip(value: unknown): unknown {
  const text = reportToJson({ value });
  return (JSON.parse(text) as { value: unknown }).value;
}

test('two spaces of indentation and a newline at the end', () => {
  expect(reportToJson({ a: { b: [1] } })).toBe('{\n  "a": {\n    "b": [\n      1\n    ]\n  }\n}\n');
});

test.each([
  ['a bigint that a number holds exactly', 9_007_199_254_740_991n, 9_007_199_254_740_991],
  ['a bigint beyond that', 9_007_199_254_740_993n, '9007199254740993'],
  ['a negative one', -9_223_372_036_854_775_808n, '-9223372036854775808'],
  ['NaN', Number.NaN, 'NaN'],
  ['infinity', Number.POSITIVE_INFINITY, 'Infinity'],
  ['minus infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
  ['null', null, null],
  ['a float array', new Float32Array([1, Number.NaN, 0.5]), [1, 'NaN', 0.5]],
  ['a 64-bit array', new BigInt64Array([1n, -(2n ** 60n)]), [1, '-1152921504606846976']],
  ['bytes of a buffer', new Uint8Array([1, 255]), [1, 255]],
  [
    'a map',
    new Map<unknown, unknown>([
      ['batch', 4n],
      [7, new Map([['x', 1]])],
    ]),
    { batch: 4, 7: { x: 1 } },
  ],
  ['a set', new Set(['a', 'b']), ['a', 'b']],
  ['a hole in an array', [undefined, 1], [null, 1]],
])('%s', (_name, value, expected) => {
  expect(roundTrip(value)).toEqual(expected);
});

test('what is undefined is left out', () => {
  expect(Object.keys(JSON.parse(reportToJson({ a: undefined, b: 1 })) as object)).toEqual(['b']);
});

test('a name of __proto__ is a name like any other', () => {
  const text = reportToJson(new Map([['__proto__', 1]]));
  expect(text).toContain('"__proto__": 1');
});

test('holds no character that a terminal obeys, and still the same text', () => {
  const hostile = 'a\u001b[31m\u009b31m\u007f\u202e\u2028\u0000b';
  const text = reportToJson({ value: hostile });
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
  expect(roundTrip(hostile)).toBe(hostile);
});
