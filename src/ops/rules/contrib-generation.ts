import { multiply, type Size, subtract } from '../../symbolic/index.ts';
import type { Call, NodeFacts, OperatorRule } from '../rule.ts';
import { movement, perInputElement } from '../sizes.ts';
import { contribRule } from './contrib-rule.ts';
import { shapeIfRank, sizeOrUnknown } from './shape-agreement.ts';

/**
 * Searches of onnxruntime that generate text: each runs a decoder, its subgraph, until it is done.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */

/** A positive number that an input gives. */
function countGiven(facts: NodeFacts, at: number): Size | null {
  const count = facts.known(at)?.[0] ?? null;
  return typeof count === 'number' && count <= 0 ? null : count;
}

/** What its graphs compute is known as far as their own inputs are declared. */
function inferDecoders(call: Call): void {
  for (const graph of call.node.subgraphs) {
    call.inferGraph(
      graph,
      graph.inputs.map(() => null),
    );
  }
}

interface Search {
  readonly batch: Size;
  readonly longest: Size;
}

function searchOf(call: Call): Search {
  return {
    batch: call.shape(0)?.[0] ?? call.unknown(),
    longest: countGiven(call, 1) ?? call.unknown(),
  };
}

function vocabulary(call: Call): Size {
  const size = call.node.int('vocab_size', -1);
  return size > 0 ? size : call.unknown();
}

/** A decoder alone starts from the prompt, so that many steps are left; others start from one token. */
function stepsLeft(call: Call, longest: Size): Size {
  const prompt = shapeIfRank(call, 0, 2)?.[1];
  if (prompt === undefined || call.node.int('model_type', 0) !== 0) return call.unknown();
  return sizeOrUnknown(call, subtract(longest, prompt));
}

function inferBeamSearch(call: Call): void {
  inferDecoders(call);
  const { batch, longest } = searchOf(call);
  const beams = countGiven(call, 3) ?? call.unknown();
  const returned = countGiven(call, 4) ?? call.unknown();
  call.setTensor(0, [batch, returned, longest], 'int32');
  call.setTensor(1, [batch, returned]);
  call.setTensor(2, [stepsLeft(call, longest), batch, beams, vocabulary(call)]);
}

/** Also gives what the decoder attends to, and how likely there is no speech. */
function inferWhisper(call: Call): void {
  inferBeamSearch(call);
  const { batch } = searchOf(call);
  const returned = countGiven(call, 4) ?? call.unknown();
  call.setTensor(3, [batch, returned, ...call.unknownSizes(3)], 'float32');
  call.setTensor(4, [batch]);
}

function inferGreedySearch(call: Call): void {
  inferDecoders(call);
  const { batch, longest } = searchOf(call);
  call.setTensor(0, [batch, longest], 'int32');
  call.setTensor(1, [batch, vocabulary(call)]);
}

/** How many tokens come out depends on where the predicted ones part from the source. */
function inferBifurcation(call: Call): void {
  call.setTensor(0, [call.unknown()]);
  call.setTensor(1, call.shape(2));
}

/** A hash for each head and each length of n-gram from 2 on; the last ids are kept. */
function inferNgramHashes(call: Call): void {
  const longest = Math.max(2, call.node.int('max_ngram_size', 2));
  const heads = Math.max(1, call.node.int('n_head_per_ngram', 1));
  const [batch, length] = shapeIfRank(call, 0, 2) ?? [call.unknown(), call.unknown()];
  if (batch === undefined || length === undefined) return;
  call.setTensor(0, [batch, length, multiply(longest - 1, heads)]);
  call.setTensor(1, [batch, longest - 1]);
}

export const contribGenerationRules: readonly OperatorRule[] = [
  // How many steps a search takes, only the run can tell.
  contribRule(['BeamSearch'], inferBeamSearch, () => null),
  contribRule(['WhisperBeamSearch'], inferWhisper, () => null),
  contribRule(['GreedySearch', 'Sampling'], inferGreedySearch, () => null),
  contribRule(['BifurcationDetector'], inferBifurcation, movement),
  contribRule(['NGramHashMapping'], inferNgramHashes, perInputElement(1, 'other')),
];
