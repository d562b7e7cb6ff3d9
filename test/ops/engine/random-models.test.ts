import { describe, expect, test } from 'vitest';
import { declaredType, inferTypes, measureActivations, measureWork } from '../../../src/ops/index.ts';
import { findSchema, knownDomains, operatorsOf, schemaVersions } from '../../../src/schemas/index.ts';
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
        const started = performance.now();
        try {
          const inference = inferTypes(model);
          for (const value of model.graph.values()) {
            const type = inference.typeOf(value);
            if (type !== null) declaredType(type);
          }
          measureWork(model, inference);
          measureActivations(model, inference);
        } catch (error) {
          failed.push(`${name}-${opset}: ${error instanceof Error ? error.stack : String(error)}`);
        }
        const took = performance.now() - started;
        if (took > 500) slow.push(`${name}-${opset}: ${took.toFixed(0)} ms`);
      }
    }
    expect(failed).toEqual([]);
    expect(slow).toEqual([]);
  });
});
