import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandTable } from '../../src/cli/commands/index.ts';
import { main } from '../../src/cli/main.ts';
import { testIo } from './test-io.ts';

/* A hint that names a flag which does not exist sends people nowhere. */

const source = join(import.meta.dirname, '..', '..', 'src');

async function flagsOf(command: string): Promise<Set<string>> {
  const io = testIo();
  await main([command, '--help'], io);
  return new Set(io.out.match(/--[a-z][a-z-]*/g));
}

const commands = await Promise.all(
  commandTable.map(async ({ name }) => [name, await flagsOf(name)] as const),
);

/** Each text `mlkit <command> … --flag …` up to the end of its string or line. */
const mentions = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) =>
    commands.flatMap(([command, flags]) =>
      [...readFileSync(join(source, name), 'utf8').matchAll(mentionOf(command))].flatMap(([text]) =>
        (text.match(/(?<= )--[a-z][a-z-]*/g) ?? []).map((flag) => ({ name, text, flag, flags })),
      ),
    ),
  );

function mentionOf(command: string): RegExp {
  return new RegExp(`mlkit ${command} [^'"\`\\n]*`, 'g');
}

test('the flags that are recommended exist', () => {
  const missing = mentions.filter(({ flags, flag }) => !flags.has(flag));
  expect(missing.map(({ name, text }) => `${name}: ${text}`)).toEqual([]);
  expect(mentions.length).toBeGreaterThan(20);
});
