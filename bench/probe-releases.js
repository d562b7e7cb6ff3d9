// The newest versions that a release of onnxruntime takes, for the table in src/schemas/releases.ts:
//   node bench/probe-releases.js [FOLDER...]
// Each folder is an unpacked onnxruntime-node package that finds its onnxruntime-common; without one
// it is the installed release. Loads one-node models of rising versions with it.
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildModel } from '../dist/graph/index.js';
import { encodeModel } from '../dist/onnx/index.js';

const require = createRequire(import.meta.url);

/** Versions well beyond what exists. */
const highest = 40;

function oneNode(opset, irVersion, opType, domain, attributes) {
  return buildModel({ opset, irVersion }, (b) => {
    const x = b.input('x', 'float32', [2, 2]);
    b.output(b.node(opType, [x], attributes, { domain }), 'float32', [2, 2]);
  });
}

/** A model of version `n` of each thing; everything else is old enough for any release. */
const questions = {
  'ai.onnx': (n) => oneNode({ '': n }, 4, 'Relu', '', {}),
  'ai.onnx.ml': (n) =>
    oneNode({ '': 9, 'ai.onnx.ml': n }, 4, 'Normalizer', 'ai.onnx.ml', { norm: 'L1' }),
  IR: (n) => oneNode({ '': 9 }, n, 'Relu', '', {}),
};

async function newest(ort, question) {
  let found = 0;
  for (let version = 1; version <= highest; version += 1) {
    const bytes = (await encodeModel(question(version))).toBytes();
    try {
      const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
      await session.release?.();
      found = version;
    } catch {
      // Too old or too new; what counts is the last that loads.
    }
  }
  return found;
}

const folders = process.argv.slice(2).map((folder) => path.resolve(folder));
for (const folder of folders.length > 0 ? folders : ['onnxruntime-node']) {
  const ort = require(folder);
  const { version } = require(path.posix.join(folder, 'package.json'));
  const found = {};
  for (const [name, question] of Object.entries(questions)) {
    found[name] = await newest(ort, question);
  }
  console.log(version, found);
}
