// Every command on every model, each in a process of its own as a user runs it:
//   node bench/all-models.js FOLDER... [--checkout DIR] [--commands inspect,quantize] [--timeout 60]
//     [--jobs 2] [--only TEXT] [--list] [--save FILE.json]
// Prints how the commands ended. A failure is: an exit status other than 0, 1, 3 and 4; a hang; a
// stack trace or word of a defect; a stdout that is not one JSON document; a file left behind; a
// model that its folder's MANIFEST.json says runs, and that does not.
// --list shows all messages, equal ones together. --save writes every outcome, to be read later.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    checkout: { type: 'string', default: path.join(import.meta.dirname, '..') },
    commands: { type: 'string' },
    timeout: { type: 'string', default: '60' },
    jobs: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    save: { type: 'string' },
  },
});
if (positionals.length === 0) throw new Error('usage: node bench/all-models.js FOLDER...');
const mlkit = path.resolve(values.checkout, 'bin', 'mlkit.js');
const folders = positionals.map((folder) => path.resolve(folder));
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'mlkit-all-models-'));

/** What is run on a model: its arguments, and whether an exit status 0 leaves a file of that name. */
const steps = [
  { name: 'inspect', argv: (model) => ['inspect', model, '--json'] },
  {
    name: 'inspect, all lists',
    argv: (model) => ['inspect', model, '--nodes', '--tensors', '--stats', '--check', '--json'],
  },
  {
    name: 'inspect, computed',
    argv: (model) => {
      const computed = ['--shapes', '--cost', '--functions', '--external', '--weights'];
      return ['inspect', model, ...computed, '--check', '--no-runtime', '--json'];
    },
  },
  {
    name: 'inspect, itself',
    argv: (model) => ['inspect', model, '--diff', model, '--select', 'op~* | rank>=0', '--json'],
  },
  {
    name: 'convert, no-op',
    argv: (model) => ['convert', model, '-o', 'copy.onnx', '--json'],
    makes: 'copy.onnx',
    isCopy: true,
  },
  {
    name: 'convert, one file',
    argv: (model) => ['convert', model, '-o', 'one.onnx', '--strip', 'doc', '--embed', '--json'],
    makes: 'one.onnx',
  },
  {
    name: 'quantize',
    argv: (model) => ['quantize', model, '-o', 'int8.onnx', '--json'],
    makes: 'int8.onnx',
  },
  {
    name: 'benchmark',
    argv: (model) => {
      const effort = ['--runs', '3', '--processes', '1', '--warmup', '1'];
      return ['benchmark', model, ...effort, '--json'];
    },
    mustRun: true,
  },
  {
    name: 'validate',
    argv: (model) => ['validate', model, model, '--samples', '2', '--json'],
    mustRun: true,
  },
];
const chosen = values.commands?.split(',');
const stepsToDo = steps.filter(({ argv }) => chosen === undefined || chosen.includes(argv('')[0]));

/** Real files below a folder; never through links. */
function filesBelow(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted();
}

/** The models that a MANIFEST.json beside them says onnxruntime runs. */
function modelsThatRun() {
  const found = new Set();
  for (const folder of folders) {
    const manifest = path.join(folder, 'MANIFEST.json');
    if (!fs.existsSync(manifest)) continue;
    for (const entry of JSON.parse(fs.readFileSync(manifest, 'utf8'))) {
      if (entry.runs) found.add(path.join(folder, entry.path));
    }
  }
  return found;
}

/** Ends a child and its children, who would go on with what hangs. */
function end(child) {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
  } else {
    process.kill(-child.pid, 'SIGKILL');
  }
}

function run(argv, cwd, temporary) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, [mlkit, ...argv], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      detached: process.platform !== 'win32',
    });
    const stdout = [];
    const stderr = [];
    child.stdout.on('data', (bytes) => stdout.push(bytes));
    child.stderr.on('data', (bytes) => stderr.push(bytes));
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      end(child);
    }, Number(values.timeout) * 1000);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      resolve({
        status: hung ? 'hang' : (status ?? signal),
        ms: performance.now() - started,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    });
  });
}

/** All texts for people in a report: findings, notes, warnings, reasons, errors. */
function messagesOf(report) {
  const list = [];
  if (report.kind === 'error')
    list.push(`error ${report.code}: ${report.message} / ${report.hint}`);
  for (const { code, severity, message, fix } of report.findings ?? []) {
    list.push(`${severity} ${code}: ${message} / ${fix ?? ''}`);
  }
  for (const warning of report.warnings ?? []) {
    const { code, message, fix } = warning;
    list.push(`warning ${typeof warning === 'string' ? warning : `${code}: ${message} / ${fix}`}`);
  }
  for (const note of [report.notes, report.verification?.notes].flat()) {
    if (note !== undefined) list.push(`note: ${note}`);
  }
  for (const output of report.verification?.outputs ?? report.outputs ?? []) {
    for (const text of [output.reasons, output.warnings].flat()) {
      if (text !== undefined) list.push(`output: ${text}`);
    }
  }
  for (const text of report.reasons ?? []) list.push(`reason: ${text}`);
  if (report.verification?.reason) list.push(`verification: ${report.verification.reason}`);
  if (report.plan?.reason) list.push(`plan: ${report.plan.reason}`);
  for (const { reason } of report.plan?.kept ?? []) list.push(`kept: ${reason}`);
  return list;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What must not be, in one outcome. */
function failuresOf(step, model, outcome, left, mayRun) {
  const failures = [];
  const { status, stdout, stderr } = outcome;
  if (![0, 1, 3, 4].includes(status)) failures.push(`exit ${status}`);
  if (status === 'hang') return failures;
  if (/\n\s+at .*[:(]\d|\bdefect\b/.test(stdout + stderr)) failures.push('stack trace or defect');
  const report = parsed(stdout);
  if (report === null) failures.push(`stdout is not one JSON document: ${stdout.slice(0, 100)}`);
  if (report?.kind === 'error' && report.exit !== status) failures.push('exit differs from report');
  const { output } = report ?? {};
  const data = (output?.dataFiles ?? []).map((file) => path.basename(file.path));
  const isOutput = (name) => output && (name === step.makes || data.includes(name));
  const strays = left.filter((name) => !isOutput(name));
  if (strays.length > 0) failures.push(`left behind: ${strays.join(', ')}`);
  if (output && !left.includes(step.makes)) failures.push('reports an output without file');
  if (step.makes && status === 0 && !output) failures.push('exit 0 without an output');
  if (step.mustRun && mayRun && status !== 0) failures.push('the manifest says that it runs');
  return failures;
}

async function attempt(step, model, mayRun) {
  const folder = fs.mkdtempSync(path.join(scratch, 'case-'));
  const work = path.join(folder, 'work');
  const temporary = path.join(folder, 'tmp');
  fs.mkdirSync(work);
  fs.mkdirSync(temporary);
  const outcome = await run(step.argv(model), work, temporary);
  const left = [...filesBelow(work), ...filesBelow(temporary)].map((file) =>
    path.relative(work, file),
  );
  const failures = failuresOf(step, model, outcome, left, mayRun);
  const copy = path.join(work, step.makes ?? '');
  if (step.isCopy && outcome.status === 0 && left.includes(step.makes)) {
    const isSame = fs.readFileSync(copy).equals(fs.readFileSync(model));
    if (!isSame) failures.push('the copy differs from the original');
  }
  fs.rmSync(folder, { recursive: true });
  const withoutPaths = (text) => text.replaceAll(model, 'MODEL').replaceAll(folder, '.');
  // How much of the time something took is another number each time.
  const general = (text) => withoutPaths(text).replace(/\d+\.\d%/g, 'N%');
  const report = parsed(outcome.stdout);
  const messages = [...new Set((report === null ? [] : messagesOf(report)).map(general))];
  // The words of an error are on both streams.
  const said = report?.kind === 'error' ? '' : withoutPaths(outcome.stderr).trim();
  if (said !== '') messages.push(`stderr: ${said}`);
  return { ...outcome, stderr: withoutPaths(outcome.stderr), failures, messages };
}

function sortedByKey(map) {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const before = folders.flatMap(filesBelow);
const models = before.filter((file) => file.endsWith('.onnx') && file.includes(values.only));
const running = modelsThatRun();
const queue = models.flatMap((model) => stepsToDo.map((step) => ({ step, model })));
const outcomes = [];
const nameOf = (model) => path.relative(path.dirname(folders[0]), model);

async function work() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { step, model } = next;
    const outcome = await attempt(step, model, running.has(model));
    outcomes.push({ step: step.name, model: nameOf(model), ...outcome });
    if (process.stderr.isTTY) process.stderr.write(`\r${queue.length} left   `);
  }
}
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
fs.rmSync(scratch, { recursive: true });
if (process.stderr.isTTY) process.stderr.write('\r');

const lines = [`${models.length} models`, ''];
lines.push(`${'command'.padEnd(20)}     0     1     3     4  other  median   slowest`);
for (const { name } of stepsToDo) {
  const mine = outcomes.filter(({ step }) => step === name).toSorted((a, b) => a.ms - b.ms);
  const count = (status) => mine.filter((outcome) => outcome.status === status).length;
  const known = [0, 1, 3, 4].map(count);
  const other = mine.length - known.reduce((sum, some) => sum + some, 0);
  const cells = known.map((some) => String(some).padStart(6)).join('');
  const seconds = (outcome) => `${((outcome?.ms ?? 0) / 1000).toFixed(1)} s`.padStart(8);
  const times = `${seconds(mine[mine.length >> 1])}  ${seconds(mine.at(-1))} ${mine.at(-1)?.model}`;
  lines.push(`${name.padEnd(20)}${cells} ${String(other).padStart(6)}${times}`);
}

let failures = 0;
for (const { step, model, failures: found, stderr } of outcomes) {
  for (const failure of found) {
    failures += 1;
    lines.push('', `FAILURE ${step}: ${model}: ${failure}`, stderr.trim().slice(0, 2000));
  }
}
for (const file of folders.flatMap(filesBelow)) {
  if (before.includes(file)) continue;
  failures += 1;
  lines.push('', `FAILURE: ${file} was not there before`);
}

if (values.list) {
  const groups = new Map();
  for (const { step, model, status, messages } of outcomes) {
    for (const message of messages) {
      const group = groups.get(message) ?? { ends: new Set(), models: new Set() };
      group.ends.add(`${step} ${status}`);
      group.models.add(model);
      groups.set(message, group);
    }
  }
  for (const [message, { ends, models: which }] of sortedByKey(groups)) {
    const names = [...which].slice(0, 4).join(', ') + (which.size > 4 ? ', …' : '');
    lines.push('', message, `    ${[...ends].join('; ')}`, `    ${which.size}: ${names}`);
  }
}
if (values.save) fs.writeFileSync(values.save, JSON.stringify(outcomes, null, 1));
process.stdout.write(`${lines.join('\n')}\n\n${failures} failures\n`);
process.exitCode = failures > 0 ? 1 : 0;
