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
const original = path.join(folder, 'original.onnx');
const copy = path.join(folder, 'copy.onnx');
const computed = ['--shapes', '--cost', '--select', 'op~* | elements>3'];
const commands = [
  ['inspect', victim, '--json', '--nodes', '--tensors', '--stats', '--text', '--check'],
  ['inspect', victim, ...computed, '--check', '--no-runtime', '--weights', '--format', 'html'],
  ['inspect', original, '--diff', victim],
  ['convert', victim, '-o', copy, '--strip', 'doc,metadata', '--no-verify', '--json'],
];

const ours = [victim, original];

let state = Number(values.seed) >>> 0;
/** A whole number below `limit`. */
function random(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

const outcomes = new Map();
let slowest = { ms: 0, what: '' };
let failures = 0;

async function attempt(bytes, what, whole) {
  fs.writeFileSync(victim, bytes);
  fs.writeFileSync(original, whole);
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
    const name = argv.includes('--diff')
      ? '--diff'
      : argv.slice(0, 3).join(' ').replace(victim, '');
    if (ms > slowest.ms) slowest = { ms, what: `${name}: ${what}` };
    const key = `${name} exit ${status}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
    // 4: weights of the one or the other cannot be read, so that nothing can be said.
    const isDocumented = [0, 1, 3].includes(status) || (status === 4 && argv.includes('--diff'));
    if (!isDocumented || /\n\s+at .*\.js/.test(stderr)) {
      failures += 1;
      if (failures <= 10) process.stdout.write(`${argv[0]}: ${what}: exit ${status}\n${stderr}\n`);
    }
    const left = fs.readdirSync(folder).filter((each) => !ours.includes(path.join(folder, each)));
    const isComplete = left.length === 0 || (status === 0 && left.join() === 'copy.onnx');
    if (!isComplete) {
      failures += 1;
      process.stdout.write(`${what}: exit ${status} left ${left.join(', ')}\n`);
    }
    for (const each of left) fs.rmSync(path.join(folder, each));
  }
}

let cases = 0;
for (const file of files) {
  const whole = fs.readFileSync(file);
  const name = path.relative(fixtures, file);
  for (let length = 0; length < whole.length; length += 64) {
    await attempt(whole.subarray(0, length), `${name} cut at ${length}`, whole);
    cases += 1;
  }
}
const cuts = cases;
for (let round = 0; round < Number(values.flips); round += 1) {
  const file = files[random(files.length)];
  const whole = fs.readFileSync(file);
  const bytes = Uint8Array.from(whole);
  const at = random(bytes.length);
  const bit = random(8);
  bytes[at] ^= 1 << bit;
  const name = path.relative(fixtures, file);
  await attempt(bytes, `${name} with bit ${bit} of byte ${at} flipped`, whole);
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
