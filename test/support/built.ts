import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..', '..');

/**
 * Once before all tests: sessions run in processes of the built program, so that tests of a missing
 * one fail in odd ways, and tests of an old one pass or fail for what is no longer written.
 */
export function setup(): void {
  const worker = path.join(root, 'dist', 'runtime', 'worker.js');
  const built = fs.statSync(worker, { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) throw new Error('dist/ is missing: run npm run build first');
  const sources = path.join(root, 'src');
  const newer = fs
    .readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) => name.endsWith('.ts') && fs.statSync(path.join(sources, name)).mtimeMs > built,
    );
  if (newer.length === 0) return;
  const [first = ''] = newer;
  const which = newer.length === 1 ? `src/${first}` : `src/${first} and ${newer.length - 1} more`;
  process.stderr.write(
    `\ndist/ is older than ${which}: child processes run what was built; npm run build\n`,
  );
}
