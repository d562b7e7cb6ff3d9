/**
 * Prints the multiply-accumulates of each matrix product and convolution of models, as one JSON
 * document a line: for `count-macs.py`, which counts them independently.
 *
 *   node bench/dump-macs.js [--sizes 16] MODEL.onnx... > macs.jsonl
 *
 * With --sizes, sizes of inputs that the models leave open are that number.
 */
import { parseArgs } from 'node:util';
import { openModel } from '../dist/onnx/index.js';
import { costOf, inferTypes } from '../dist/ops/index.js';
import { formatSize } from '../dist/symbolic/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sizes: { type: 'string' } },
});
const size = values.sizes === undefined ? null : Number(values.sizes);
const counted = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

/** Shapes of the inputs with a number for each size, where that is asked for. */
function shapesOf(model) {
  const open = model.graph.inputs.filter(({ type, initializer }) => {
    return size !== null && initializer === null && type?.kind === 'tensor' && type.shape !== null;
  });
  const numbers = (shape) =>
    shape.map((each) => (typeof each === 'number' && each >= 0 ? each : size));
  return new Map(open.map(({ name, type }) => [name, numbers(type.shape)]));
}

for (const path of positionals) {
  let line;
  try {
    const open = openModel(path);
    try {
      const inference = inferTypes(open.model, { shapes: shapesOf(open.model) });
      const nodes = open.model.graph.nodes.filter(({ domain, opType }) => {
        return domain === '' && counted.has(opType);
      });
      const macs = nodes.map((node) => {
        const cost = costOf(inference.nodeFacts(node));
        const output = node.outputs[0]?.name ?? '';
        return { op: node.opType, output, macs: cost && formatSize(cost.macs) };
      });
      line = { path, size, macs };
    } finally {
      open.close();
    }
  } catch (error) {
    line = { path, error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
