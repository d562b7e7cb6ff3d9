import {
  type Model,
  tensorType,
  type Value,
  type ValueType,
  walkGraphs,
} from '../../graph/index.ts';
import type { ValuePair } from '../../matching/index.ts';
import type { OpenModel } from '../../onnx/index.ts';
import { extractSubgraph } from '../../passes/index.ts';
import type { DataType, Tensor } from '../../tensor/index.ts';
import type { PairedCut } from './cut.ts';

/** The parts of two models that lie between the same values, which both call by the same names. */
export interface Parts {
  readonly reference: Model;
  readonly candidate: Model;
}

/**
 * Cuts the parts out of both models. Inputs and outputs of the candidate's part are called as in the
 * reference. Inputs get the shapes of what they will be given.
 *
 * @param recorded What the reference holds at the inputs, by name.
 * @throws MlkitError as `extractSubgraph` does.
 */
export function cutParts(
  reference: OpenModel,
  candidate: OpenModel,
  target: ValuePair,
  { begin, readByCandidate }: PairedCut,
  recorded: ReadonlyMap<string, Tensor>,
): Parts {
  const typed = (
    value: Value,
    name: string,
    dtype?: DataType | null,
  ): (readonly [Value, ValueType])[] => {
    const tensor = recorded.get(name);
    if (tensor === undefined) return [];
    return [[value, tensorType(dtype ?? tensor.dtype, tensor.dims)]];
  };
  const first = extractSubgraph(reference.model, {
    inputs: begin.map((pair) => pair.reference),
    outputs: [target.reference],
    types: new Map(begin.flatMap((pair) => typed(pair.reference, pair.reference.name))),
  });
  const read = begin.filter((pair) => readByCandidate.has(pair.candidate));
  const second = extractSubgraph(candidate.model, {
    inputs: read.map((pair) => pair.candidate),
    outputs: [target.candidate],
    types: new Map(
      read.flatMap((pair) =>
        typed(pair.candidate, pair.reference.name, readByCandidate.get(pair.candidate)),
      ),
    ),
  });
  for (const [at, input] of [...second.graph.inputs].slice(0, read.length).entries()) {
    rename(second, input, read[at]?.reference.name ?? input.name);
  }
  const [output] = second.graph.outputs;
  if (output !== undefined) rename(second, output, target.reference.name);
  return { reference: first, candidate: second };
}

/** Gives a value a name, which whatever else has it must give up. */
function rename(part: Model, value: Value, name: string): void {
  if (value.name === name) return;
  for (const { graph } of walkGraphs(part)) {
    const holder = graph.value(name);
    if (holder !== undefined) graph.renameValue(holder, part.names.allocate(`${name}_inner`));
  }
  part.graph.renameValue(value, name);
}
