// Is what `mlkit benchmark` measures what a Python program would see? Runs both on the same model, with
// the same threads and inputs, in turns in fresh processes, and prints the ratio of their medians.
// Needs `npm run build`, and a Python with onnxruntime (of the same version, to be fair) and numpy:
//   PYTHON=path/to/python node bench/benchmark-vs-python.js [--rounds 9] [--threads N] [MODEL...]
// Without models it takes three of ../shared/models.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { planFeeds, writeNpy } from '../dist/feeds/index.js';
import { interleave, medianOf, pairedRatio } from '../dist/measure/index.js';
import { openModel } from '../dist/onnx/index.js';
import { availableCores, runtimeVersion } from '../dist/runtime/index.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    rounds: { type: 'string', default: '9' },
    threads: { type: 'string', default: String(availableCores()) },
    warmup: { type: 'string', default: '500' },
    duration: { type: 'string', default: '1500' },
  },
});
const { python, threads, warmup, duration } = values;
const rounds = Number(values.rounds);
const defaults = [
  'mnv3-detection-openseeface',
  'shufflenet-v2-12-int8',
  'ultraface-slim-simplified',
].map((name) => path.join(here, '../../shared/models', name, 'model.onnx'));
const models = positionals.length > 0 ? positionals : defaults;

const version = run(python, ['-c', 'import onnxruntime; print(onnxruntime.__version__)']).trim();
console.log(`onnxruntime ${runtimeVersion()} in mlkit, ${version} in Python; ${threads} threads`);
console.log(`${rounds} processes each, ${duration} ms each, in turns; medians of their p50`);

for (const model of models) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlkit-bench-'));
  try {
    const inputs = writeInputs(model, folder);
    const [ours = [], theirs = []] = await interleave(
      [async () => mlkitP50(model, inputs), async () => pythonP50(model, inputs)],
      { rounds, seed: 0 },
    );
    const { ratio, low, high } = pairedRatio(theirs, ours);
    const interval = low === null ? '' : ` [${low.toFixed(3)}, ${high.toFixed(3)}]`;
    const p50 = (samples) => medianOf(samples).toFixed(4);
    console.log(
      `${path.basename(path.dirname(model))}: mlkit ${p50(ours)} ms, Python ${p50(theirs)} ms, ratio ${ratio.toFixed(3)}${interval}`,
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** One sample, as NAME=FILE.npy for both. */
function writeInputs(model, folder) {
  const opened = openModel(model);
  const { feeds } = planFeeds(opened.model, { seed: 0 });
  opened.close();
  return [...feeds[0]].map(([name, tensor], index) => {
    const file = path.join(folder, `${index}.npy`);
    fs.writeFileSync(file, writeNpy(tensor));
    return `${name}=${file}`;
  });
}

function mlkitP50(model, inputs) {
  const flags = ['--processes', '1', '--threads', threads, '--json'];
  const times = ['--warmup', `${warmup}ms`, '--duration', `${duration}ms`];
  const data = inputs.flatMap((each) => ['--inputs', each]);
  const mlkit = path.join(here, '../bin/mlkit.js');
  const out = run(process.execPath, [mlkit, 'benchmark', model, ...flags, ...times, ...data]);
  return JSON.parse(out).results[0].processes[0].p50Ms;
}

function pythonP50(model, inputs) {
  const script = path.join(here, 'benchmark-vs-python.py');
  const out = run(python, [script, model, threads, warmup, duration, ...inputs]);
  return medianOf(out.trim().split('\n').map(Number));
}

function run(program, argv) {
  return execFileSync(program, argv, { encoding: 'utf8', maxBuffer: 1 << 28 });
}
