import { type Model, type Value, walkGraphs } from '../graph/index.ts';
import { formatPercent } from '../report/index.ts';
import { dataTypes, type Tensor } from '../tensor/index.ts';
import type { Candidate } from './candidates.ts';
import type { Form } from './config.ts';
import { vetoOf } from './veto.ts';

/** A form for the whole model, and why that one. */
export interface FormChoice {
  readonly form: Form;
  readonly reason: string;
}

/** The share of the weights from which integer products decide how fast the model is. */
const dominantShare = 0.5;

/**
 * What `auto` means for a model: dynamic where products with constant weights are most of what it
 * computes, since that makes them faster; else weight-only, which costs less accuracy. Bytes of
 * weights stand for the work; tables that are only looked up in take part in none.
 */
export function chooseForm(model: Model, candidates: readonly Candidate[]): FormChoice {
  const opset = model.opset('') ?? 1;
  const usable = candidates.filter(
    (each) => each.use.kind === 'product' && vetoOf(each, 'dynamic', opset) === null,
  );
  const roots = new Map(usable.map(({ source }) => [source.root, source.tensor]));
  const inProducts = sumOf(roots.values());
  const all = sumOf(computedWith(model));
  if (usable.length === 0) {
    const reason = 'no node can be quantized dynamically';
    return { form: 'weight-only', reason };
  }
  const share = all === 0 ? 0 : inProducts / all;
  const reason = `MatMul and Gemm have ${formatPercent(share, 0)} of the weights that take part in computing`;
  return { form: share >= dominantShare ? 'dynamic' : 'weight-only', reason };
}

function sumOf(tensors: Iterable<Tensor>): number {
  let bytes = 0;
  for (const { byteLength } of tensors) bytes += byteLength;
  return bytes;
}

/** Float constants that something other than a lookup reads. */
function* computedWith(model: Model): Iterable<Tensor> {
  for (const { graph } of walkGraphs(model)) {
    for (const value of graph.values()) {
      const tensor = value.initializer ?? value.constant;
      const type = tensor?.elementType ?? null;
      if (tensor === null || type === null || dataTypes[type].kind !== 'float') continue;
      if (!isOnlyLookedUp(value)) yield tensor;
    }
  }
}

function isOnlyLookedUp(value: Value): boolean {
  for (const use of value.uses) {
    if (use.kind === 'output') return false;
    const { node, index } = use;
    if (node.domain !== '' || node.opType !== 'Gather' || index !== 0) return false;
  }
  return true;
}
