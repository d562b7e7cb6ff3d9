// What `mlkit convert MODEL --check` costs beside onnx's full check of the same model:
//   node bench/check-vs-onnx.js MODEL... --python venv/bin/python [--runs 5]
// runs both in turn, in fresh processes, and prints medians and ratios of wall time and of the peak
// of resident memory (Linux: of all processes together, sampled every 5 ms). Needs a build, and a
// Python with the package onnx.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string', default: 'python3' },
    runs: { type: 'string', default: '5' },
  },
});
const cli = path.join(import.meta.dirname, '..', 'bin', 'mlkit.js');
const peer = 'import sys, onnx; onnx.checker.check_model(sys.argv[1], full_check=True)';

const commands = {
  'mlkit --check': (model) => [process.execPath, [cli, 'convert', model, '--check', '--quiet']],
  'mlkit --check --no-runtime': (model) => [
    process.execPath,
    [cli, 'convert', model, '--check', '--no-runtime', '--quiet'],
  ],
  onnx: (model) => [values.python, ['-c', peer, model]],
};

for (const model of positionals) {
  const samples = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let run = 0; run < Number(values.runs); run += 1) {
    for (const [name, command] of Object.entries(commands)) {
      samples[name].push(await measure(...command(model)));
    }
  }
  process.stdout.write(`${model} (${(fs.statSync(model).size / 1e6).toFixed(1)} MB)\n`);
  const of = (name, key) => median(samples[name].map((each) => each[key]));
  for (const name of Object.keys(commands)) {
    const time = of(name, 'ms') / of('onnx', 'ms');
    const memory = of(name, 'bytes') / of('onnx', 'bytes');
    process.stdout.write(
      `  ${name}: ${of(name, 'ms').toFixed(0)} ms (x ${time.toFixed(3)}), ` +
        `${(of(name, 'bytes') / 1e6).toFixed(0)} MB (x ${memory.toFixed(3)}), exit ${samples[name][0].code}\n`,
    );
  }
}

function measure(file, args) {
  const start = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'ignore'] });
  let bytes = 0;
  const timer = setInterval(() => {
    bytes = Math.max(bytes, residentOf(child.pid));
  }, 5);
  return new Promise((resolve) => {
    child.once('close', (code) => {
      clearInterval(timer);
      resolve({ ms: performance.now() - start, bytes, code });
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
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}
