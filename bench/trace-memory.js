/**
 * Peak memory of all processes together while a model is traced against a copy of itself with one
 * weight changed.
 *
 *   node bench/trace-memory.js MODEL [--dim NAME=SIZE]... [--chunk-mib N]
 *
 * Resident memory of the process and of those that it starts, added up from /proc every 20 ms (Linux
 * only); pages of a file that two processes map count twice. A process's own peak (VmHWM) is printed
 * too, by which the sampling can be judged. Exits with 1 above 2.5 times the size of the model.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { planFeeds } from '../dist/feeds/index.js';
import { openModel, saveModel } from '../dist/onnx/index.js';
import { memoryStorage } from '../dist/tensor/index.js';
import { traceModels } from '../dist/trace/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dim: { type: 'string', multiple: true, default: [] },
    'chunk-mib': { type: 'string', default: '' },
    against: { type: 'string', default: '' },
  },
});
const model = positionals.at(0);
if (model === undefined) throw new Error('usage: trace-memory.js MODEL [--dim NAME=SIZE]...');
const mostTimes = 2.5;
const intervalMs = 20;
const mib = 2 ** 20;
const print = (text = '') => process.stdout.write(`${text}\n`);

/** A copy of which one element of the middle MatMul's weight is 1% larger. */
async function perturbed(file, folder) {
  const open = openModel(file);
  try {
    const { graph } = open.model;
    const nodes = graph.nodes.filter(
      (node) => node.opType === 'MatMul' && node.inputs[1]?.initializer?.elementType === 'float32',
    );
    const node = nodes[Math.floor(nodes.length / 2)];
    const value = node.inputs[1];
    const bytes = Uint8Array.from(value.initializer.storage.bytes());
    new Float32Array(bytes.buffer)[7] *= 1.01;
    graph.setInitializer(value, value.initializer.with({ storage: memoryStorage(bytes) }));
    const copy = path.join(folder, 'changed.onnx');
    await saveModel(open.model, copy, { external: 'embed', folder: open.folder });
    return { copy, label: node.label };
  } finally {
    open.close();
  }
}

async function trace(reference, candidate) {
  const open = openModel(reference);
  const dims = new Map(values.dim.map((each) => [each.split('=')[0], Number(each.split('=')[1])]));
  const { feeds } = planFeeds(open.model, { seed: 1, samples: 2, dims });
  open.close();
  const chunk = values['chunk-mib'];
  const report = await traceModels({
    reference: { path: reference },
    candidate: { path: candidate },
    feeds,
    profile: 'fp32',
    ...(chunk !== '' && { chunkBytes: Number(chunk) * mib }),
  });
  print(
    JSON.stringify({ named: report.firstDivergence?.value.node, values: report.values.length }),
  );
}

/** Memory of a process, in bytes; nothing when it is gone. */
function memoryOf(id) {
  try {
    const status = readFileSync(`/proc/${id}/status`, 'utf8');
    const of = (name) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
    return {
      now: of('VmRSS'),
      peak: of('VmHWM'),
      parent: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]),
    };
  } catch {
    return null;
  }
}

function treeBelow(root) {
  const all = readdirSync('/proc').filter((each) => /^\d+$/.test(each));
  const known = new Map(all.map((id) => [Number(id), memoryOf(id)]));
  const tree = new Set([root]);
  for (let size = 0; size < tree.size; ) {
    size = tree.size;
    for (const [id, memory] of known) if (memory !== null && tree.has(memory.parent)) tree.add(id);
  }
  return [...tree].flatMap((id) => {
    const memory = known.get(id);
    return memory ? [{ id, ...memory }] : [];
  });
}

if (values.against === '') {
  const folder = mkdtempSync(path.join(tmpdir(), 'trace-memory-'));
  try {
    const { copy, label } = await perturbed(model, folder);
    const begin = performance.now();
    const child = spawn(
      process.execPath,
      [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--against', copy],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    let [peak, parts] = [0, []];
    const peaks = new Map();
    const timer = setInterval(() => {
      const tree = treeBelow(child.pid);
      const sum = tree.reduce((total, each) => total + each.now, 0);
      for (const each of tree) peaks.set(each.id, Math.max(each.peak, peaks.get(each.id) ?? 0));
      if (sum > peak) [peak, parts] = [sum, tree.map((each) => Math.round(each.now / mib))];
    }, intervalMs);
    await new Promise((resolve) => {
      child.on('close', resolve);
    });
    clearInterval(timer);
    const size = statSync(model).size;
    const { named, values: compared } = JSON.parse(output);
    const [own, ...others] = [...peaks.values()].map((each) => Math.round(each / mib));
    print(`model ${Math.round(size / mib)} MiB, ${compared} values compared`);
    print(`named ${named}, changed ${label}`);
    print(`peak of all processes together ${Math.round(peak / mib)} MiB (${parts.join(' + ')})`);
    print(
      `peaks of single ones: ${own} MiB, and of those it started at most ${Math.max(...others)}`,
    );
    print(
      `${(peak / size).toFixed(2)} times the model, ${((performance.now() - begin) / 1000).toFixed(0)} s`,
    );
    process.exitCode = peak <= mostTimes * size && named === label ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  await trace(model, values.against);
}
