import type { Model } from '../../graph/index.ts';
import type { Arrival, Boundary, InputPassage } from './passage.ts';
import { rewriteInput } from './rewrite-input.ts';
import { type RewrittenOutput, rewriteOutput } from './rewrite-output.ts';

/** An opset in which every operator that is added exists, for models that import none. */
const plainOpset = 17;

/**
 * Changes a model so that the binding can pass its inputs and outputs, which must be tensors of types
 * that it knows. Nothing inside changes, so neither does a value.
 *
 * @param arrivals What inputs are going to be fed with, by name. Without one an input is a tensor, an
 *   empty sequence or an absent optional; one with a default keeps it.
 */
export function rewriteBoundary(
  model: Model,
  arrivals: ReadonlyMap<string, Arrival> = new Map(),
): Boundary {
  const { graph } = model;
  const declared = graph.outputs.map(({ name, type }) => ({ name, type }));
  const inputs: InputPassage[] = [];
  let isRewritten = false;
  for (const value of graph.inputs.slice()) {
    const isDefault = value.initializer !== null || value.sparseInitializer !== null;
    const kind = value.type?.kind;
    const arrival = arrivals.get(value.name) ?? (kind === 'sequence' ? 0 : null);
    const passage = rewriteInput(graph, value, arrival);
    isRewritten ||= passage.note !== null || (isDefault && arrival !== null);
    if (!isDefault || arrival !== null) inputs.push(passage);
  }
  const rewritten = declared.map((output, index) => {
    const value = graph.outputs[index];
    if (value === undefined) throw new RangeError(`there is no output ${index}`);
    return rewriteOutput(graph, value, output);
  });
  if (rewritten.some(({ values }) => values !== null)) {
    isRewritten = true;
    replaceOutputs(model, rewritten);
  }
  if (isRewritten && model.opset('') === undefined) model.setOpset('', plainOpset);
  return { inputs, outputs: rewritten.map(({ passage }) => passage), isRewritten };
}

/** In the place of each output those that it is read from; one that cannot be had stays. */
function replaceOutputs({ graph }: Model, rewritten: readonly RewrittenOutput[]): void {
  const before = graph.outputs;
  const after = rewritten.flatMap(({ values }, index) => {
    const own = before[index];
    return values ?? (own === undefined ? [] : [own]);
  });
  for (let index = before.length - 1; index >= 0; index -= 1) graph.removeOutput(index);
  for (const value of new Set(after)) graph.addOutput(value);
  for (const value of before) {
    const { producer } = value;
    const isIdle = producer?.outputs.every((each) => each === null || each.uses.size === 0);
    if (isIdle && producer !== null) graph.removeNode(producer);
  }
}
