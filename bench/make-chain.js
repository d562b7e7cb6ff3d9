// Makes a model with many small nodes, to measure what structure costs:
//   node bench/make-chain.js OUT.onnx [NODES]
import { buildModel } from '../dist/graph/index.js';
import { saveModel } from '../dist/onnx/index.js';
import { tensorFrom } from '../dist/tensor/index.js';

const [out, count = '20000'] = process.argv.slice(2);
if (!out) throw new Error('usage: node bench/make-chain.js OUT.onnx [NODES]');
const model = buildModel({ opset: 17, name: 'chain' }, (b) => {
  let x = b.input('x', 'float32', ['batch', 8]);
  for (let at = 0; at < Number(count); at += 1) {
    if (at % 10 === 0) {
      const w = tensorFrom('float32', [8, 8], new Float32Array(64).fill(1 / 8));
      x = b.node('MatMul', [x, b.initializer(w)], {}, { name: `/layer${at}/MatMul` });
    } else if (at % 3 === 0)
      x = b.node('LeakyRelu', [x], { alpha: 0.5 }, { name: `/layer${at}/Relu` });
    else x = b.node('Add', [x, x], {}, { name: `/layer${at}/Add` });
  }
  b.output(x, 'float32', ['batch', 8]);
});
await saveModel(model, out);
