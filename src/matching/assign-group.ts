import type { Node } from '../graph/index.ts';
import type { Leaf } from './leaf.ts';
import type { Side } from './side.ts';

export interface AssignSettings {
  /** Whether names mean the same in both models. */
  readonly trustsNames: boolean;
  /** A sample of the constants that a node reads; null: not to be read. */
  readonly samples: ((node: Node, side: 0 | 1) => string) | null;
}

/**
 * Pairs nodes that are alike: by the constants that they read, by their names, where these can be
 * trusted, and those that are left in their order.
 */
export function assignGroup(
  left: readonly Node[],
  right: readonly Node[],
  { trustsNames, samples }: AssignSettings,
): (readonly [Node, Node])[] {
  const pairs: (readonly [Node, Node])[] = [];
  let free = [...left];
  let others = [...right];
  const pairBy = (keyOf: (node: Node, side: 0 | 1) => string): void => {
    if (free.length === 0 || others.length === 0) return;
    const byKey = new Map<string, Node[]>();
    for (const node of others) {
      const key = keyOf(node, 1);
      const same = byKey.get(key);
      if (same === undefined) byKey.set(key, [node]);
      else same.push(node);
    }
    const taken = new Set<Node>();
    free = free.filter((node) => {
      const key = keyOf(node, 0);
      const other = key === '' ? undefined : byKey.get(key)?.shift();
      if (other === undefined) return true;
      pairs.push([node, other]);
      taken.add(other);
      return false;
    });
    others = others.filter((each) => !taken.has(each));
  };
  const outputOf = (node: Node): string => node.outputs.find((each) => each !== null)?.name ?? '';
  if (samples !== null) {
    // Weights tell more than names; names tell those apart that have the same.
    if (trustsNames) {
      pairBy((node, side) => {
        const sample = samples(node, side);
        return sample === '' ? '' : `${sample} ${outputOf(node)}`;
      });
    }
    pairBy(samples);
  }
  if (trustsNames) {
    pairBy(outputOf);
    pairBy((node) => node.name);
  }
  pairBy(() => 'in order');
  return pairs;
}

/** Bytes that a sample has of each constant. */
const sampleBytes = 256;
/** Fewer tell little. */
const leastElements = 8;
/** Constants in typed fields are decoded as a whole. */
const mostBytes = 16 * 1024 * 1024;

/** Samples of the constants that a node reads; the empty text if none of them tells anything. */
export function samplesOf(node: Node, side: Side): string {
  return node.inputs
    .map((input) => (input === null ? null : side.leaf(input)))
    .map((leaf) => (leaf === null ? '' : sampleOf(leaf)))
    .join(' ')
    .trim();
}

/**
 * The first bytes of a constant as a text. The empty text if these are the same throughout, as of
 * zeros, or few.
 */
export function sampleOf({ tensors, dims }: Leaf): string {
  const [tensor] = tensors;
  if (tensor === undefined || tensor.storage.strings !== undefined) return '';
  if (dims.reduce((product, size) => product * size, 1) < leastElements) return '';
  try {
    if (tensor.storage.kind !== 'external' && tensor.byteLength > mostBytes) return '';
    for (const chunk of tensor.storage.chunks(sampleBytes)) {
      const text = Buffer.from(chunk).toString('hex');
      // No element takes more than 16 bytes, and every shorter one fits in 16 a whole number of times.
      const first = text.slice(0, 32);
      return text === first.repeat(Math.ceil(text.length / 32)).slice(0, text.length) ? '' : text;
    }
  } catch {
    // What cannot be read is found out, and reported, where weights are compared.
  }
  return '';
}
