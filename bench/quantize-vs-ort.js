// Time and peak memory of quantizing a model with mlkit and with onnxruntime's Python tool, each as
// a whole process, in turns:
//   MLKIT_BENCH_PYTHON=/path/to/python node bench/quantize-vs-ort.js MODEL.onnx [--rounds 5]
// The Python needs the packages onnx and onnxruntime. bench/make-bert.js makes a model to try it on.
// mlkit writes without verifying, as the other does. Memory is the peak resident set; on systems
// where the kernel does not tell it (all but Linux), it is left out.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' } },
});
const [model] = positionals;
const python = process.env['MLKIT_BENCH_PYTHON'];
if (!model || !python) {
  throw new Error('usage: MLKIT_BENCH_PYTHON=python node bench/quantize-vs-ort.js MODEL.onnx');
}
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlkit-bench-'));
const mlkit = path.join(import.meta.dirname, '..', 'bin', 'mlkit.js');

const script = `
import logging, sys
logging.disable(logging.CRITICAL)
from onnxruntime.quantization import QuantType, quantize_dynamic
quantize_dynamic(sys.argv[1], sys.argv[2], per_channel=True, weight_type=QuantType.QInt8)
`;

function mlkitContender(mode) {
  const file = path.join(folder, `mlkit-${mode}.onnx`);
  const args = [mlkit, 'quantize', model, '-o', file, '--mode', mode, '--no-verify', '--quiet'];
  return { name: `mlkit ${mode}`, program: process.execPath, args, file };
}

const ortFile = path.join(folder, 'ort.onnx');
const contenders = [
  {
    name: 'onnxruntime.quantization',
    program: python,
    args: ['-c', script, model, ortFile],
    file: ortFile,
  },
  mlkitContender('dynamic'),
  mlkitContender('weight-only'),
];

/** Peak resident bytes of a process that is still there; null where the system does not tell. */
function peakBytes(pid) {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line === null ? null : Number(line[1]) * 1024;
  } catch {
    return null;
  }
}

function run({ name, program, args }) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    });
    let peak = null;
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    const timer = setInterval(() => {
      peak = Math.max(peak ?? 0, peakBytes(child.pid) ?? 0) || null;
    }, 5);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearInterval(timer);
      const seconds = (performance.now() - started) / 1000;
      if (code === 0) resolve({ seconds, peak });
      else reject(new Error(`${name} ended with status ${code}: ${said.slice(-2000)}`));
    });
  });
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

try {
  const results = contenders.map(() => []);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    // Another order in each round, so that nobody always runs after the same one.
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const at = (turn + round) % contenders.length;
      results[at].push(await run(contenders[at]));
    }
  }
  const rows = contenders.map(({ name, file }, at) => ({
    name,
    seconds: median(results[at].map((each) => each.seconds)),
    peak: results[at].some((each) => each.peak === null)
      ? null
      : median(results[at].map((each) => each.peak)),
    size: fs.statSync(file).size,
  }));
  const [reference] = rows;
  const mb = (bytes) => (bytes === null ? '-' : `${(bytes / 1e6).toFixed(0)} MB`);
  const ratio = (a, b) => (a === null || b === null ? '-' : (a / b).toFixed(3));
  console.log(`${model} (${mb(fs.statSync(model).size)}), medians of ${values.rounds}`);
  console.table(
    rows.map(({ name, seconds, peak, size }) => ({
      tool: name,
      time: `${seconds.toFixed(2)} s`,
      'time ratio': ratio(seconds, reference.seconds),
      'peak memory': mb(peak),
      'memory ratio': ratio(peak, reference.peak),
      result: mb(size),
      'size ratio': ratio(size, reference.size),
    })),
  );
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
