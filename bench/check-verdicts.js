/**
 * Holds what mlkit foresees of models against what onnx's full check and onnxruntime said of them.
 *
 *   node bench/check-verdicts.js DEFECTS                     # a folder of cases and verdicts.json
 *   node bench/check-verdicts.js DEFECTS --peers FILE --root FOLDER [--list] [--only TEXT]
 *
 * FILE is what bench/peer-verdicts.py wrote about the models below FOLDER. A false alarm is a finding
 * that says that onnx or onnxruntime refuses what it accepts; a miss is the other way round. Exits
 * with 1 when a case differs that is not listed here as one that should, or at a false alarm.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ModelFacts, verdictsOf } from '../dist/checks/index.js';
import { runThoroughChecks } from '../dist/checks/thorough.js';
import { openModel } from '../dist/onnx/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: 'string' },
    root: { type: 'string', default: '.' },
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
  },
});
const defects = positionals.at(0);
if (defects === undefined) throw new Error('usage: check-verdicts.js DEFECTS [--peers FILE]');

/** Cases where mlkit means to say something else, and why. */
const deliberate = {
  '37-same-name-in-both-branches/run':
    'the model runs; the run that is recorded was fed a condition of two elements',
  '51-dim-value-0/run':
    'the model runs on the empty tensors that it declares; the run that is recorded was fed others',
};

function findingsOf(file) {
  const open = openModel(file);
  try {
    return runThoroughChecks(new ModelFacts(open, { measureAll: true }));
  } finally {
    open.close();
  }
}

const yes = (text) => (text === 'accepts' ? 'accepts' : 'refuses');
const texts = (findings, isMeant) =>
  findings.filter(isMeant).map(({ code, at, message }) => `${code} [${at.graph ?? ''}] ${message}`);
const isSpec = (each) => each.spec === 'error';
const rejects = (each) => each.runtime === 'rejects';
const fails = (each) => rejects(each) || each.runtime === 'fails';

const print = (text = '') => process.stdout.write(`${text}\n`);
const fail = () => {
  process.exitCode = 1;
};

function compareDefects() {
  const { cases } = JSON.parse(readFileSync(path.join(defects, 'verdicts.json'), 'utf8'));
  const agreed = { spec: 0, runtime: 0, run: 0 };
  let loaded = 0;
  const differences = [];
  for (const each of cases) {
    const findings = findingsOf(path.join(defects, each.case, 'model.onnx'));
    const mine = verdictsOf(findings);
    const columns = {
      spec: [mine.spec === 'valid' ? 'accepts' : 'refuses', yes(each.onnxCheckerFull), isSpec],
      runtime: [
        mine.runtime === 'loads' ? 'accepts' : 'refuses',
        yes(each.onnxruntimeLoads),
        rejects,
      ],
    };
    if (each.onnxruntimeLoads === 'accepts') {
      loaded += 1;
      columns.run = [mine.run, each.onnxruntimeRuns === 'runs' ? 'runs' : 'fails', fails];
    }
    for (const [column, [foreseen, said, isMeant]] of Object.entries(columns)) {
      if (foreseen === said) agreed[column] += 1;
      else {
        const why = deliberate[`${each.case}/${column}`];
        if (why === undefined) fail();
        differences.push([each.case, column, foreseen, said, why ?? 'NOT MEANT']);
        if (why === undefined) differences.push(...texts(findings, isMeant).map((text) => [text]));
      }
    }
  }
  print(`${cases.length} models with one defect each`);
  print(`  onnx full check    ${agreed.spec} of ${cases.length} as foreseen`);
  print(`  onnxruntime loads  ${agreed.runtime} of ${cases.length}`);
  print(`  onnxruntime runs   ${agreed.run} of ${loaded} that load`);
  for (const [name, column, foreseen, said, why] of differences) {
    if (column === undefined) print(`      ${name}`);
    else print(`  ${name}, ${column}: foreseen ${foreseen}, was ${said}: ${why}`);
  }
}

/** What went wrong with one model, if anything did, as a text for each. */
function judge(findings, said) {
  const alarms = [];
  const misses = [];
  for (const [column, verdict, isMeant] of [
    ['onnx', said.onnxCheckerFull, isSpec],
    ['onnxruntime', said.onnxruntimeLoads, rejects],
    ['run', said.onnxruntimeRuns, fails],
  ]) {
    if (verdict === undefined || verdict.startsWith('no data')) continue;
    const isAccepted = verdict === 'accepts' || verdict === 'runs';
    const mine = texts(findings, isMeant);
    if (isAccepted) alarms.push(...mine.map((text) => `${column}: ${text}`));
    else if (mine.length === 0) misses.push(`${column}: ${verdict.slice(0, 300)}`);
  }
  return { alarms, misses };
}

function comparePeers(file) {
  const { models } = JSON.parse(readFileSync(file, 'utf8'));
  const alarms = [];
  const misses = [];
  const counts = { models: 0, unread: 0, refused: 0, foreseen: 0 };
  let ms = 0;
  for (const [name, said] of Object.entries(models)) {
    if (!name.includes(values.only)) continue;
    counts.models += 1;
    let findings;
    const started = performance.now();
    try {
      findings = findingsOf(path.join(values.root, name));
    } catch (error) {
      if (error.code === undefined) throw error;
      counts.unread += 1;
      continue;
    } finally {
      ms += performance.now() - started;
    }
    const refusals = [said.onnxCheckerFull, said.onnxruntimeLoads].filter((v) => v !== 'accepts');
    counts.refused += refusals.length;
    const found = judge(findings, said);
    counts.foreseen += refusals.length - found.misses.filter((v) => !v.startsWith('run')).length;
    alarms.push(...found.alarms.map((text) => `${name}: ${text}`));
    misses.push(...found.misses.map((text) => `${name}: ${text}`));
  }
  if (alarms.length > 0) fail();
  print();
  print(
    `${counts.models} models of others, ${counts.unread} of them unreadable, ${ms.toFixed(0)} ms`,
  );
  print(`  false alarms        ${alarms.length}`);
  for (const text of alarms) print(`    ${text}`);
  print(`  refusals foreseen   ${counts.foreseen} of ${counts.refused}`);
  if (values.list) for (const text of misses) print(`    missed ${text}`);
}

compareDefects();
if (values.peers !== undefined) comparePeers(values.peers);
