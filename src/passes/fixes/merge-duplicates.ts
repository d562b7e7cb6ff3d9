import { createHash } from 'node:crypto';
import { MlkitError } from '../../errors.ts';
import { type Graph, type Value, walkGraphs } from '../../graph/index.ts';
import { graphOrigin } from '../../onnx/index.ts';
import { formatBytes } from '../../report/index.ts';
import { haveSameBytes, type Tensor } from '../../tensor/index.ts';
import type { Fix, FixChange } from './fix.ts';

const name = 'merge-duplicates';

export const mergeDuplicates: Fix = {
  name,
  mends: ['initializer-copy'],
  summary: 'keeps one of the constants that have the same type, shape and bytes',
  run(model) {
    return [...walkGraphs(model)].flatMap(({ graph }) => mergeIn(graph));
  },
};

function mergeIn(graph: Graph): FixChange[] {
  const changes: FixChange[] = [];
  for (const group of groupsOf(graph)) {
    const kept = new Map<string, Constant>();
    for (const each of group.length === 1 ? [] : group) {
      const digest = digestOf(each.tensor);
      const twin = digest === null ? undefined : kept.get(digest);
      if (twin !== undefined && areSame(twin.tensor, each.tensor)) {
        changes.push(merge(each, twin, graph));
      } else if (digest !== null && twin === undefined) kept.set(digest, each);
    }
  }
  return changes;
}

interface Constant {
  readonly value: Value;
  readonly tensor: Tensor;
}

/** Constants that may go, together with those of the same type and shape, in file order. */
function groupsOf(graph: Graph): Iterable<readonly Constant[]> {
  const annotated = annotatedValues(graph);
  const groups = new Map<string, Constant[]>();
  for (const value of graph.initializers) {
    const { initializer: tensor } = value;
    // Callers know inputs and outputs by their names.
    const isOurs = !value.isInput && !value.isOutput && !annotated.has(value);
    if (tensor === null || !isOurs || tensor.storage.strings !== undefined) continue;
    const key = JSON.stringify([tensor.elementType, tensor.dims]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ value, tensor }]);
    else group.push({ value, tensor });
  }
  return groups.values();
}

function merge({ value, tensor }: Constant, twin: Constant, graph: Graph): FixChange {
  graph.replaceUses(value, twin.value);
  graph.removeInitializer(value);
  return {
    pass: name,
    node: null,
    value: value.name,
    action: 'removed',
    reason: `the constant "${value.name}" (${formatBytes(tensor.byteLength)}) is the same as "${twin.value.name}", which is read in its place`,
  };
}

const chunkBytes = 1024 * 1024;

/** Null for what cannot be read. */
function digestOf({ storage }: Tensor): string | null {
  const hash = createHash('sha256');
  try {
    for (const chunk of storage.chunks(chunkBytes)) hash.update(chunk);
  } catch (error) {
    if (error instanceof MlkitError) return null;
    throw error;
  }
  return hash.digest('hex');
}

/** What cannot be read is the same as nothing. */
function areSame(a: Tensor, b: Tensor): boolean {
  try {
    return haveSameBytes(a, b);
  } catch (error) {
    if (error instanceof MlkitError) return false;
    throw error;
  }
}

/** What quantization annotations speak of, which say something of one value and not of its twin. */
function annotatedValues(graph: Graph): ReadonlySet<Value | null> {
  const annotations = graphOrigin(graph)?.annotations ?? [];
  return new Set(annotations.flatMap((each) => [each.value, ...each.parameters]));
}
