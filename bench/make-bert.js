// Makes a model of the size and shape of BERT-base, to measure on:
//   node bench/make-bert.js OUT.onnx [--layers 12] [--hidden 768] [--seed 1]
// The defaults give about 430 MB in one file; --hidden 1728 gives 1.9 GB with as many nodes, and
// --layers 66 gives 1.9 GB with five times as many. Weights are normal random
// numbers, written as they are made: the model is never in memory.
import { parseArgs } from 'node:util';
import { buildModel } from '../dist/graph/index.js';
import { saveModel } from '../dist/onnx/index.js';
import { Tensor, tensorFrom } from '../dist/tensor/index.js';

const heads = 12;
const vocabulary = 30522;
const positions = 512;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    layers: { type: 'string', default: '12' },
    hidden: { type: 'string', default: '768' },
    seed: { type: 'string', default: '1' },
  },
});
const hidden = Number(values.hidden);
const inner = hidden * 4;
const [out] = positionals;
if (!out) throw new Error('usage: node bench/make-bert.js OUT.onnx [--layers 12]');

/** 65,536 normal random numbers, from which weights are taken in a shifting order. */
function normalTable(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 2 ** 32;
  };
  return Float32Array.from(
    { length: 65536 },
    () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()) * 0.02,
  );
}

const table = normalTable(Number(values.seed));
let tensors = 0;

/** Storage that makes its bytes while they are written. */
function randomStorage(count) {
  const byteLength = count * 4;
  tensors += 1;
  const shift = tensors * 7919;
  const fill = (from, length) => {
    const piece = new Float32Array(length);
    for (let at = 0; at < length; at += 1) {
      const index = from + at;
      piece[at] = table[(index + shift + Math.floor(index / 65521) * 31) & 65535];
    }
    return new Uint8Array(piece.buffer);
  };
  return {
    kind: 'memory',
    byteLength,
    bytes: () => fill(0, count),
    *chunks(maxBytes) {
      const step = Math.floor(maxBytes / 4);
      for (let from = 0; from < count; from += step) yield fill(from, Math.min(step, count - from));
    },
  };
}

const random = (name, dims) =>
  new Tensor({
    name,
    dtype: 'float32',
    dims,
    storage: randomStorage(dims.reduce((a, b) => a * b, 1)),
  });
const int64 = (numbers) =>
  tensorFrom('int64', [numbers.length], BigInt64Array.from(numbers, BigInt));
const scalar = (value) => tensorFrom('float32', [], Float32Array.of(value));

const model = buildModel(
  { opset: 17, irVersion: 8, name: 'bert', producer: 'mlkit bench' },
  (b) => {
    const ids = b.input('input_ids', 'int64', ['batch', 'sequence']);
    const splitShape = b.initializer(int64([0, 0, heads, hidden / heads]), 'split_shape');
    const joinShape = b.initializer(int64([0, 0, hidden]), 'join_shape');
    const scale = b.initializer(scalar(Math.sqrt(hidden / heads)), 'scale');
    const half = b.initializer(scalar(0.5), 'half');
    const one = b.initializer(scalar(1), 'one');
    const root = b.initializer(scalar(Math.SQRT2), 'sqrt2');
    const linear = (name, x, from, to) => {
      const product = b.node(
        'MatMul',
        [x, b.initializer(random(`${name}.weight`, [from, to]))],
        {},
        {
          name: `/${name}/MatMul`,
        },
      );
      const bias = b.initializer(random(`${name}.bias`, [to]));
      return b.node('Add', [bias, product], {}, { name: `/${name}/Add` });
    };
    const norm = (name, x) =>
      b.node(
        'LayerNormalization',
        [
          x,
          b.initializer(random(`${name}.gamma`, [hidden])),
          b.initializer(random(`${name}.beta`, [hidden])),
        ],
        { axis: -1, epsilon: 1e-5 },
        { name: `/${name}` },
      );
    const words = b.node('Gather', [
      b.initializer(random('embeddings.words', [vocabulary, hidden])),
      ids,
    ]);
    const kinds = b.initializer(random('embeddings.kinds', [2, hidden]));
    const first = b.node('Gather', [
      kinds,
      b.initializer(tensorFrom('int64', [], BigInt64Array.of(0n)), 'kind'),
    ]);
    b.initializer(random('embeddings.positions', [positions, hidden]));
    const place = b.node('Gather', [
      b.graph.value('embeddings.positions'),
      b.initializer(tensorFrom('int64', [], BigInt64Array.of(1n)), 'place'),
    ]);
    let x = norm('embeddings.norm', b.node('Add', [b.node('Add', [words, first]), place]));
    for (let layer = 0; layer < Number(values.layers); layer += 1) {
      const at = `layer${layer}`;
      const head = (name, perm) =>
        b.node(
          'Transpose',
          [b.node('Reshape', [linear(`${at}.${name}`, x, hidden, hidden), splitShape])],
          {
            perm,
          },
        );
      const query = head('query', [0, 2, 1, 3]);
      const key = head('key', [0, 2, 3, 1]);
      const value = head('value', [0, 2, 1, 3]);
      const scores = b.node('Div', [b.node('MatMul', [query, key]), scale]);
      const mixed = b.node('MatMul', [b.node('Softmax', [scores], { axis: -1 }), value]);
      const joined = b.node('Reshape', [
        b.node('Transpose', [mixed], { perm: [0, 2, 1, 3] }),
        joinShape,
      ]);
      const attended = linear(`${at}.output`, joined, hidden, hidden);
      const middle = norm(`${at}.norm1`, b.node('Add', [attended, x]));
      const wide = linear(`${at}.wide`, middle, hidden, inner);
      const gelu = b.node('Mul', [
        b.node('Mul', [wide, b.node('Add', [b.node('Erf', [b.node('Div', [wide, root])]), one])]),
        half,
      ]);
      const narrow = linear(`${at}.narrow`, gelu, inner, hidden);
      x = norm(`${at}.norm2`, b.node('Add', [narrow, middle]));
    }
    b.output(b.node('Identity', [x], {}, { outputs: ['hidden_states'] }), 'float32', [
      'batch',
      'sequence',
      hidden,
    ]);
  },
);

const { sizeBytes } = await saveModel(model, out);
process.stdout.write(
  `${out}: ${(sizeBytes / 1e6).toFixed(0)} MB, ${model.graph.nodeCount} nodes\n`,
);
