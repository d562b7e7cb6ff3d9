import type { Model, Node } from '../graph/index.ts';
import { type Candidate, type KeptNode, listCandidates } from './candidates.ts';
import { chooseForm, type FormChoice } from './choose-form.ts';
import type { Form, QuantizeConfig } from './config.ts';
import { otherReader } from './other-reader.ts';
import type { Lookup, Product } from './rules/index.ts';
import { savedBytes, vetoOf } from './veto.ts';

/** A node that is quantized, and how. */
export type PlannedNode = (PlannedProduct | PlannedLookup) & {
  /** Whether the weight has one scale for all of it. */
  readonly isPerTensor: boolean;
  /** What a person should know of it; empty where there is nothing. */
  readonly notes: readonly string[];
};

export interface PlannedProduct extends Candidate {
  readonly form: Form;
  readonly use: Product;
}

export interface PlannedLookup extends Candidate {
  readonly form: 'lookup';
  readonly use: Lookup;
}

/** What will happen to each node that has, or could have, a weight. */
export interface QuantizePlan extends FormChoice {
  readonly quantized: readonly PlannedNode[];
  readonly kept: readonly KeptNode[];
}

/** From this version on, DequantizeLinear has scales along an axis. */
const perAxisOpset = 13;

/**
 * Decides what is quantized. Reads the structure only, no weights, and changes nothing.
 *
 * @param forced What `auto` is to be taken for; absent: what suits the model.
 * @throws MlkitError MODEL_UNSUPPORTED for a model that is quantized already; USAGE for patterns and
 *   operators that match nothing.
 */
export function planQuantization(
  model: Model,
  config: QuantizeConfig,
  forced?: FormChoice,
): QuantizePlan {
  const { candidates, kept } = listCandidates(model, config);
  const choice =
    config.mode === 'auto'
      ? (forced ?? chooseForm(model, candidates))
      : { form: config.mode, reason: 'as asked for' };
  const planned: PlannedNode[] = [];
  const vetoed: KeptNode[] = [];
  for (const candidate of candidates) {
    const decided = decide(candidate, choice.form, model, config);
    if ('reason' in decided) vetoed.push(decided);
    else planned.push(decided);
  }
  const { quantized, tied } = settleShared(planned);
  const inOrder = [...kept, ...vetoed, ...tied].sort((a, b) => a.position - b.position);
  return { ...choice, quantized, kept: inOrder };
}

function decide(
  candidate: Candidate,
  wanted: Form,
  model: Model,
  config: QuantizeConfig,
): PlannedNode | KeptNode {
  const opset = model.opset('') ?? 1;
  const { use } = candidate;
  if (use.kind === 'lookup') {
    const veto = vetoOf(candidate, 'lookup', opset);
    if (veto !== null) return keep(candidate, veto);
    return ifWorthwhile({
      ...candidate,
      use,
      form: 'lookup',
      isPerTensor: config.perTensor,
      notes: [],
    });
  }
  // In auto mode, what the form does not suit may take the other.
  const forms: Form[] =
    config.mode === 'auto' && wanted === 'dynamic' ? ['dynamic', 'weight-only'] : [wanted];
  let reason = '';
  for (const form of forms) {
    const veto = vetoOf(candidate, form, opset);
    if (veto === null) {
      return ifWorthwhile({
        ...candidate,
        use,
        form,
        ...granularityOf(candidate, form, opset, config),
      });
    }
    if (reason === '') reason = veto;
  }
  return keep(candidate, reason);
}

function granularityOf(
  candidate: Candidate,
  form: Form,
  opset: number,
  config: QuantizeConfig,
): Pick<PlannedNode, 'isPerTensor' | 'notes'> {
  const notes: string[] = [];
  const lacksAxis = form === 'weight-only' && opset < perAxisOpset;
  if (lacksAxis && !config.perTensor) {
    notes.push(`one scale for the whole weight: scales per column need opset ${perAxisOpset}`);
  }
  const obstacle = form === 'weight-only' ? fusionObstacle(candidate) : null;
  if (obstacle !== null) notes.push(`converted to float at every run, as ${obstacle}`);
  const isVector = candidate.source.tensor.dims.length < 2;
  return { isPerTensor: config.perTensor || lacksAxis || isVector, notes };
}

function ifWorthwhile(planned: PlannedNode): PlannedNode | KeptNode {
  if (savedBytes(planned, planned.form, planned.isPerTensor) > 0) return planned;
  const bytes = planned.source.tensor.byteLength;
  return keep(planned, `in integers its weight of ${bytes} bytes would not save any`);
}

/**
 * Why onnxruntime cannot make one operation of the conversion and the product (MatMulNBits).
 * Found out with onnxruntime 1.30 by looking at the graphs that it runs.
 */
function fusionObstacle({ source, use }: Candidate): string | null {
  if (source.tensor.dims.length !== 2) return 'its weight is no matrix';
  if (use.kind === 'product' && use.transposesActivation) return 'its first input is transposed';
  return null;
}

/**
 * Weights that something else reads in float stay in the file. Then an integer copy makes it larger,
 * which is worth it only where it makes the model faster.
 */
function settleShared(planned: readonly PlannedNode[]): {
  quantized: PlannedNode[];
  tied: KeptNode[];
} {
  const nodes = new Map<Node, number>(planned.map(({ node, use }) => [node, use.weightIndex]));
  const quantized: PlannedNode[] = [];
  const tied: KeptNode[] = [];
  for (const each of planned) {
    const reader = otherReader(each.source.root, nodes);
    if (reader === null) quantized.push(each);
    else if (each.form !== 'dynamic') {
      tied.push(
        keep(each, `its weight is also read in float by ${reader}, and would be stored twice`),
      );
    } else {
      const note = `its weight is also read in float by ${reader}, and stays in the file beside the integers`;
      quantized.push({ ...each, notes: [...each.notes, note] });
    }
  }
  return { quantized, tied };
}

function keep(candidate: Candidate, reason: string): KeptNode {
  const { node, path, position, source } = candidate;
  return { node, path, position, reason, weightBytes: source.tensor.byteLength };
}
