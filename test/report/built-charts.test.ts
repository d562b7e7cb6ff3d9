import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { chartSvg } from '../../src/report/chart-svg.ts';
import { type BarChart, chart } from '../../src/report/index.ts';

const dist = path.resolve(import.meta.dirname, '..', '..', 'dist');
const built = path.join(dist, 'report', 'chart-svg.js');

const content: BarChart = { kind: 'bars', label: 'x', bars: [{ label: 'a', value: 1 }] };
const block = chart('Title', 'Summary.', content);

/** A module before which no package can be found, even if one is installed in a folder above. */
const nothingInstalled = `import { register } from 'node:module';
const hook = \`export async function resolve(name, context, next) {
  if (!/^(?:[.]|file:|node:|data:)/.test(name)) throw new Error(name + ' is not installed');
  return next(name, context);
}\`;
register('data:text/javascript,' + encodeURIComponent(hook));`;

describe('the built module that draws', () => {
  test('works alone, where nothing is installed, and draws what the source draws', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'mlkit-charts-'));
    try {
      copyFileSync(built, path.join(folder, 'chart-svg.mjs'));
      const script = `import { chartSvg } from './chart-svg.mjs';
process.stdout.write(chartSvg(${JSON.stringify(block)}, 'c'));`;
      writeFileSync(path.join(folder, 'draw.mjs'), script);
      writeFileSync(path.join(folder, 'nothing-installed.mjs'), nothingInstalled);
      const args = ['--import', './nothing-installed.mjs', 'draw.mjs'];
      const drawn = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
      expect(drawn).toBe(chartSvg(block, 'c'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('is there once, and the command line loads it when it draws', () => {
    const bundle = path.join(dist, 'bundle');
    const texts = readdirSync(bundle).map((name) => readFileSync(path.join(bundle, name), 'utf8'));
    expect(texts.filter((text) => text.includes('import("../report/chart-svg.js")'))).toHaveLength(
      1,
    );
    expect(texts.filter((text) => text.includes('renderToSVGString'))).toEqual([]);
    expect(texts.filter((text) => /from "\.\.\/report\/chart-svg\.js"/.test(text))).toEqual([]);
  });

  test('names those whose code it contains, and has their licences beside it', () => {
    expect(readFileSync(built, 'utf8')).toMatch(
      /^\/\*! Contains Apache ECharts .* zrender .*\*\/\n/,
    );
    const notices = readFileSync(path.join(dist, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const words of [
      'Apache License\n',
      'The Apache Software Foundation',
      'Copyright (c) 2017, Baidu Inc.',
      // Parts of d3 are in ECharts.
      'Mike Bostock',
      'tslib',
    ]) {
      expect(notices).toContain(words);
    }
  });
});
