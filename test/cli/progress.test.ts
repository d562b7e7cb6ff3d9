import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createProgress, type Progress, progressLine } from '../../src/cli/progress.ts';
import { testIo } from './test-io.ts';

const normal = { quiet: false, verbose: false };

function work(progress: Progress): void {
  progress.start('reading', 10);
  progress.update(5, 'half');
  progress.note('using 2 threads');
  progress.stop();
}

test.each([
  ['no terminal', {}, normal, ''],
  ['--quiet', { isErrTty: true }, { quiet: true, verbose: true }, ''],
  ['--verbose, no terminal', {}, { quiet: false, verbose: true }, 'reading\nusing 2 threads\n'],
  ['a dumb terminal', { isErrTty: true, env: { TERM: 'dumb' } }, normal, ''],
  ['a terminal, short work', { isErrTty: true }, normal, 'using 2 threads\n'],
])('%s', async (_name, settings, options, expected) => {
  const io = testIo(settings);
  work(createProgress(io, options));
  await sleep(300);
  expect(io.err).toBe(expected);
  expect(io.out).toBe('');
});

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i++) await sleep(25);
  expect(condition()).toBe(true);
}

test('longer work on a terminal gets a spinner, and a clean line after it', async () => {
  const io = testIo({ isErrTty: true, columns: 80 });
  const progress = createProgress(io, normal);
  progress.start('measuring', 4);
  progress.update(1);
  await until(() => io.err.includes('measuring'));
  expect(io.err).toContain('25%');
  progress.update(2, 'batch 8');
  await until(() => io.err.includes('50% batch 8'));
  progress.note('a note');
  expect(io.err).toContain('a note\n');
  progress.stop();
  const afterStop = io.err;
  await sleep(300);
  expect(io.err).toBe(afterStop);
  // The cursor is left shown.
  expect(io.err).not.toContain('\u001b[?25l');
  expect(io.out).toBe('');
});

test('a new start replaces the work before', async () => {
  const io = testIo({ isErrTty: true });
  const progress = createProgress(io, normal);
  progress.start('first');
  progress.start('second');
  await until(() => io.err.includes('second'));
  progress.stop();
  expect(io.err).not.toContain('first');
});

describe('progressLine', () => {
  test.each([
    [{ label: 'run', done: 0, total: 4 }, 'run ░░░░░░░░░░░░░░░░░░░░ 0%'],
    [{ label: 'run', done: 1, total: 4 }, 'run █████░░░░░░░░░░░░░░░ 25%'],
    [{ label: 'run', done: 9, total: 4 }, 'run ████████████████████ 100%'],
    [{ label: 'run', done: 1, text: 'conv' }, 'run conv'],
    [{ label: 'run', done: 0, total: 0 }, 'run'],
    [{ label: 'evil \u001b[2J\n', done: 0 }, 'evil \\x1b[2J\\n'],
  ])('%j', (state, line) => {
    expect(progressLine(state, 80)).toBe(line);
  });

  test('is cut to the terminal', () => {
    const line = progressLine({ label: 'x'.repeat(100), done: 0 }, 40);
    expect(line).toBe(`${'x'.repeat(36)}…`);
  });
});
