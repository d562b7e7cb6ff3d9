// Runs `validate --golden` over ONNX's backend tests and its light networks, and tells why those that
// do not pass do not. Needs a build (dist/, or the folder that MLKIT_DIST names), and the tests beside
// the repository (../shared/onnx-backend) or in the folder that is named:
//   node bench/golden-onnx-backend.js [folder] [--list] [--only TEXT] [--peer FILE]
// --peer holds it against what bench/golden-onnx-backend.py has found: every test that passes there has
// to pass here, and what does not load or run here must not there.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { zipSync } from 'fflate';

const dist = path.resolve(process.env.MLKIT_DIST ?? path.join(import.meta.dirname, '..', 'dist'));
const load = (part) => import(pathToFileURL(path.join(dist, part, 'index.js')).href);
const [
  { writeNpy },
  { openModel, openTensorFile },
  { tensorFrom },
  { validate, validateDefaults },
] = await Promise.all(['feeds', 'onnx', 'tensor', 'validate'].map(load));

const words = process.argv.slice(2);
const option = (name) => {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words.splice(at, 2)[1];
};
const only = option('--only') ?? '';
const peerFile = option('--peer');
const isListing = words.includes('--list');
const root =
  words.find((word) => !word.startsWith('--')) ??
  path.join(import.meta.dirname, '..', '..', 'shared', 'onnx-backend');

/** Folders with a model.onnx and test data sets. */
function* backendTests() {
  for (const suite of fs.readdirSync(root)) {
    if (suite === 'light') continue;
    for (const name of fs.readdirSync(path.join(root, suite))) {
      const folder = path.join(root, suite, name);
      yield {
        name: `${suite}/${name}`,
        reference: path.join(folder, 'model.onnx'),
        golden: folder,
      };
    }
  }
}

/**
 * The light networks come with their output only. Their input counts upwards: element i of n is i / n.
 * Source: https://github.com/onnx/onnx/blob/main/onnx/backend/test/runner/__init__.py
 */
function* lightTests(scratch) {
  const folder = path.join(root, 'light');
  if (!fs.existsSync(folder)) return;
  for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {
    const reference = path.join(folder, file);
    const stem = file.replace(/\.onnx$/, '');
    const { model, close } = openModel(reference);
    const arrays = {};
    for (const value of model.graph.inputs.filter((each) => each.initializer === null)) {
      const dims = value.type.shape.map((size) => (typeof size === 'number' ? size : 1));
      const count = dims.reduce((product, size) => product * size, 1);
      const values = Float32Array.from({ length: count }, (_, at) => at / count);
      arrays[`${value.name}.npy`] = writeNpy(tensorFrom('float32', dims, values));
    }
    for (const [at, value] of model.graph.outputs.entries()) {
      const output = openTensorFile(path.join(folder, `${stem}_output_${at}.pb`));
      arrays[`${value.name}.npy`] = writeNpy(output);
    }
    close();
    const golden = path.join(scratch, stem);
    fs.mkdirSync(golden);
    fs.writeFileSync(path.join(golden, 'sample_0.npz'), zipSync(arrays, { level: 0 }));
    yield { name: `light/${stem}`, reference, golden };
  }
}

/** The verdict of one test, and what stands in the way of a pass. */
async function outcomeOf({ reference, golden }) {
  try {
    const report = await validate({ ...validateDefaults, reference, golden });
    const verdict = report.failure?.code ?? report.verdict;
    return { verdict, reason: report.reasons.join('; ').replaceAll(reference, 'the model') };
  } catch (error) {
    if (error.code === undefined) throw error;
    return { verdict: error.code, reason: error.message.replaceAll(reference, 'the model') };
  }
}

/** Reasons that differ in names and numbers only are one. */
function kindOf({ verdict, reason }) {
  const plain = reason
    .replaceAll(/"[^"]*"/g, '"…"')
    .replaceAll(/\([^()]*\[[^\]]*\][^()]*\)/g, '')
    .replaceAll(/-?\d+(\.\d+)?(e[-+]?\d+)?/g, '#');
  return `${verdict}: ${plain}`;
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'mlkit-golden-'));
const groups = new Map();
const verdicts = new Map();
let [total, passed] = [0, 0];
const begin = performance.now();
try {
  const tests = [...backendTests(), ...lightTests(scratch)].filter(({ name }) =>
    name.includes(only),
  );
  for (const test of tests) {
    const outcome = await outcomeOf(test);
    total += 1;
    verdicts.set(test.name, outcome);
    if (outcome.verdict === 'pass') passed += 1;
    else {
      const kind = kindOf(outcome);
      groups.set(kind, [...(groups.get(kind) ?? []), { ...test, ...outcome }]);
    }
  }
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
const seconds = (performance.now() - begin) / 1000;
console.log(`${passed} of ${total} pass, ${((1000 * seconds) / total).toFixed(0)} ms each\n`);
for (const [kind, tests] of [...groups].toSorted((a, b) => b[1].length - a[1].length)) {
  console.log(`${String(tests.length).padStart(4)}  ${kind}`);
  for (const { name, reason } of isListing ? tests : tests.slice(0, 1)) {
    console.log(`      ${name}${isListing ? `: ${reason}` : ''}`);
  }
}
if (peerFile !== undefined) comparePeer(JSON.parse(fs.readFileSync(peerFile, 'utf8')));

/** Where one passes and the other does not. */
function comparePeer({ onnxruntime, results }) {
  const names = [...verdicts.keys()].filter((name) => name in results);
  const ours = (name) => verdicts.get(name).verdict === 'pass';
  const theirs = (name) => results[name] === 'pass';
  const lost = names.filter((name) => theirs(name) && !ours(name));
  const won = names.filter((name) => ours(name) && !theirs(name));
  const neither = names.filter((name) => !ours(name) && !theirs(name));
  console.log(`\nonnxruntime ${onnxruntime} from Python: ${names.filter(theirs).length} pass`);
  console.log(
    `${won.length} pass here only, ${lost.length} there only, ${neither.length} in neither`,
  );
  for (const name of lost) console.log(`  there only: ${name}: ${verdicts.get(name).reason}`);
  if (!isListing) return;
  for (const name of neither) {
    const [here, there] = [verdicts.get(name).reason, results[name].replaceAll(/\s+/g, ' ')];
    console.log(`  neither: ${name}\n    here:  ${here}\n    there: ${there}`);
  }
}
