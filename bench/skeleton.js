// What the verdict on a skeleton of a model costs, and whether it is the verdict on the model:
//   node bench/skeleton.js MODEL... [--runs 5]
// loads each model and its skeleton in turn, in fresh processes, and prints medians and ratios: wall
// time from the opened model to the verdict, peak memory of the process that loads it, and (Linux)
// of mlkit's and that process together, sampled every 5 ms.
//   node bench/skeleton.js --agree FOLDER... [--keep 65536] [--only TEXT]
// loads every model below the folders in both ways, however small, and prints each difference.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openModel } from '../dist/onnx/index.js';
import { openSession } from '../dist/runtime/index.js';
import { layOutSkeleton } from '../dist/staging/skeleton.js';
import { skeletonVerdict } from '../dist/staging/skeleton-verdict.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    agree: { type: 'boolean', default: false },
    keep: { type: 'string', default: '65536' },
    only: { type: 'string', default: '' },
    one: { type: 'string' },
  },
});
if (positionals.length === 0) throw new Error('usage: node bench/skeleton.js MODEL... [--runs 5]');
const print = (line) => process.stdout.write(`${line}\n`);

if (values.one !== undefined) await one(values.one, positionals[0]);
else if (values.agree) await agree(positionals);
else for (const model of positionals) await compare(model);

/** One verdict, in this process, as JSON. */
async function one(how, file) {
  const start = performance.now();
  const open = openModel(file);
  const leastSavedBytes = how === 'skeleton' ? 1 : Number.POSITIVE_INFINITY;
  const result = await skeletonVerdict(open, { leastSavedBytes });
  open.close();
  const wholeMs = performance.now() - start;
  if (result.skeleton !== (how === 'skeleton')) throw new Error(`${file}: no ${how}`);
  print(JSON.stringify({ ...result, error: result.error?.message ?? null, wholeMs }));
}

async function compare(file) {
  const samples = { skeleton: [], real: [] };
  for (let run = 0; run < Number(values.runs); run += 1) {
    for (const how of ['skeleton', 'real']) samples[how].push(await inProcess(how, file));
  }
  const size = (fs.statSync(file).size / 1e6).toFixed(0);
  print(`${path.basename(file)}, ${size} MB`);
  const row = (label, of, unit) => {
    const [bones, real] = ['skeleton', 'real'].map((how) => median(samples[how].map(of)) / unit);
    const ratio = (real / bones).toFixed(1);
    print(`  ${label}: skeleton ${bones.toFixed(1)}, real ${real.toFixed(1)}: ${ratio} times less`);
  };
  row('wall ms', (each) => each.wholeMs, 1);
  row('peak MB of the loading process', (each) => each.peakBytes, 1e6);
  row('peak MB of both processes', (each) => each.treeBytes, 1e6);
  const verdicts = Object.values(samples).flatMap((list) => list.map((each) => each.verdict));
  print(`  verdicts: ${[...new Set(verdicts)].join(', ')}`);
}

function inProcess(how, file) {
  const child = spawn(process.execPath, [import.meta.filename, '--one', how, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let treeBytes = 0;
  const timer = setInterval(() => {
    treeBytes = Math.max(treeBytes, residentOf(child.pid));
  }, 5);
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve({ ...JSON.parse(out), treeBytes });
      else reject(new Error(`${how} of ${file}: exit ${code}`));
    });
  });
}

/** Resident bytes of a process and its children; 0 where there is no /proc. */
function residentOf(pid) {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
    const own = Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
    const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    if (children === '') return own;
    return children.split(' ').reduce((sum, each) => sum + residentOf(each), own);
  } catch {
    return 0;
  }
}

function median(list) {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

async function agree(folders) {
  const counts = { models: 0, unreadable: 0, 'skeleton loads': 0, 'skeleton rejects': 0 };
  Object.assign(counts, { 'skeleton asked, model decided': 0, 'no skeleton': 0, differences: 0 });
  for (const file of folders.flatMap(modelsBelow)) {
    counts.models += 1;
    let open;
    try {
      open = openModel(file);
    } catch {
      counts.unreadable += 1;
      continue;
    }
    const settings = { keepBytes: Number(values.keep), leastSavedBytes: 1 };
    const found = await skeletonVerdict(open, settings);
    const hollow = (await layOutSkeleton(open, settings.keepBytes))?.savedBytes ?? 0;
    open.close();
    if (found.skeleton) counts[`skeleton ${found.verdict}`] += 1;
    else counts[hollow > 0 ? 'skeleton asked, model decided' : 'no skeleton'] += 1;
    const real = await direct(file);
    const ours = { code: found.error?.code ?? 'loads', message: found.error?.message ?? '' };
    if (ours.code === real.code && ours.message === real.message) continue;
    // Without a skeleton it is the same question asked twice.
    counts.differences += 1;
    print(`${file}\n  here: ${ours.code} ${ours.message}\n  real: ${real.code} ${real.message}`);
  }
  for (const [what, count] of Object.entries(counts)) print(`${what}: ${count}`);
}

function modelsBelow(folder) {
  return fs
    .readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.onnx') && name.includes(values.only))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((name) => path.join(folder, name));
}

async function direct(file) {
  try {
    const session = await openSession(file, { threads: 1, optimization: 'disabled' });
    await session.close();
    return { code: 'loads', message: '' };
  } catch (error) {
    return { code: error.code ?? 'defect', message: error.message };
  }
}
