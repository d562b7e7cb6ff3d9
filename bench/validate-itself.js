// What validate says of models that are the same, and of ones that are not:
//   node bench/validate-itself.js [FOLDER...] [--only TEXT] [--dist DIR]
// Every model that runs, against itself, against its ORT form, with one thread against two (--matrix):
// each must pass. Then against itself with the sign of one weight flipped, the greatest of its greatest
// constant: that must fail, unless the outputs are the same to the bit, which is told. Models whose
// constants are attributes (trees, linear models) have the sign flipped there.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    checkout: { type: 'string', default: path.join(import.meta.dirname, '..') },
  },
});
const checkout = path.resolve(values.checkout);
const load = (module) => import(path.join(checkout, 'dist', module, 'index.js'));
const { walkNodes } = await load('graph');
const { openModel, saveModel } = await load('onnx');
const { dataTypes, tensorFrom } = await load('tensor');

const folders =
  positionals.length > 0
    ? positionals
    : [path.join(import.meta.dirname, '..', '..', 'shared', 'models')];
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'mlkit-itself-'));

function* models() {
  for (const folder of folders) {
    for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (/\.(onnx|ort)$/.test(entry.name) && file.includes(values.only)) yield file;
    }
  }
}

/** Exit status and report of a command. */
function mlkit(...argv) {
  const options = {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 120_000,
    maxBuffer: 1e9,
  };
  try {
    const out = execFileSync(
      'node',
      [path.join(checkout, 'bin/mlkit.js'), ...argv, '--json'],
      options,
    );
    return { exit: 0, report: JSON.parse(out) };
  } catch (error) {
    let report = {};
    try {
      report = JSON.parse(error.stdout);
    } catch {
      // It printed nothing, or was killed.
    }
    return { exit: error.status ?? 'killed', report };
  }
}

/** The constants that a node computes with, greatest first: initializers and constant attributes. */
function constants(model) {
  const found = [];
  for (const { node } of walkNodes(model)) {
    for (const input of node.inputs) {
      // Of a constant that a node makes, or of the graph.
      const tensor = input?.initializer ?? input?.constant ?? null;
      if (tensor === null || !isWeight(tensor.dtype)) continue;
      found.push({ node, input, tensor, count: tensor.byteLength });
    }
    for (const attribute of node.attributes) {
      const isFloats =
        attribute.type === 'floats' && /weights|coefficients|offset/.test(attribute.name);
      if (isFloats) found.push({ node, attribute, count: attribute.value.length * 4 });
    }
  }
  return found.toSorted((a, b) => b.count - a.count);
}

/** Integers are shapes and indices unless they are narrow. */
function isWeight(dtype) {
  const { kind, bits } = dataTypes[dtype];
  return kind === 'float' ? bits >= 16 : (kind === 'int' || kind === 'uint') && bits === 8;
}

/** Writes the model with one sign flipped; says what was changed, or null where there is nothing to. */
async function flipped(file, target, nth) {
  const open = openModel(file);
  try {
    const places = constants(open.model);
    if (places.length === 0) return null;
    const { node, input, tensor, attribute } = places[nth % places.length];
    const rank = Math.floor(nth / places.length);
    if (attribute !== undefined) {
      const list = [...attribute.value];
      const at = greatest(list, rank);
      list[at] = -list[at];
      node.graph.setAttribute(node, { ...attribute, value: list });
      await saveModel(open.model, target, { external: 'embed', folder: open.folder });
      return `${node.label} ${attribute.name}[${at}]`;
    }
    const data = tensor.toFloat64();
    const at = greatest(data, rank);
    if (!data[at]) return null;
    const { arrayType, bits, kind } = dataTypes[tensor.dtype];
    data[at] =
      kind === 'uint' ? 255 - data[at] : kind === 'int' ? Math.min(-data[at], 127) : -data[at];
    const bytes = bits === 16 ? halves(tensor, at) : arrayType.from(data);
    const changed = tensorFrom(tensor.dtype, tensor.dims, bytes).with({ name: input.name });
    const { producer } = input;
    if (producer === null) input.graph.setInitializer(input, changed);
    else producer.graph.setAttribute(producer, { name: 'value', type: 'tensor', value: changed });
    await saveModel(open.model, target, { external: 'embed', folder: open.folder });
    return `${input.name}[${at}] of ${node.label}`;
  } finally {
    open.close();
  }
}

/** The bits of float16 and bfloat16 with one sign bit flipped. */
function halves(tensor, at) {
  const bits = Uint16Array.from(tensor.data());
  bits[at] ^= 0x8000;
  return bits;
}

/** The place of the value of that rank by magnitude, from 0. */
function greatest(values, rank) {
  const order = Array.from(values, (value, at) => [Math.abs(value), at]);
  return order.toSorted(([a], [b]) => b - a)[rank]?.[1] ?? 0;
}

const isBitIdentical = (report) =>
  (report.outputs ?? []).every((output) => output.mismatched === 0 && (output.maxAbs ?? 0) === 0);
const counts = new Map();
function count(what, outcome, file, detail) {
  const key = `${what}: ${outcome}`;
  counts.set(key, [...(counts.get(key) ?? []), `${path.relative(folders[0], file)} ${detail}`]);
}

try {
  for (const file of models()) {
    const itself = mlkit('validate', file, file, '--samples', '2');
    const why = (report) => report.reasons?.[0] ?? report.message ?? '';
    count('itself', `exit ${itself.exit}`, file, itself.exit === 0 ? '' : why(itself.report));
    if (itself.exit !== 0) continue;
    const ort = path.join(scratch, 'model.ort');
    fs.rmSync(ort, { force: true });
    if (file.endsWith('.onnx')) {
      const made = mlkit('convert', file, '-o', ort, '--no-verify');
      if (made.exit !== 0) count('ORT form', 'cannot be made', file, why(made.report));
      else {
        const same = mlkit('validate', file, ort, '--samples', '2');
        count('ORT form', `exit ${same.exit}`, file, same.exit === 0 ? '' : why(same.report));
      }
    }
    const threads = mlkit('validate', file, '--matrix', 'threads=1,2', '--samples', '2');
    count('threads', `exit ${threads.exit}`, file, threads.exit === 0 ? '' : why(threads.report));
    if (!file.endsWith('.onnx')) continue;
    const target = path.join(scratch, 'flipped.onnx');
    let isCaught = false;
    const tried = [];
    for (let nth = 0; nth < 24 && !isCaught; nth += 1) {
      const what = await flipped(file, target, nth);
      if (what === null) continue;
      const other = mlkit('validate', file, target, '--samples', '2');
      isCaught = other.exit === 1;
      const how = isCaught
        ? ''
        : isBitIdentical(other.report)
          ? ' (same bits)'
          : ` (exit ${other.exit} ${why(other.report)})`;
      tried.push(`${what}${how}`);
      if (other.exit === 0 && !isBitIdentical(other.report)) break;
    }
    const outcome = isCaught ? 'caught' : tried.length === 0 ? 'nothing to flip' : 'NOT caught';
    count('one sign', outcome, file, tried.join(', '));
  }
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
for (const [key, files] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(`${String(files.length).padStart(4)}  ${key}`);
  const isFine = /exit 0$|caught$/.test(key) && !key.includes('NOT');
  if (!isFine) for (const each of files) console.log(`      ${each}`);
}
