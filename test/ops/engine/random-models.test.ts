import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { attributeFrom, type Model, tensorType, walkGraphs } from '../../../src/graph/index.ts';
import { openModel } from '../../../src/onnx/index.ts';
import {
  type InferredType,
  inferTypes,
  measureActivations,
  measureWork,
  type Sizes,
} from '../../../src/ops/index.ts';
import {
  findSchema,
  knownDomains,
  operatorsOf,
  schemaVersions,
} from '../../../src/schemas/index.ts';
import { filesBelow, fixtures } from '../../support/files.ts';
import { SeededRandom } from '../../support/random.ts';
import { randomModel } from './random-model.ts';

/** Models an operator; with MLKIT_FUZZ=50 in the environment, as many. */
const modelsEach = Number(process.env['MLKIT_FUZZ'] ?? 6);

describe('random models of one node', () => {
  test.each(knownDomains)('of every operator of "%s": no exception, and no long time', (domain) => {
    const random = new SeededRandom(20260801 + modelsEach);
    const slow: string[] = [];
    const failed: string[] = [];
    for (const name of operatorsOf(domain)) {
      for (let at = 0; at < modelsEach; at += 1) {
        const opset = random.pick(schemaVersions(domain, name));
        const schema = findSchema(domain, name, opset);
        if (schema === null) throw new Error(`${name} has no version ${opset}`);
        const model = randomModel(random, schema, opset);
        // Of this process alone: what else the machine does is no slowness of ours.
        const before = process.cpuUsage();
        try {
          const inference = inferTypes(model);
          const sizes = [...model.graph.values()].flatMap((value) => {
            return sizesOf(inference.typeOf(value));
          });
          const { macs, flops } = measureWork(model, inference);
          const { lowerBoundBytes, totalBytes } = measureActivations(model, inference);
          for (const size of [...sizes, macs, flops, lowerBoundBytes, totalBytes]) {
            if (typeof size !== 'number' || (size >= 0 && Number.isInteger(size))) continue;
            throw new RangeError(`${size} is no size`);
          }
        } catch (error) {
          failed.push(`${name}-${opset}: ${error instanceof Error ? error.stack : String(error)}`);
        }
        const { user, system } = process.cpuUsage(before);
        const took = (user + system) / 1000;
        if (took > 1000) slow.push(`${name}-${opset}: ${took.toFixed(0)} ms`);
      }
    }
    expect(failed).toEqual([]);
    expect(slow).toEqual([]);
  });
});

describe('models that come with the project, with something changed', () => {
  const files = filesBelow(fixtures, '.onnx');

  test.each(files.map((file) => [path.relative(fixtures, file), file]))('%s', (_, file) => {
    const random = new SeededRandom(file.length);
    for (let round = 0; round < 3 * modelsEach; round += 1) {
      const open = openModel(file);
      try {
        for (let at = random.below(4); at >= 0; at -= 1) change(random, open.model);
        const inference = inferTypes(open.model);
        measureWork(open.model, inference);
        measureActivations(open.model, inference);
      } finally {
        open.close();
      }
    }
  });

  /** Another input, attribute, type or operator set version than the model had. */
  function change(random: SeededRandom, model: Model): void {
    const graphs = [...walkGraphs(model)].map(({ graph }) => graph);
    const graph = random.pick(graphs);
    if (graph.nodeCount === 0) return;
    const node = random.pick(graph.nodes);
    const values = [...graph.values()];
    const kind = random.below(5);
    if (kind === 0 && values.length > 0) {
      graph.setInput(node, random.below(node.inputs.length + 1), random.pick([null, ...values]));
    } else if (kind === 1 && values.length > 0) {
      const shape = [random.pick([0, 1, 2, 'n', null]), random.pick([3, 2 ** 40, 'm'])];
      graph.setType(
        random.pick(values),
        tensorType(random.pick(['float32', 'int64', 'string']), shape),
      );
    } else if (kind === 2) {
      model.setOpset('', random.below(30));
    } else if (node.attributes.length > 0) {
      const { name } = random.pick(node.attributes);
      if (kind === 3) graph.removeAttribute(node, name);
      else
        graph.setAttribute(node, attributeFrom(name, random.pick([[], [-1n, 2n ** 40n], 'x', -7])));
    }
  }
});

function sizesOf(type: InferredType | null): Sizes {
  return type?.kind === 'tensor' ? (type.shape ?? []) : [];
}
