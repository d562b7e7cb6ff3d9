/**
 * Prints the multiply-accumulates of each matrix product and convolution of models, as one JSON
 * document a line: for `count-macs.py`, which counts them independently.
 *
 *   node bench/dump-macs.js MODEL.onnx... > macs.jsonl
 */
import { openModel } from '../dist/onnx/index.js';
import { costOf, inferTypes } from '../dist/ops/index.js';
import { formatSize } from '../dist/symbolic/index.js';

const counted = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

for (const path of process.argv.slice(2)) {
  let line;
  try {
    const open = openModel(path);
    try {
      const inference = inferTypes(open.model);
      const nodes = open.model.graph.nodes.filter(({ domain, opType }) => {
        return domain === '' && counted.has(opType);
      });
      const macs = nodes.map((node) => {
        const cost = costOf(inference.nodeFacts(node));
        const output = node.outputs[0]?.name ?? '';
        return { op: node.opType, output, macs: cost && formatSize(cost.macs) };
      });
      line = { path, macs };
    } finally {
      open.close();
    }
  } catch (error) {
    line = { path, error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
