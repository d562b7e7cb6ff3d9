// Whether mlkit's comparison gives the numbers of numpy (isclose, allclose, norms, quantiles) and of
// onnxruntime.quantization.qdq_loss_debug (SQNR) on the same data:
//   node bench/parity-vs-peers.js --python venv/bin/python [--cases 400] [--seed 1]
// Pairs are seeded and random, of many sizes, shapes and scales in float16, float32 and float64, with
// zeros, denormals, NaN and Inf among them. Prints the greatest relative difference of each number;
// exits 1 where a count differs or a number by more than rounding. Needs a build, and a Python with
// the packages numpy and onnxruntime.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeNpy } from '../dist/feeds/index.js';
import { OutputAccumulator } from '../dist/parity/index.js';
import { encodeFloat16, tensorFrom } from '../dist/tensor/index.js';

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string', default: process.env['MLKIT_BENCH_PYTHON'] ?? 'python3' },
    cases: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
  },
});

/** Sums of at most 40,000 terms of float64, in whatever order, agree to this. */
const rounding = 1e-11;

let state = Number(flags.seed) >>> 0;
function random() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  // The lower bits of such a generator repeat early.
  return (state >>> 8) / 2 ** 24;
}
const pick = (list) => list[Math.floor(random() * list.length)];
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const shapes = [[1], [7], [3, 5], [64, 10], [2, 3, 33], [1, 3, 32, 32], [4096], [5000, 8], [2049]];
const scales = { float16: [1e-7, 1e-3, 1, 1e3], float32: [1e-42, 1e-20, 1e-3, 1, 1e4, 1e30] };
scales.float64 = [1e-310, 1e-100, 1e-3, 1, 1e6, 1e100];
const specials = [0, -0, NaN, Infinity, -Infinity, 1e-320, 5e-324, 1e-45];

function makeTensor(dtype, dims, numbers) {
  if (dtype === 'float16')
    return tensorFrom(dtype, dims, encodeFloat16(Float64Array.from(numbers)));
  return tensorFrom(dtype, dims, (dtype === 'float32' ? Float32Array : Float64Array).from(numbers));
}

function makeCase(at) {
  const dtype = pick(['float16', 'float32', 'float32', 'float64']);
  const dims = pick(shapes);
  const count = dims.reduce((product, size) => product * size, 1);
  const scale = pick(scales[dtype]);
  const noise = 10 ** (-8 * random());
  const specialShare = pick([0, 0, 0.001, 0.05, 1]);
  const equalShare = pick([0, 0.5, 0.99]);
  const [r, a] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i += 1) {
    const isSpecial = random() < specialShare;
    r[i] = isSpecial ? pick(specials) : scale * normal();
    if (isSpecial) a[i] = pick([r[i], pick(specials), scale * normal()]);
    else a[i] = random() < equalShare ? r[i] : r[i] + scale * noise * normal();
  }
  const [rtol, atol] = pick([
    [1e-5, 1e-8],
    [1e-3, 1e-7],
    [1e-4, 1e-6 * scale],
    [0.05, 1e-3 * scale],
  ]);
  return {
    at,
    dtype,
    dims,
    rtol,
    atol,
    r: makeTensor(dtype, dims, r),
    a: makeTensor(dtype, dims, a),
  };
}

/** Plain atol + rtol·|r|, with nothing else that could fail. */
function ours({ r, a, rtol, atol }) {
  const none = { bitwise: false, minSqnrDb: null, minCosine: null, minTop1: null, maxKl: null };
  const element = { rtol, atol, kappa: 0, allowedOutside: 0 };
  const accumulator = new OutputAccumulator({
    name: 'y',
    profile: { ...none, element },
    // Given again, so that float16 is not held to two of its own steps.
    overrides: { atol: [{ output: '*', value: atol }], rtol: [{ output: '*', value: rtol }] },
    nonFiniteReference: 'expected',
  });
  accumulator.add(r, a);
  const result = accumulator.finish();
  return { ...result, ...result.details?.abs, allclose: result.verdict === 'pass' };
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlkit-peers-'));
const greatest = new Map();
const counts = new Map();
const wrong = [];
try {
  const cases = Array.from({ length: Number(flags.cases) }, (_, at) => makeCase(at));
  for (const { at, r, a } of cases) {
    fs.writeFileSync(path.join(folder, `${at}.reference.npy`), writeNpy(r));
    fs.writeFileSync(path.join(folder, `${at}.candidate.npy`), writeNpy(a));
  }
  const listed = cases.map(({ at, rtol, atol }) => ({ at, rtol, atol }));
  fs.writeFileSync(path.join(folder, 'cases.json'), JSON.stringify(listed));
  const script = path.join(import.meta.dirname, 'parity-vs-peers.py');
  const { status, stdout, stderr } = spawnSync(flags.python, [script, folder], {
    encoding: 'utf8',
    maxBuffer: 1e9,
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
  if (status !== 0) throw new Error(`${flags.python} failed: ${stderr}`);
  for (const [at, line] of stdout.trim().split('\n').entries()) {
    const { pairs, ...theirs } = JSON.parse(line.replaceAll('Infinity', '1e999'));
    const own = ours(cases[at]);
    for (const [key, value] of Object.entries(theirs)) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      const difference =
        typeof value === 'boolean' || key === 'mismatched'
          ? Number(own[key] !== value)
          : own[key] === value
            ? 0
            : Math.abs(own[key] - value) / Math.max(Math.abs(value), Math.abs(own[key]));
      greatest.set(key, Math.max(greatest.get(key) ?? 0, difference));
      if (!(difference <= rounding)) {
        const { dtype, dims } = cases[at];
        wrong.push(`case ${at}, ${dtype}[${dims}], ${key}: ${own[key]} and not ${value}`);
      }
    }
    if (pairs === 0 && own.maxAbs !== null) wrong.push(`case ${at}: no pair is finite`);
  }
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log('number       cases   greatest relative difference');
for (const [key, difference] of greatest) {
  const text = difference === 0 ? '0' : difference.toExponential(1);
  console.log(`${key.padEnd(12)} ${String(counts.get(key)).padStart(5)}   ${text}`);
}
for (const text of wrong.slice(0, 20)) console.log(text);
process.exitCode = wrong.length > 0 ? 1 : 0;
