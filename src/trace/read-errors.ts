import {
  executionOrder,
  type Graph,
  type Model,
  type Node,
  readsOf,
  type Value,
} from '../graph/index.ts';
import type { ValuePair } from '../matching/index.ts';
import type { ValueError } from './value-comparison.ts';

/** How far off is what a node reads: the worst of the nearest values that were compared. */
export interface ReadError {
  /** Infinity where an error is there and cannot be told by its size. */
  readonly relativeError: number;
  readonly differs: boolean;
  readonly hasClassMismatches: boolean;
  readonly isDiverged: boolean;
}

const noError: ReadError = {
  relativeError: 0,
  differs: false,
  hasClassMismatches: false,
  isDiverged: false,
};

/**
 * What the nodes that make the values of each pair read, walking back through values that could not
 * be compared. Both graphs are followed: what the candidate does otherwise need not be in the
 * reference. Constants are part of the node that reads them.
 *
 * @param errors Of all pairs that were compared, inputs of the models included where they differ.
 */
export function readErrors(
  models: { readonly reference: Model; readonly candidate: Model },
  errors: ReadonlyMap<ValuePair, ValueError>,
): Map<ValuePair, ReadError> {
  const known = { reference: new Map<Value, ReadError>(), candidate: new Map<Value, ReadError>() };
  /** Of a value that the candidate quantizes, the pair with what it was before. */
  const first = new Map<Value, ValuePair>();
  for (const [pair, error] of errors) {
    const own = asReadError(error);
    if (!first.has(pair.reference)) {
      first.set(pair.reference, pair);
      known.reference.set(pair.reference, own);
    }
    known.candidate.set(pair.candidate, own);
  }
  const read = {
    reference: readByNodes(models.reference.graph, known.reference),
    candidate: readByNodes(models.candidate.graph, known.candidate),
  };
  const found = new Map<ValuePair, ReadError>();
  for (const pair of errors.keys()) {
    const { producer } = pair.reference;
    const isFirst = first.get(pair.reference) === pair;
    const one = isFirst && producer !== null ? read.reference.get(producer) : undefined;
    const maker = pair.candidate.producer;
    const other = maker === null ? undefined : read.candidate.get(maker);
    found.set(pair, worse(one ?? noError, other ?? noError));
  }
  return found;
}

function readByNodes(
  graph: Graph,
  known: ReadonlyMap<Value, ReadError>,
): ReadonlyMap<Node, ReadError> {
  const ofNodes = new Map<Node, ReadError>();
  /** What is behind values that were not compared. */
  const behind = new Map<Value, ReadError>();
  for (const node of executionOrder(graph)) {
    let worst = noError;
    for (const value of readsOf(node, graph)) {
      worst = worse(worst, known.get(value) ?? behind.get(value) ?? noError);
    }
    ofNodes.set(node, worst);
    for (const output of node.outputs) if (output !== null) behind.set(output, worst);
  }
  return ofNodes;
}

function asReadError(error: ValueError): ReadError {
  const { relativeError, differs, classMismatches, isDiverged } = error;
  return {
    relativeError: relativeError ?? (differs ? Number.POSITIVE_INFINITY : 0),
    differs,
    hasClassMismatches: classMismatches > 0,
    isDiverged,
  };
}

function worse(a: ReadError, b: ReadError): ReadError {
  if (a === noError) return b;
  if (b === noError) return a;
  return {
    relativeError: Math.max(a.relativeError, b.relativeError),
    differs: a.differs || b.differs,
    hasClassMismatches: a.hasClassMismatches || b.hasClassMismatches,
    isDiverged: a.isDiverged || b.isDiverged,
  };
}
