import { describe, expect, test } from 'vitest';
import { findRule } from '../../../src/ops/index.ts';
import { rules } from '../../../src/ops/rules/index.ts';
import {
  findSchema,
  isRuntimeOnlyOperator,
  knownDomains,
  operatorsOf,
} from '../../../src/schemas/index.ts';

/** The operators of the newest operator set that are not deprecated. */
function current(domain: string): string[] {
  return operatorsOf(domain).filter((name) => !findSchema(domain, name, 1e9)?.isDeprecated);
}

function withoutRule(names: readonly string[], domain: string): string[] {
  return names.filter((name) => findRule(domain, name) === null);
}

describe('rules', () => {
  const named = rules.flatMap(({ domain, ops }) => ops.map((op) => ({ domain, op })));

  test('name operators that there are', () => {
    const unknown = named.filter(({ domain, op }) => {
      return !operatorsOf(domain).includes(op) && !isRuntimeOnlyOperator(domain, op);
    });
    expect(unknown).toEqual([]);
  });

  test('are one for each operator', () => {
    const keys = named.map(({ domain, op }) => `${domain}.${op}`);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  test('are there for every operator but those of execution providers', () => {
    expect(current('').length).toBeGreaterThanOrEqual(200);
    const missing = knownDomains.flatMap((domain) => withoutRule(operatorsOf(domain), domain));
    expect(missing).toEqual(['EPContext', 'Snpe']);
  });
});
