import { createHash, type Hash } from 'node:crypto';
import { type Value, walkGraphs } from '../../graph/index.ts';
import type { Finding } from '../../report/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { Constant } from '../constants.ts';
import type { ModelFacts } from '../model-facts.ts';
import { findingOf } from '../run-checks.ts';
import { digestFiles } from './digest-files.ts';
import { duplicateKey } from './duplicates.ts';
import { type HalfRange, observeHalfRange } from './half-range.ts';
import { valueChecks } from './index.ts';
import { notFinite } from './not-finite.ts';
import {
  type ByteObserver,
  type ReadValues,
  readValues,
  type ValueServices,
} from './read-values.ts';
import { unreadable } from './unreadable.ts';
import type { ValueCheck, ValueFacts } from './value-check.ts';

/** The weights, read once, and all that was found in them. */
export interface ExaminedValues {
  readonly values: ValueFacts;
  readonly findings: readonly Finding[];
}

/**
 * Everything that reading the weights shows to be wrong with them, or remarkable about them. Each
 * piece of storage is read once, in pieces; data files with a stated checksum once more.
 *
 * @throws MlkitError INTERRUPTED.
 */
export async function checkValues(
  facts: ModelFacts,
  services: ValueServices = {},
): Promise<Finding[]> {
  const { findings } = await examineValues(facts, services);
  return [...findings];
}

/** As {@link checkValues}, with what was read. */
export async function examineValues(
  facts: ModelFacts,
  services: ValueServices = {},
): Promise<ExaminedValues> {
  const valueOf = valuesOf(facts);
  const halfRanges = new Map<Constant, HalfRange>();
  const hashes = new Map<Constant, Hash>();
  const twins = findTwins(facts, valueOf);
  const read = await readValues(facts, services, (constant) => {
    const observers: ByteObserver[] = [];
    const range: HalfRange = { beyond: 0, subnormal: 0, flushed: 0 };
    const ofRange = observeHalfRange(constant, range);
    if (ofRange !== null) {
      halfRanges.set(constant, range);
      observers.push(ofRange);
    }
    if (twins.has(constant)) {
      const hash = createHash('sha256');
      hashes.set(constant, hash);
      observers.push((bytes) => hash.update(bytes));
    }
    return observers.length === 0 ? null : (bytes) => observers.forEach((each) => each(bytes));
  });
  const digests = new Map(
    [...hashes]
      .filter(([constant]) => (read.stats.get(constant) ?? null) !== null)
      .map(([constant, hash]) => [constant, hash.digest('hex')]),
  );
  const fileDigests = await digestFiles(facts, services);
  const values = { ...read, facts, valueOf, halfRanges, digests, fileDigests };
  return { values, findings: found(valueChecks, values) };
}

/** Statistics of all constants, and what is plain from these: what is not finite or not readable. */
export async function readStatistics(
  facts: ModelFacts,
  services: ValueServices = {},
): Promise<Pick<ReadValues, 'stats'> & { readonly findings: readonly Finding[] }> {
  const read = await readValues(facts, services);
  const nothing = { halfRanges: new Map(), digests: new Map(), fileDigests: [] };
  const values: ValueFacts = { ...read, ...nothing, facts, valueOf: valuesOf(facts) };
  return { stats: read.stats, findings: found([notFinite, unreadable], values) };
}

function found(checks: readonly ValueCheck[], values: ValueFacts): Finding[] {
  return checks
    .flatMap((check) => check.run(values))
    .map(({ severity, ...issue }) => findingOf(issue, { severity }));
}

/** The value that each constant is: an initializer, or what a Constant node gives. */
function valuesOf({ model, constants }: ModelFacts): Map<Constant, Value> {
  const byTensor = new Map<Tensor, Value>();
  for (const { graph } of walkGraphs(model)) {
    for (const value of graph.initializers) {
      const tensor = value.initializer ?? value.sparseInitializer?.values;
      if (tensor !== undefined) byTensor.set(tensor, value);
    }
    for (const { outputs } of graph.nodes) {
      const [value] = outputs;
      const tensor = value?.constant;
      if (value && tensor) byTensor.set(tensor, value);
    }
  }
  const found = constants.map((each) => [each, byTensor.get(each.tensor)] as const);
  return new Map(found.flatMap(([each, value]) => (value === undefined ? [] : [[each, value]])));
}

/**
 * Initializers that could be copies of each other, by type and shape, and of which one could stand
 * for all: callers can tell neither inputs nor outputs apart from others by their bytes.
 */
function findTwins(
  { constants }: ModelFacts,
  valueOf: ReadonlyMap<Constant, Value>,
): ReadonlySet<Constant> {
  const groups = new Map<string, Constant[]>();
  for (const each of constants) {
    const value = valueOf.get(each);
    const isOwn = each.source === 'initializer' && each.role !== 'unused' && each.bytes > 0;
    if (!isOwn || value === undefined || value.isInput || value.isOutput) continue;
    const key = duplicateKey(each);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return new Set([...groups.values()].filter((group) => group.length > 1).flat());
}
