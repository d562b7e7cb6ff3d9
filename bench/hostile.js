// Hostile bytes: every fixture cut off at every 64th byte, and bits flipped at random, through the
// commands as a user runs them. Prints how each ended, the slowest case and the peak memory.
//   node bench/hostile.js [--flips 10000] [--seed 1]
// Anything but a documented exit status, and any stack trace, is a failure.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { main } from '../dist/cli/main.js';

const { values } = parseArgs({
  options: { flips: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const fixtures = path.join(import.meta.dirname, '..', 'fixtures');
const files = fs
  .readdirSync(fixtures, { recursive: true })
  .filter((name) => name.endsWith('.onnx'))
  .map((name) => path.join(fixtures, name));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlkit-hostile-'));
const victim = path.join(folder, 'model.onnx');
const copy = path.join(folder, 'copy.onnx');
const commands = [
  ['inspect', victim, '--json', '--nodes', '--tensors', '--stats', '--text', '--check'],
  ['convert', victim, '-o', copy, '--strip', 'doc,metadata', '--no-verify', '--json'],
];

let state = Number(values.seed) >>> 0;
/** A whole number below `limit`. */
function random(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

const outcomes = new Map();
let slowest = { ms: 0, what: '' };
let failures = 0;

async function attempt(bytes, what) {
  fs.writeFileSync(victim, bytes);
  for (const argv of commands) {
    let stderr = '';
    const io = {
      stdout: () => {},
      stderr: (text) => {
        stderr += text;
      },
      isTty: false,
      isErrTty: false,
      columns: 80,
      env: {},
      cwd: folder,
      signal: new AbortController().signal,
    };
    const start = performance.now();
    const status = await main(argv, io);
    const ms = performance.now() - start;
    if (ms > slowest.ms) slowest = { ms, what: `${argv[0]}: ${what}` };
    const key = `${argv[0]} exit ${status}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
    const isDocumented = status === 0 || status === 1 || status === 3;
    if (!isDocumented || /\n\s+at /.test(stderr)) {
      failures += 1;
      if (failures <= 10) process.stdout.write(`${argv[0]}: ${what}: exit ${status}\n${stderr}\n`);
    }
    const left = fs.readdirSync(folder).filter((name) => name !== 'model.onnx');
    const isComplete = left.length === 0 || (status === 0 && left.join() === 'copy.onnx');
    if (!isComplete) {
      failures += 1;
      process.stdout.write(`${what}: exit ${status} left ${left.join(', ')}\n`);
    }
    for (const name of left) fs.rmSync(path.join(folder, name));
  }
}

let cases = 0;
for (const file of files) {
  const whole = fs.readFileSync(file);
  const name = path.relative(fixtures, file);
  for (let length = 0; length < whole.length; length += 64) {
    await attempt(whole.subarray(0, length), `${name} cut at ${length}`);
    cases += 1;
  }
}
const cuts = cases;
for (let round = 0; round < Number(values.flips); round += 1) {
  const file = files[random(files.length)];
  const bytes = fs.readFileSync(file);
  const at = random(bytes.length);
  const bit = random(8);
  bytes[at] ^= 1 << bit;
  await attempt(bytes, `${path.relative(fixtures, file)} with bit ${bit} of byte ${at} flipped`);
  cases += 1;
}
fs.rmSync(folder, { recursive: true });
const peak = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  `${files.length} fixtures, ${cuts} cuts, ${cases - cuts} flips\n${[...outcomes]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([key, count]) => `  ${key}: ${count}`)
    .join('\n')}\n` +
    `slowest: ${slowest.ms.toFixed(0)} ms (${slowest.what}); peak memory ${peak.toFixed(0)} MiB\n` +
    `failures: ${failures}\n`,
);
process.exitCode = failures > 0 ? 1 : 0;
