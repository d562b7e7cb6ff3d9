/**
 * Prints what mlkit infers of each model, as one JSON document a line: for `compare-types.py`, which
 * holds it against what ONNX infers, and against what the runtime produces.
 *
 *   node bench/dump-types.js LIST.txt > types.jsonl      # LIST.txt: a path of a model a line
 */
import { readFileSync } from 'node:fs';
import { openModel } from '../dist/onnx/index.js';
import { declaredType, inferTypes } from '../dist/ops/index.js';

const list = process.argv.at(2);
if (list === undefined) throw new Error('usage: dump-types.js LIST.txt');

/** The types of a graph's values by name, and the same of its subgraphs by where they are. */
function describe(graph, inference) {
  const values = {};
  for (const value of graph.values()) {
    const type = inference.typeOf(value);
    if (type !== null) values[value.name] = declaredType(type);
  }
  const subgraphs = [];
  for (const [at, node] of graph.nodes.entries()) {
    for (const attribute of node.attributes) {
      const inner = attribute.type === 'graph' ? [attribute.value] : attribute.value;
      if (attribute.type !== 'graph' && attribute.type !== 'graphs') continue;
      for (const [index, each] of inner.entries()) {
        subgraphs.push({ at, attribute: attribute.name, index, ...describe(each, inference) });
      }
    }
  }
  return { values, subgraphs };
}

for (const path of readFileSync(list, 'utf8').split('\n')) {
  if (path === '') continue;
  const started = performance.now();
  let line;
  try {
    const open = openModel(path);
    try {
      const inference = inferTypes(open.model);
      line = {
        path,
        ...describe(open.model.graph, inference),
        contradictions: inference.contradictions,
        unknownOperators: Object.fromEntries(inference.unknownOperators),
        ms: performance.now() - started,
      };
    } finally {
      open.close();
    }
  } catch (error) {
    line = { path, error: error.stack ?? String(error) };
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
