/**
 * Changes one weight of one layer by 1% in copies of real models, and asks whether the trace names
 * the node that reads it.
 *
 *   node bench/trace-perturbed.js FOLDER... [--seed N] [--each N] [--only TEXT] [--mib N]
 *
 * Layer and element are drawn by the seed. An element counts only where the change has an effect: the
 * layer's own output, read from onnxruntime in both models and by no part of the trace, must differ in
 * at least one bit on the inputs that the trace is given. (A weight that is only ever multiplied with
 * zeros, or whose change is lost in rounding, has none; then the next element is drawn.) Exits with 1
 * when a node is named that is not the one.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { planFeeds } from '../dist/feeds/index.js';
import { attributeFrom } from '../dist/graph/index.js';
import { openModel, saveModel } from '../dist/onnx/index.js';
import { openSession } from '../dist/runtime/index.js';
import { haveSameBytes, memoryStorage } from '../dist/tensor/index.js';
import { traceModels } from '../dist/trace/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    each: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    mib: { type: 'string', default: '100' },
  },
});

/** Operators whose constants are weights of layers; of models without, any operator. */
const layers = new Set(['Conv', 'ConvTranspose', 'MatMul', 'Gemm', 'LSTM', 'GRU', 'RNN']);
const mostTries = 24;
/** Volumes of which one activation takes hundreds of megabytes would take the others' time. */
const mostInputBytes = 16 * 2 ** 20;
const factor = 1.01;

const print = (text = '') => process.stdout.write(`${text}\n`);

/** Whole numbers below `limit`, by the seed: a linear congruential generator (Numerical Recipes). */
function drawer(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Places where a node of the main graph alone reads a constant of float32 numbers. */
function weightsOf({ graph }) {
  const found = graph.nodes.flatMap((node) =>
    node.inputs.flatMap((value, index) => {
      // Before IR 4, constants were listed among the inputs.
      const tensor = value?.initializer ?? value?.constant;
      const isWeight = tensor?.elementType === 'float32' && value.uses.size === 1;
      return isWeight && tensor.byteLength > 0 ? [{ node, index, value, tensor }] : [];
    }),
  );
  const ofLayers = found.filter(({ node, index }) => layers.has(node.opType) && index > 0);
  return ofLayers.length > 0 ? ofLayers : found;
}

/** Writes the model with one element changed; false where that changes nothing. */
async function perturb(model, { value, tensor }, element, file, folder) {
  const bytes = Uint8Array.from(tensor.storage.bytes());
  const data = new Float32Array(bytes.buffer);
  const before = data[element];
  data[element] = before * factor;
  if (data[element] === before || !Number.isFinite(data[element])) return false;
  const changed = tensor.with({ storage: memoryStorage(bytes), origin: undefined });
  if (value.initializer !== null) model.graph.setInitializer(value, changed);
  else model.graph.setAttribute(value.producer, attributeFrom('value', changed));
  await saveModel(model, file, { external: 'embed', folder });
  return true;
}

/** What the node itself gives, by the runtime alone. */
async function outputOf(file, name, feeds, folder) {
  const open = openModel(file);
  const copy = path.join(folder, 'watched.onnx');
  try {
    const value = open.model.graph.value(name);
    if (!value.isOutput) open.model.graph.addOutput(value);
    await saveModel(open.model, copy, { external: 'embed', folder: open.folder });
  } finally {
    open.close();
  }
  const session = await openSession(copy, { optimization: 'disabled' });
  try {
    const results = [];
    for (const each of feeds) results.push((await session.run(each, [name])).outputs.get(name));
    return results;
  } finally {
    await session.close();
  }
}

async function check(file, seed, folder) {
  const draw = drawer(seed);
  const open = openModel(file);
  try {
    const { feeds } = planFeeds(open.model, { seed: 1, samples: 2 });
    const inputBytes = [...feeds[0].values()].reduce(
      (sum, each) => sum + (each?.byteLength ?? 0),
      0,
    );
    if (inputBytes > mostInputBytes) return { skipped: 'its input is larger than 16 MiB' };
    const weights = weightsOf(open.model);
    if (weights.length === 0) return { skipped: 'no node alone reads a constant of float32' };
    for (let tries = 0; tries < mostTries; tries += 1) {
      const weight = weights[draw(weights.length)];
      const { node, value, tensor } = weight;
      const element = draw(tensor.elementCount);
      const output = node.outputs.find((each) => each !== null);
      const changed = path.join(folder, 'changed.onnx');
      const isChanged = await perturb(open.model, weight, element, changed, open.folder);
      // The model is as it was before the next one is drawn.
      if (value.initializer !== null) open.model.graph.setInitializer(value, tensor);
      else open.model.graph.setAttribute(value.producer, attributeFrom('value', tensor));
      if (!isChanged) continue;
      const before = await outputOf(file, output.name, feeds, folder);
      const after = await outputOf(changed, output.name, feeds, folder);
      if (before.every((each, at) => haveSameBytes(each, after[at]))) continue;
      const begin = performance.now();
      const report = await traceModels({
        reference: { path: file },
        candidate: { path: changed },
        feeds,
        profile: 'fp32',
      });
      const found = report.firstDivergence;
      return {
        weight: `${value.name}[${element}]`,
        expected: node.label,
        named: found?.value.node ?? 'none',
        reason: found?.reason ?? '',
        relativeError: found?.value.relativeError ?? 0,
        compared: report.values.length,
        unpaired: report.unpaired,
        seconds: (performance.now() - begin) / 1000,
      };
    }
    return { skipped: `no effect in ${mostTries} tries` };
  } finally {
    open.close();
  }
}

function modelsBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((each) => each.endsWith('.onnx'))
    .map((each) => path.join(folder, each))
    .filter((each) => statSync(each).size <= Number(values.mib) * 2 ** 20)
    .filter((each) => each.includes(values.only))
    .toSorted();
}

let [right, wrong, skipped] = [0, 0, 0];
for (const folder of positionals) {
  for (const file of modelsBelow(folder)) {
    for (let each = 0; each < Number(values.each); each += 1) {
      const name = path.relative(folder, file);
      const scratch = mkdtempSync(path.join(tmpdir(), 'perturbed-'));
      try {
        const result = await check(file, Number(values.seed) + each, scratch);
        if (result.skipped !== undefined) throw new Error(result.skipped);
        const isRight = result.named === result.expected;
        if (isRight) right += 1;
        else wrong += 1;
        const named = isRight ? '' : `, named ${result.named} (${result.reason})`;
        print(
          `${isRight ? 'right' : 'WRONG'}  ${name}: ${result.weight} of ${result.expected}${named};` +
            ` off by ${result.relativeError.toExponential(1)}, ${result.compared} values compared,` +
            ` ${result.unpaired} not, ${result.seconds.toFixed(1)} s`,
        );
      } catch (error) {
        skipped += 1;
        print(`skip   ${name}: ${error.message.split('\n')[0].slice(0, 120)}`);
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    }
  }
}
print(`${right} right, ${wrong} wrong, ${skipped} skipped`);
process.exitCode = wrong === 0 && right > 0 ? 0 : 1;
