import { describe, expect, test } from 'vitest';
import { nearest } from '../../src/cli/nearest.ts';
import {
  parseAssignment,
  parseByteSize,
  parseChoice,
  parseChoiceList,
  parseDim,
  parseDimOrDynamic,
  parseDuration,
  parseList,
  parseNumber,
  parsePercent,
  parseShape,
  parseWholeNumber,
  parseWholeNumberList,
} from '../../src/cli/parse.ts';
import { MlkitError } from '../../src/errors.ts';

const threads = { min: 1, max: 1024 };

/** The message of the USAGE error that the call ends in. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof MlkitError && error.code === 'USAGE') return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

test.each([
  ['1', 1],
  ['+16', 16],
  ['007', 7],
  ['1024', 1024],
])('whole number %s', (text, value) => {
  expect(parseWholeNumber('--threads', text, threads)).toBe(value);
});

test.each([
  'abc',
  '',
  '0',
  '1025',
  '1.5',
  '1e3',
  '0x10',
  ' 1',
  '-1',
  '9'.repeat(30),
  'NaN',
  'Infinity',
  '١',
])('whole number refuses %j', (text) => {
  expect(refusal(() => parseWholeNumber('--threads', text, threads))).toBe(
    `--threads: "${text}" is not a whole number from 1 to 1024`,
  );
});

test('whole number: minus zero is zero', () => {
  expect(Object.is(parseWholeNumber('--seed', '-0', { min: 0, max: 5 }), 0)).toBe(true);
});

test.each([
  ['0.5', 0.5],
  ['.5', 0.5],
  ['5.', 5],
  ['-1e-3', -0.001],
  ['1E2', 100],
])('number %s', (text, value) => {
  expect(parseNumber('--atol', text)).toBe(value);
});

test.each([
  ['x', {}, '--atol: "x" is not a number'],
  ['', {}, '--atol: "" is not a number'],
  ['1e999', {}, '--atol: "1e999" is not a number'],
  ['NaN', {}, '--atol: "NaN" is not a number'],
  ['0x1', {}, '--atol: "0x1" is not a number'],
  ['-1', { min: 0 }, '--atol: "-1" is not a number of at least 0'],
  ['2', { max: 1 }, '--atol: "2" is not a number of at most 1'],
  ['2', { min: 0, max: 1 }, '--atol: "2" is not a number from 0 to 1'],
])('number refuses %j in %j', (text, range, message) => {
  expect(refusal(() => parseNumber('--atol', text, range))).toBe(message);
});

test.each([
  ['2%', 2],
  ['2', 2],
  ['0.5%', 0.5],
  ['100%', 100],
])('percentage %s', (text, percent) => {
  expect(parsePercent('--max-drop', text)).toBe(percent);
});

test.each(['101%', '-1', '%', '2%%', 'two'])('percentage refuses %j', (text) => {
  expect(refusal(() => parsePercent('--max-drop', text))).toBe(
    `--max-drop: "${text}" is not a percentage from 0% to 100%`,
  );
});

test.each([
  ['4096', 4096],
  ['0', 0],
  ['1KB', 1000],
  ['1kb', 1000],
  ['1K', 1024],
  ['1KiB', 1024],
  ['2GB', 2e9],
  ['2GiB', 2 ** 31],
  ['1.5MiB', 1_572_864],
  ['100 MB', 1e8],
  ['1.0009KB', 1000],
  ['7B', 7],
])('byte size %s', (text, bytes) => {
  expect(parseByteSize('--max-shard', text)).toBe(bytes);
});

test.each(['', 'KB', '-1', '1XB', '1e3', '99999999TB'])('byte size refuses %j', (text) => {
  expect(refusal(() => parseByteSize('--max-shard', text))).toContain(`"${text}" is not a size`);
});

test.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['2m', 120_000],
  ['1.5s', 1500],
  ['250us', 0.25],
])('duration %s', (text, ms) => {
  expect(parseDuration('--duration', text)).toBe(ms);
});

test.each(['10', '', 's', '0s', '-1s', '10 s', '1h', '1constructor'])(
  'duration refuses %j',
  (text) => {
    expect(refusal(() => parseDuration('--duration', text))).toContain(
      `"${text}" is not a duration`,
    );
  },
);

test('lists', () => {
  expect(parseList('--ops', 'Conv, Gemm')).toEqual(['Conv', 'Gemm']);
  expect(parseWholeNumberList('--batch', '1,2,4', threads)).toEqual([1, 2, 4]);
  expect(parseChoiceList('--provider', 'cpu,cuda', ['cpu', 'cuda'])).toEqual(['cpu', 'cuda']);
  expect(refusal(() => parseList('--ops', 'a,,b'))).toContain('without empty entries');
  expect(refusal(() => parseList('--ops', ''))).toContain('without empty entries');
  expect(refusal(() => parseWholeNumberList('--batch', '1,x', threads))).toBe(
    '--batch: "x" is not a whole number from 1 to 1024',
  );
});

describe('choice', () => {
  const choices = ['cpu', 'cuda', 'tensorrt'] as const;

  test('takes one of the words', () => {
    expect(parseChoice('--provider', 'cuda', choices)).toBe('cuda');
  });

  test('names them all, and the nearest', () => {
    expect(() => parseChoice('--provider', 'tensort', choices)).toThrowError(
      expect.objectContaining({
        message: '--provider: "tensort" is not one of cpu, cuda, tensorrt',
        hint: 'Did you mean tensorrt?',
      }),
    );
  });
});

test.each([
  ['images=1x3x224x224', { input: 'images', shape: [1, 3, 224, 224] }],
  ['x=5', { input: 'x', shape: [5] }],
  ['a=b:0/c=1,2', { input: 'a=b:0/c', shape: [1, 2] }],
  ['past=1x12x0x64', { input: 'past', shape: [1, 12, 0, 64] }],
])('shape %s', (text, expected) => {
  expect(parseShape('--shape', text)).toEqual(expected);
});

test.each([
  ['images', 'of the form INPUT=1x3x224x224'],
  ['=1x3', 'of the form INPUT=1x3x224x224'],
  ['x=', 'of the form INPUT=1x3x224x224'],
  ['x=1x-1', '--shape x: "-1" is not a whole number from 0 to 2147483647'],
  ['x=1xx2', '--shape x: "" is not a whole number'],
  ['x=4294967296', '"4294967296" is not a whole number'],
])('shape refuses %j', (text, message) => {
  expect(refusal(() => parseShape('--shape', text))).toContain(message);
});

test('dimensions', () => {
  expect(parseDim('--dim', 'batch=4')).toEqual({ name: 'batch', size: 4 });
  expect(parseDim('--dim', 'a=b=0')).toEqual({ name: 'a=b', size: 0 });
  expect(parseDimOrDynamic('--dim', 'batch=dynamic')).toEqual({ name: 'batch', size: 'dynamic' });
  expect(parseDimOrDynamic('--dim', 'batch=3')).toEqual({ name: 'batch', size: 3 });
  expect(refusal(() => parseDim('--dim', 'batch=dynamic'))).toContain('"dynamic" is not a whole');
  expect(refusal(() => parseDim('--dim', 'batch'))).toBe(
    '--dim: "batch" is not of the form NAME=N',
  );
});

test('assignments split at the last equals sign', () => {
  expect(parseAssignment('--rename', 'a=b=c', 'OLD=NEW')).toEqual({ name: 'a=b', value: 'c' });
});

test.each([
  ['inspct', 'inspect'],
  ['INSPECT', 'inspect'],
  ['benchmrak', 'benchmark'],
  ['val', undefined],
  ['frobnicate', undefined],
  ['', undefined],
])('nearest to %j is %j', (word, choice) => {
  expect(nearest(word, ['inspect', 'benchmark', 'validate'])).toBe(choice);
});
