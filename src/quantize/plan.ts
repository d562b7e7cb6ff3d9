import type { Model, Node, Value } from '../graph/index.ts';
import { type Candidate, type KeptNode, listCandidates } from './candidates.ts';
import { chooseForm, type FormChoice } from './choose-form.ts';
import type { Form, QuantizeConfig } from './config.ts';
import { otherReader } from './other-reader.ts';
import type { PlannedNode, PlannedWeightOnly } from './planned-node.ts';
import { runsIntoRelu } from './relu-guard.ts';
import { savedBytes, vetoOf } from './veto.ts';

/** What will happen to each node that has, or could have, a weight. */
export interface QuantizePlan extends FormChoice {
  readonly quantized: readonly PlannedNode[];
  readonly kept: readonly KeptNode[];
}

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
  const inOrder = [...kept, ...vetoed, ...tied].toSorted((a, b) => a.position - b.position);
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
  const { perTensor } = config;
  if (use.kind === 'lookup') {
    const veto = vetoOf(candidate, 'lookup', opset);
    if (veto !== null) return keep(candidate, veto);
    return ifWorthwhile({ ...candidate, use, form: 'lookup', isPerTensor: perTensor, notes: [] });
  }
  const isPerTensor = perTensor || candidate.source.tensor.dims.length < 2;
  // In auto mode, what the form does not suit may take the other.
  const forms: Form[] =
    config.mode === 'auto' && wanted === 'dynamic' ? ['dynamic', 'weight-only'] : [wanted];
  let reason = '';
  for (const form of forms) {
    const veto = vetoOf(candidate, form, opset);
    if (veto === null) {
      return ifWorthwhile(
        form === 'dynamic'
          ? { ...candidate, use, form, isPerTensor, notes: [] }
          : planWeightOnly({ ...candidate, use, isPerTensor }, opset),
      );
    }
    if (reason === '') reason = veto;
  }
  return keep(candidate, reason);
}

/** From this version on, DequantizeLinear has scales along an axis. */
const perAxisOpset = 13;

function planWeightOnly(
  planned: Omit<PlannedWeightOnly, 'form' | 'notes' | 'scalesProduct' | 'needsGuard'>,
  opset: number,
): PlannedWeightOnly {
  const { use, source, node } = planned;
  const notes: string[] = [];
  const scalesProduct = opset < perAxisOpset && !planned.isPerTensor;
  if (scalesProduct) {
    notes.push(
      `symmetric, with its scales in the product: DequantizeLinear has none per column before opset ${perAxisOpset}`,
    );
  }
  const obstacle = fusionObstacle(planned);
  if (obstacle !== null) notes.push(`converted to float at every run, as ${obstacle}`);
  const isMatrix = source.tensor.dims.length === 2;
  const needsGuard = !scalesProduct && isMatrix && runsIntoRelu(node, use);
  return { ...planned, form: 'weight-only', scalesProduct, needsGuard, notes };
}

function ifWorthwhile(planned: PlannedNode): PlannedNode | KeptNode {
  if (savedBytes(planned) > 0) return planned;
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
  const readers = countReaders(planned);
  const quantized: PlannedNode[] = [];
  const tied: KeptNode[] = [];
  for (const each of planned) {
    const reader = otherReader(each.source.root, nodes);
    if (reader === null) quantized.push(noteSharing(each, readers));
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

/** How many products with a dequantized weight there are of each weight. */
function countReaders(planned: readonly PlannedNode[]): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const { form, source } of planned) {
    if (form === 'weight-only') counts.set(source.root, (counts.get(source.root) ?? 0) + 1);
  }
  return counts;
}

/** A weight that several nodes read is stored once, and that keeps onnxruntime from fusing it. */
function noteSharing(planned: PlannedNode, readers: ReadonlyMap<Value, number>): PlannedNode {
  const isShared = (readers.get(planned.source.root) ?? 0) > 1;
  if (planned.form !== 'weight-only' || !isShared) return planned;
  const note = 'converted to float at every run, as it shares its weight with other nodes';
  return { ...planned, notes: [...planned.notes, note] };
}

function keep(candidate: Candidate, reason: string): KeptNode {
  const { node, path, position, source } = candidate;
  return { node, path, position, reason, weightBytes: source.tensor.byteLength };
}
