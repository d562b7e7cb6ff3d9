import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/*
 * Two steps after `tsc`, which has made dist/ for those who use mlkit as a library.
 *
 * First, the part of the drawing library that is used is put into the one module that imports it: with
 * all that it can do it is 60 MB, which nobody should install for a chart in a report.
 *
 * Then the command line in a few files instead of some hundred: Node takes about 0.4 ms to find and
 * load each module, which is most of what a short command takes. Dynamic imports stay dynamic.
 */

const charts = 'dist/report/chart-svg.js';
const bundle = 'dist/bundle';
const notices = 'dist/THIRD-PARTY-NOTICES.txt';

/** The folder of the package that a module is of; null of our own. */
function packageOf(module) {
  const found = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(module);
  return found === null ? null : found[1];
}

/** A package's licence, its notice, and the licences of what it has taken from others. */
function noticeOf(folder) {
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  const inner = path.join(folder, 'licenses');
  const texts = [
    ...readdirSync(folder)
      .filter((file) => /^(licen[cs]e|notice)(\.|$)/i.test(file))
      .map((file) => path.join(folder, file)),
    ...(existsSync(inner) ? readdirSync(inner).map((file) => path.join(inner, file)) : []),
  ];
  if (texts.length === 0) throw new Error(`${name} has no licence to pass on`);
  const parts = texts.map((file) => readFileSync(file, 'utf8').trim());
  return [`${name} ${version} (${license})`, ...parts].join('\n\n');
}

/** Licences ask to stay with the code: whole beside it, and named in it. */
function keepNotices() {
  return {
    name: 'keep-notices',
    writeBundle(_options, output) {
      const chunks = Object.values(output).filter(({ type }) => type === 'chunk');
      const folders = new Set(chunks.flatMap((chunk) => chunk.moduleIds).map(packageOf));
      folders.delete(null);
      // Built again without `tsc`: everything is in it already.
      if (folders.size === 0) return;
      const rule = `\n\n${'='.repeat(80)}\n\n`;
      const about = `${charts} contains code of these packages.`;
      writeFileSync(
        notices,
        `${[about, ...new Set([...folders].toSorted((a, b) => (a < b ? -1 : 1)).map(noticeOf))].join(rule)}\n`,
      );
      // The map that tsc made is of another text.
      rmSync(`${charts}.map`, { force: true });
    },
  };
}

/** Charts are drawn by what the first step has made: half a megabyte is enough once. */
function shareCharts() {
  return {
    name: 'share-charts',
    resolveId(id) {
      const isShared = path.basename(id) === path.basename(charts);
      return isShared ? { id: path.posix.relative(bundle, charts), external: true } : null;
    },
  };
}

export default [
  {
    input: charts,
    platform: 'node',
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    plugins: [keepNotices()],
    output: {
      file: charts,
      minify: true,
      banner: `/*! Contains Apache ECharts (Apache-2.0) and zrender (BSD-3-Clause), changed: see ${path.basename(notices)}. */`,
    },
  },
  {
    input: { process: 'dist/cli/process.js', worker: 'dist/runtime/worker.js' },
    platform: 'node',
    external: /^[^./]/,
    plugins: [shareCharts()],
    output: {
      // As deep as the folders of dist/, so that paths relative to a module stay true.
      dir: bundle,
      cleanDir: true,
      chunkFileNames: '[name].js',
    },
  },
];
