import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** The repository's root. */
export const root: string = path.resolve(import.meta.dirname, '..', '..');

/** Small models and data that come with the project. */
export const fixtures: string = path.join(root, 'fixtures');

/** Real and foreign models that developers may have beside the repository; tests skip without. */
export const shared: string = path.resolve(root, '..', 'shared');

/** Every file below a folder whose name ends with `suffix`, sorted; none when there is no folder. */
export function filesBelow(folder: string, suffix: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted();
}

/** A new folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlkit-test-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
