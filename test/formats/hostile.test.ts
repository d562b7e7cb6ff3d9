import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { SeededRandom } from '../support/random.ts';
import { fixtureBytes, formatFixtures, kindOf, readBytes } from './read.ts';

const names = fs.readdirSync(formatFixtures).filter((name) => !/\.(py|json)$/.test(name));

/** As what the whole file is read, whatever was done to it. */
function kindOfFixture(name: string): string {
  const kind = kindOf(fixtureBytes(name));
  return name.endsWith('.pkl') ? 'pickle' : kind;
}

async function tryToRead(bytes: Uint8Array, kind: string): Promise<'read' | 'refused'> {
  try {
    await readBytes(bytes, kind);
    return 'read';
  } catch (error) {
    if (error instanceof MlkitError) return 'refused';
    throw error;
  }
}

describe('hostile bytes', () => {
  test('all fixtures are read', async () => {
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      expect([name, await tryToRead(fixtureBytes(name), kindOfFixture(name))]).toEqual([
        name,
        'read',
      ]);
    }
  });

  test('files cut off anywhere', async () => {
    const seen = new Set<string>();
    for (const name of names) {
      const whole = fixtureBytes(name);
      const step = Math.max(1, Math.floor(whole.length / 150));
      for (let length = 0; length < whole.length; length += step) {
        seen.add(await tryToRead(whole.subarray(0, length), kindOfFixture(name)));
      }
    }
    expect(seen).toEqual(new Set(['read', 'refused']));
  });

  test('files with flipped bits', async () => {
    const random = new SeededRandom(5);
    const counts = { read: 0, refused: 0 };
    for (let round = 0; round < 6000; round += 1) {
      const name = random.pick(names);
      const bytes = Uint8Array.from(fixtureBytes(name));
      for (let flips = 1 + random.below(3); flips > 0; flips -= 1) {
        const at = random.below(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      }
      counts[await tryToRead(bytes, kindOfFixture(name))] += 1;
    }
    expect(counts.read).toBeGreaterThan(100);
    expect(counts.refused).toBeGreaterThan(100);
  });

  test('files that are taken for another kind', async () => {
    const kinds = new Set(names.map(kindOfFixture));
    for (const name of names) {
      for (const kind of kinds) await tryToRead(fixtureBytes(name), kind);
    }
    expect(kinds.size).toBeGreaterThan(6);
  });
});
