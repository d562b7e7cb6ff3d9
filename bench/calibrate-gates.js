// Whether the gates of the profiles let right models pass and wrong ones fail:
//   node bench/calibrate-gates.js --python venv/bin/python [--only TEXT] [--minutes N] [--json rows.json [--resume]] [--inputs FILE.npz] [FOLDER...]
// Makes variants of every model below the folders (default: the models, the light networks and the
// digits of ../shared beside the repository), right ones (another optimization level, thread count or
// file format, fewer bits) and wrong ones (a sign, a bias, a scale, two channels, an epsilon, the
// scale of the input), runs them on up to eight seeded samples, and prints for each profile how many pass.
// --inputs FILE.npz runs them on its rows instead, and then tells top-1 agreement and KL divergence too.
// Each model has a process of its own and three minutes, in which its variants follow one another.
// Needs a build, and a Python for bench/make-gate-variants.py. Models of more than 30 MB are left out.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { parseArgs } from 'node:util';
import { zipSync } from 'fflate';
import { planFeeds, writeNpy } from '../dist/feeds/index.js';
import { openModel } from '../dist/onnx/index.js';
import {
  arithmeticOf,
  chooseProfile,
  OutputAccumulator,
  ortArithmetic,
  profiles,
  randomOutputs,
} from '../dist/parity/index.js';
import { loadRuntime, wireTensors } from '../dist/runtime/ort.js';
import { dataTypes, isTensor, stringTensor, tensorFrom } from '../dist/tensor/index.js';

const mostBytes = 30e6;
const samples = 8;
/** Models that take longer run on fewer samples. */
const referenceMs = 500;
/** Models for which even one sample takes longer are left out. */
const slowMs = 5000;
/** Elements of all outputs that are compared of one model. */
const mostElements = 1e6;
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string', default: 'python3' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    minutes: { type: 'string', default: 'Infinity' },
    resume: { type: 'boolean', default: false },
    inputs: { type: 'string' },
    one: { type: 'string' },
  },
});
const here = import.meta.dirname;
const shared = path.join(here, '..', '..', 'shared');
const folders =
  positionals.length > 0
    ? positionals
    : ['models', 'onnx-backend/light', 'digits'].map((name) => path.join(shared, name));
const mlkit = path.join(here, '..', 'bin', 'mlkit.js');
// In the process of the model, as a process for each of thousands of variants would take hours.
const runtime = flags.one === undefined ? null : await loadRuntime();
const mostMsOfModel = 180_000;
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'mlkit-gates-'));

function* modelFiles(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* modelFiles(file);
    else if (entry.name.endsWith('.onnx') && fs.statSync(file).size <= mostBytes) yield file;
  }
}

let peer = null;

/** The process that makes variants, when one is wanted. */
function startedPeer() {
  if (peer !== null) return peer;
  const child = spawn(flags.python, [path.join(here, 'make-gate-variants.py')], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
  const answers = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  peer = { stdin: child.stdin, answers };
  return peer;
}

async function peerVariants(job) {
  const { stdin, answers } = startedPeer();
  stdin.write(`${JSON.stringify(job)}\n`);
  const { value, done } = await answers.next();
  if (done) throw new Error('make-gate-variants.py ended; does its Python have the packages?');
  return JSON.parse(value);
}

/** What mlkit makes, where it can. */
function madeBy(args, file) {
  const { status } = spawnSync(
    process.execPath,
    [mlkit, ...args, '-o', file, '--no-verify', '-q'],
    {
      stdio: 'ignore',
    },
  );
  return status === 0 && fs.existsSync(file) ? file : null;
}

/** What a model gives for each of the feeds, or for those that fit in a time. */
async function runAll(file, settings, feeds, mostMs = Infinity) {
  const { threads = 1, optimization = 'all', saveTo = null } = settings;
  const loaded = await runtime.load({
    model: file,
    provider: 'cpu',
    threads,
    optimization,
    optimizedModelPath: saveTo,
    config: saveTo === null ? {} : { 'session.save_model_format': 'ORT' },
    profilePrefix: null,
  });
  const begin = performance.now();
  const names = loaded.outputs.filter((output) => output.isTensor).map((output) => output.name);
  const results = [];
  try {
    if (names.length === 0) throw new Error('no output is a tensor');
    for (const feed of feeds) {
      if (results.length > 0 && performance.now() - begin > mostMs) break;
      const outputs = await loaded.run(loaded.prepare([...feed].map(toWire)), names);
      results.push(new Map(wireTensors(outputs, names).map(fromWire)));
    }
  } finally {
    await loaded.release();
  }
  return results;
}

function toWire([name, tensor]) {
  const { dtype, dims } = tensor;
  if (dtype === 'string') return { name, dtype, dims, bytes: null, strings: tensor.toStrings() };
  const { buffer, byteOffset, byteLength } = tensor.data();
  return {
    name,
    dtype,
    dims,
    bytes: new Uint8Array(buffer, byteOffset, byteLength),
    strings: null,
  };
}

function fromWire({ name, dtype, dims, bytes, strings }) {
  if (strings !== null) return [name, stringTensor(dims, strings)];
  const { arrayType } = dataTypes[dtype];
  // A copy, as what the runtime gives may not live on.
  return [name, tensorFrom(dtype, dims, new arrayType(new Uint8Array(bytes).buffer))];
}

/** Verdicts of all profiles, and the numbers they rest on, of the worst output. */
function compare(reference, candidate) {
  const row = { sqnrDb: Infinity, cosine: 1, kappa: {}, verdicts: {}, reasons: {}, maxAbs: 0 };
  for (const [name, profile] of Object.entries(profiles)) {
    const outputs = [...reference[0].keys()].map((output) => {
      const accumulator = new OutputAccumulator({
        name: output,
        // On random inputs, which of two classes is ahead says nothing.
        profile: flags.inputs === undefined ? { ...profile, minTop1: null, maxKl: null } : profile,
      });
      for (const [at, each] of reference.entries()) {
        const [r, a] = [each.get(output), candidate[at].get(output)];
        if (isTensor(r) && a !== undefined) accumulator.add(r, a);
      }
      return accumulator.finish();
    });
    const verdicts = outputs.map((output) => output.verdict);
    row.verdicts[name] = verdicts.includes('fail')
      ? 'fail'
      : verdicts.includes('inconclusive')
        ? 'inconclusive'
        : 'pass';
    row.reasons[name] = outputs.flatMap((output) => output.reasons);
    const floats = outputs.filter((output) => output.sqnrDb !== null && output.cosine !== null);
    row.kappa[name] = Math.max(0, ...floats.map((output) => output.details?.kappaNeeded ?? 0));
    if (name === 'fp32') {
      row.outputs = floats.map(({ sqnrDb, maxAbs, details }) => ({
        sqnrDb,
        maxAbs,
        scale: Math.max(0, ...(details?.errorByMagnitude.map((bin) => bin.magnitude) ?? [])),
        digits: details?.digitsMedian,
      }));
    }
    for (const { sqnrDb, cosine, maxAbs } of floats) {
      row.sqnrDb = Math.min(row.sqnrDb, sqnrDb);
      row.cosine = Math.min(row.cosine, cosine);
      row.maxAbs = Math.max(row.maxAbs, maxAbs);
    }
    const scores = outputs.filter((output) => output.top1Agreement !== null);
    if (flags.inputs !== undefined && scores.length > 0) {
      row.top1 = Math.min(...scores.map((output) => output.top1Agreement));
      row.kl = Math.max(...scores.map((output) => output.klMean));
    }
  }
  return row;
}

function writeSamples(feeds, file) {
  const arrays = {};
  for (const [at, feed] of feeds.entries()) {
    for (const [name, tensor] of feed) {
      if (!isTensor(tensor) || tensor.dtype === 'string') return null;
      arrays[`${at}/${name}.npy`] = writeNpy(tensor);
    }
  }
  fs.writeFileSync(file, zipSync(arrays, { level: 0 }));
  return file;
}

/** Runs one model and its variants; a row for each. */
async function calibrate(file, rows, notes) {
  const { model, close } = openModel(file);
  const folder = fs.mkdtempSync(path.join(scratch, 'model-'));
  const name = nameOf(file);
  try {
    if (randomOutputs(model, { seeded: false }).size > 0) return notes.push(`${name}: random`);
    let [feeds, reference] = [null, null];
    const one = { threads: 1 };
    try {
      const data = flags.inputs === undefined ? { samples } : { inputs: [flags.inputs] };
      ({ feeds } = planFeeds(model, { seed: 1, ...data }));
      const begin = performance.now();
      reference = await runAll(file, one, feeds, referenceMs);
      if (performance.now() - begin > slowMs) throw new Error('it is slow');
      const elements = [...reference[0].values()].reduce(
        (sum, each) => sum + (each?.elementCount ?? 0),
        0,
      );
      reference.length = Math.max(
        Math.min(reference.length, Math.floor(mostElements / elements)),
        1,
      );
      feeds = feeds.slice(0, reference.length);
    } catch (error) {
      if (error instanceof ReferenceError) throw error;
      return notes.push(`${name}: ${error.message.slice(0, 100)}`);
    }
    const before = arithmeticOf(model);
    const variants = [
      { kind: 'run again', right: true, path: file, settings: one },
      { kind: '2 threads', right: true, path: file, settings: { threads: 2 } },
      ...['disabled', 'basic'].map((optimization) => ({
        kind: `optimization ${optimization}`,
        right: true,
        path: file,
        settings: { ...one, optimization },
      })),
    ];
    const ort = path.join(folder, 'model.ort');
    await runAll(file, { optimization: 'extended', saveTo: ort }, []);
    variants.push({ kind: 'ORT format', right: true, path: ort, isOrt: true });
    const isFloat = before.integerNodes === 0 && !before.float16 && !before.bfloat16;
    if (isFloat) {
      const hasProducts = model.graph.nodes.some(({ opType }) => /^(MatMul|Gemm)$/.test(opType));
      for (const mode of hasProducts ? ['dynamic', 'weight-only'] : []) {
        const made = madeBy(['quantize', file, '--mode', mode], path.join(folder, `${mode}.onnx`));
        if (made !== null) variants.push({ kind: `int8 ${mode} (mlkit)`, right: true, path: made });
      }
      const npz = writeSamples(feeds, path.join(folder, 'samples.npz'));
      const made = await peerVariants({ model: file, folder, samples: npz });
      variants.push(...made.variants);
      notes.push(...made.failures.map((text) => `${name}: ${text}`));
    }
    for (const variant of variants) {
      const { kind, right } = variant;
      const settings = { ...one, ...variant.settings };
      try {
        const candidate = await runAll(variant.path, settings, feeds);
        const after =
          variant.path === file ? null : variant.isOrt ? await ortArithmetic(variant.path) : null;
        const conditions = {
          hasOrtFormat: variant.isOrt === true,
          optimization: { candidate: settings.optimization ?? 'all' },
          threads: { reference: one.threads, candidate: settings.threads },
        };
        const { profile } = right
          ? chosen(model, variant, after, conditions)
          : { profile: 'wrong' };
        rows.push({ model: name, kind, right, profile, ...compare(reference, candidate) });
      } catch (error) {
        if (error instanceof ReferenceError) throw error;
        notes.push(`${name}, ${kind}: ${error.message.slice(0, 100)}`);
      }
    }
  } finally {
    close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** bfloat16 in float32 tensors shows in no type, so its profile is named. */
function chosen(model, variant, ort, conditions) {
  if (variant.kind === 'bfloat16 weights') return { profile: 'bf16' };
  if (ort !== null) return chooseProfile(model, ort, conditions);
  if (variant.settings !== undefined) return chooseProfile(model, model, conditions);
  const opened = openModel(variant.path);
  try {
    return chooseProfile(model, opened.model, conditions);
  } finally {
    opened.close();
  }
}

/** What a child tells: a line for each row, and one for each model or variant that is left out. */
function tell(key, value) {
  fs.writeSync(1, `${JSON.stringify({ [key]: value }, infinite)}\n`);
}

if (flags.one !== undefined) {
  const list = (key) => ({ push: (...all) => all.forEach((each) => tell(key, each)) });
  try {
    await calibrate(flags.one, list('row'), list('note'));
  } catch (error) {
    if (error instanceof ReferenceError) throw error;
    tell('note', `${path.basename(flags.one)}: ${error.message.slice(0, 100)}`);
  } finally {
    peer?.stdin.end();
    fs.rmSync(scratch, { recursive: true, force: true });
  }
  process.exit(0);
}
fs.rmSync(scratch, { recursive: true, force: true });

/** Rows and notes of one model, as far as its process came. */
function inChild(file) {
  const { stdout, status, signal } = spawnSync(
    process.execPath,
    [
      import.meta.filename,
      '--one',
      file,
      '--python',
      flags.python,
      ...(flags.inputs === undefined ? [] : ['--inputs', flags.inputs]),
    ],
    {
      encoding: 'utf8',
      timeout: mostMsOfModel,
      maxBuffer: 1e9,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const lines = stdout.split('\n').filter((line) => line.endsWith('}'));
  const told = lines.map((line) => JSON.parse(line, finiteOrNot));
  const end = signal === null ? `exit ${status}` : signal;
  return {
    rows: told.flatMap(({ row }) => (row === undefined ? [] : [row])),
    notes: [
      ...told.flatMap(({ note }) => (note === undefined ? [] : [note])),
      ...(status === 0 ? [] : [`${file}: ended early (${end})`]),
    ],
  };
}

const known = flags.resume ? JSON.parse(fs.readFileSync(flags.json, 'utf8'), finiteOrNot) : [];
const rows = [...known];
const notes = [];
const files = folders.flatMap((folder) => [...modelFiles(folder)]);
// The small ones first, so that what is printed after an interruption tells of most.
const wanted = files.filter((each) => each.includes(flags.only));
const bySize = wanted.toSorted((a, b) => fs.statSync(a).size - fs.statSync(b).size);
const end = performance.now() + 60_000 * Number(flags.minutes);
for (const file of bySize) {
  if (known.some((row) => row.model === nameOf(file))) continue;
  if (performance.now() > end) {
    notes.push(`${file}: out of time`);
    continue;
  }
  process.stderr.write(`${file}\n`);
  const found = inChild(file);
  rows.push(...found.rows);
  notes.push(...found.notes);
  if (flags.json !== undefined) fs.writeFileSync(flags.json, JSON.stringify(rows, infinite));
}

/** The folder tells more than the file, which is often called model.onnx. */
function nameOf(file) {
  return path.join(path.basename(path.dirname(file)), path.basename(file));
}

function finiteOrNot(_key, value) {
  return value === 'Infinity' || value === '-Infinity' || value === 'NaN' ? Number(value) : value;
}

function infinite(_key, value) {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function percent(count, total) {
  return total === 0 ? '-' : `${((100 * count) / total).toFixed(0)}%`;
}

function quantile(list, p) {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(p * sorted.length), sorted.length - 1)] ?? NaN;
}

const short = (value) => (Number.isFinite(value) ? value.toPrecision(3) : String(value));

function groupBy(list, keyOf) {
  const groups = new Map();
  for (const each of list) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return groups;
}

/** Without those that the data cannot decide. */
const decided = rows.filter((row) => row.verdicts.fp32 !== 'inconclusive');
console.log(
  `${new Set(decided.map((row) => row.model)).size} models, ${decided.length} comparisons\n`,
);
console.log(
  'right: profile, kind, count, pass; SQNR least, 5%, median; cosine least; kappa 95%, most',
);
/** Least agreement and greatest divergence, where they were asked for. */
function classText(group) {
  const told = group.filter((row) => row.top1 !== undefined);
  if (told.length === 0) return '';
  const top1 = Math.min(...told.map((row) => row.top1));
  const kl = Math.max(...told.map((row) => row.kl));
  return `   top-1 ${(100 * top1).toFixed(2)}%, KL ${short(kl)}`;
}

const groups = groupBy(
  decided.filter((row) => row.right),
  (row) => `${row.profile.padEnd(5)}  ${row.kind}`,
);
for (const [key, group] of [...groups].toSorted(([a], [b]) => a.localeCompare(b))) {
  const { profile } = group[0];
  const sqnr = group.map((row) => row.sqnrDb);
  const kappa = group.map((row) => row.kappa[profile]);
  const passing = group.filter((row) => row.verdicts[profile] === 'pass').length;
  console.log(
    `${key.padEnd(36)} ${String(group.length).padStart(4)} ${percent(passing, group.length).padStart(5)}   ${[0, 0.05, 0.5].map((p) => short(quantile(sqnr, p))).join(' / ')}   ${Math.min(...group.map((row) => row.cosine)).toFixed(6)}   ${short(quantile(kappa, 0.95))} / ${short(Math.max(...kappa))}${classText(group)}`,
  );
}
console.log(
  `\nwrong: kind, count, share that fails under ${Object.keys(profiles).join(', ')}; SQNR least, median, 95%`,
);
const wrong = groupBy(
  decided.filter((row) => !row.right),
  (row) => row.kind,
);
for (const [kind, group] of wrong) {
  // A change that no output shows is no wrong model on these samples.
  const seen = group.filter((row) => row.verdicts.exact === 'fail');
  const sqnr = seen.map((row) => row.sqnrDb);
  const shares = Object.keys(profiles).map((name) =>
    percent(seen.filter((row) => row.verdicts[name] === 'fail').length, seen.length).padStart(5),
  );
  console.log(
    `${kind.padEnd(24)} ${String(seen.length).padStart(4)} (${group.length - seen.length} unseen) ${shares.join(' ')}   ${[0, 0.5, 0.95].map((p) => short(quantile(sqnr, p))).join(' / ')}${classText(seen)}`,
  );
}
console.log(`\nleft out:\n${notes.map((note) => `  ${note}`).join('\n')}`);
