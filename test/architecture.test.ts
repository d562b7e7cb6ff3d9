import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/**
 * The house's rules, held by reading the source. To see what this finds in another tree, name its
 * root in MLKIT_ARCHITECTURE_ROOT.
 */

const here = dirname(fileURLToPath(import.meta.url));
const root = process.env['MLKIT_ARCHITECTURE_ROOT'] ?? join(here, '..');

/** A module imports only from those of a lower rank; those of one rank do not know each other. */
const ranks: Readonly<Record<string, number>> = {
  errors: 0,
  tensor: 1,
  report: 1,
  symbolic: 1,
  graph: 2,
  schemas: 2,
  onnx: 3,
  text: 3,
  // Headers of other formats; the readers of data files need some of it.
  formats: 3,
  ops: 3,
  runtime: 3,
  // Reads data files through onnx, and serves those that run models.
  feeds: 4,
  staging: 4,
  // Which nodes and values of two models correspond.
  matching: 4,
  // What is known to be wrong with models; serves those that report it.
  checks: 5,
  passes: 5,
  parity: 5,
  measure: 5,
  // Follows two models node by node; stands on parity.
  trace: 6,
  inspect: 7,
  convert: 7,
  quantize: 7,
  benchmark: 7,
  validate: 7,
  index: 8,
  cli: 9,
};

/** Where each package may be imported; a package that is not here may not be imported at all. */
const packageHomes: Readonly<Record<string, RegExp>> = {
  'onnxruntime-node': /^runtime\/ort\.ts$/,
  commander: /^cli\//,
  chalk: /^cli\//,
  ora: /^cli\//,
  fflate: /^feeds\/npz(-write)?\.ts$/,
  'cli-table3': /^report\/table\.ts$/,
  echarts: /^report\/chart-svg\.ts$/,
  pidusage: /^runtime\/memory-limit\.ts$/,
};

const mostLines = 480;

interface SourceFile {
  /** Relative to src, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

/** Static, re-exporting, side-effect and dynamic imports; type imports too. */
const importForms = [
  /(?:^|;)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /(?:^|;)\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  /\brequire\(\s*['"]([^'"]+)['"]\s*\)/g,
];

function importsOf(text: string): string[] {
  return importForms.flatMap((form) => [...text.matchAll(form)].map((found) => found[1] ?? ''));
}

function readSources(): SourceFile[] {
  const folder = join(root, 'src');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const full = join(entry.parentPath, entry.name);
      const text = readFileSync(full, 'utf8');
      const path = relative(folder, full).split(sep).join('/');
      return { path, text, imports: importsOf(text) };
    });
}

/** The module that a path under src belongs to: its folder, or its own name at the top. */
function moduleOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path.replace(/\.ts$/, '');
}

function relativeImportProblems({ path, imports }: SourceFile): string[] {
  const from = moduleOf(path);
  const rank = ranks[from];
  if (rank === undefined) return [`${path}: the module ${from} has no rank`];
  return imports
    .filter((target) => target.startsWith('.'))
    .flatMap((target) => {
      const resolved = posix.join(posix.dirname(path), target);
      const to = moduleOf(resolved);
      const toRank = ranks[to];
      if (to === from) return [];
      if (toRank === undefined) return [`${path}: imports ${resolved}, whose module has no rank`];
      if (toRank >= rank) return [`${path} (rank ${rank}) imports ${resolved} (rank ${toRank})`];
      const isEntrance = !resolved.includes('/') || resolved === `${to}/index.ts`;
      return isEntrance ? [] : [`${path}: imports ${resolved}, not ${to}/index.ts`];
    });
}

function packageProblems({ path, imports }: SourceFile): string[] {
  return imports
    .filter((target) => !target.startsWith('.') && !target.startsWith('node:'))
    .flatMap((target) => {
      const name = target
        .split('/')
        .slice(0, target.startsWith('@') ? 2 : 1)
        .join('/');
      if (builtinModules.includes(name)) return [`${path}: write node:${name}`];
      return packageHomes[name]?.test(path) === true ? [] : [`${path}: may not import ${name}`];
    });
}

/** The text without comments, roughly: enough to not find words in prose. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}

const sources = readSources();

describe('the source', () => {
  test('is found, and its imports are read', () => {
    expect(sources.map((source) => source.path)).toContain('errors.ts');
    expect(sources.flatMap((source) => source.imports)).toContain('../errors.ts');
  });

  test('imports only from modules of a lower rank, through their index.ts', () => {
    expect(sources.flatMap(relativeImportProblems)).toEqual([]);
  });

  test('imports each package in its home only', () => {
    expect(sources.flatMap(packageProblems)).toEqual([]);
  });

  test(`has no file of more than ${mostLines} lines`, () => {
    const tooLong = sources
      .map(({ path, text }) => ({ path, lines: text.replace(/\n$/, '').split('\n').length }))
      .filter(({ lines }) => lines > mostLines);
    expect(tooLong).toEqual([]);
  });

  test('neither prints nor ends the process outside cli', () => {
    const offenders = sources
      .filter(({ path }) => !path.startsWith('cli/'))
      .filter(({ text }) =>
        /\bconsole\.|process\.exit\b|process\.std(out|err)\b/.test(codeOf(text)),
      )
      .map(({ path }) => path);
    expect(offenders).toEqual([]);
  });

  test('cli prints through its Io: no console anywhere', () => {
    const offenders = sources.filter(({ text }) => /\bconsole\./.test(codeOf(text)));
    expect(offenders.map(({ path }) => path)).toEqual([]);
  });
});

test('modules that tests share set no hooks for whoever imports them', () => {
  // One process runs many test files and loads a module once: its hooks would be the first file's.
  const offenders = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .filter((name) =>
      /^(before|after)(All|Each)\(/m.test(readFileSync(join(root, 'test', name), 'utf8')),
    );
  expect(offenders).toEqual([]);
});

describe('reading imports', () => {
  test('sees every form', () => {
    const text = [
      "import { a } from './a.ts';",
      "import type { B } from './b.ts';",
      'import {\n  c,\n} from "./c.ts";',
      "export * from './d.ts';",
      "export type { E } from './e.ts';",
      "import './f.ts';",
      "const g = await import('./g.ts');",
    ].join('\n');
    expect(importsOf(text).toSorted()).toEqual(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `./${name}.ts`),
    );
  });
});
