import type { Model } from '../graph/index.ts';
import { matchNodes } from './match-nodes.ts';
import { type PairedInterface, pairInterface } from './pair-interface.ts';
import { Pairing } from './pairing.ts';
import { Side } from './side.ts';
import { Interner } from './structure-keys.ts';

/** What corresponds in the main graphs of two models. */
export interface ModelMatch {
  readonly before: Side;
  readonly after: Side;
  /** Counterparts of nodes, and of their outputs, whatever these are called. */
  readonly pairing: Pairing;
  readonly inputs: PairedInterface;
  readonly outputs: PairedInterface;
}

/**
 * Finds which nodes of the main graphs of two models correspond, names apart: see `matchNodes`.
 *
 * @param byPosition Whether inputs and outputs are paired by their order and not by their names.
 */
export function matchModels(
  reference: Model,
  candidate: Model,
  { byPosition, readWeights }: { readonly byPosition: boolean; readonly readWeights: boolean },
): ModelMatch {
  const before = new Side(reference);
  const after = new Side(candidate);
  const pairing = new Pairing();
  const inputs = pairInterface(
    before.formalInputs(reference.graph),
    after.formalInputs(candidate.graph),
    !byPosition,
  );
  const outputs = pairInterface(reference.graph.outputs, candidate.graph.outputs, !byPosition);
  for (const pair of inputs.pairs) pairing.pairValues(pair.before, pair.after);
  const settings = { before, after, pairing, interner: new Interner(), readWeights };
  matchNodes(settings, reference.graph, candidate.graph, outputs);
  return { before, after, pairing, inputs, outputs };
}
