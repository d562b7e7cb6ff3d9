import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checks } from '../../../src/checks/index.ts';
import { lintChecks, lintGraphChecks } from '../../../src/checks/lint/index.ts';
import { operatorChecks } from '../../../src/checks/operators/index.ts';
import { targetChecks } from '../../../src/checks/operators/target.ts';
import { valueChecks } from '../../../src/checks/values/index.ts';
import { parseRuntimeTarget } from '../../../src/schemas/index.ts';
import { root } from '../../support/files.ts';

/** What no check finds, but asking the runtime. */
const ofRuntime = ['runtime-crashes', 'runtime-not-asked', 'runtime-rejects'];

test('every code has its section, and every section its code', () => {
  const all = [
    ...checks,
    ...operatorChecks,
    ...targetChecks(parseRuntimeTarget('onnxruntime@1.17')),
    ...lintChecks,
    ...lintGraphChecks,
    ...valueChecks,
  ];
  const codes = [...all.flatMap((each) => each.codes), ...ofRuntime];
  const folder = path.join(root, 'docs');
  const sections = fs
    .readdirSync(folder)
    .filter((file) => file === 'findings.md')
    .map((file) => fs.readFileSync(path.join(folder, file), 'utf8'))
    .flatMap((page) => page.split(/^## /m).slice(1));
  const titles = sections.map((each) => each.slice(0, each.indexOf('\n')));
  expect(titles.toSorted()).toEqual(codes.toSorted());
  for (const section of sections) expect(section).toMatch(/^- To do: ./m);
});
