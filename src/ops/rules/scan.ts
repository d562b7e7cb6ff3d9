import type { Size } from '../../symbolic/index.ts';
import type { Call, Known, OperatorRule } from '../rule.ts';
import { axisOf, movement } from '../sizes.ts';
import { type InferredType, type Sizes, tensorOf } from '../types.ts';
import { checkGraph, checkOutputs, graphAttribute, setKnown } from './control-flow.ts';
import { fixedPoint } from './loop-state.ts';

/*
 * Source: https://onnx.ai/onnx/operators/onnx__Scan.html. What the body costs is not the node's own
 * cost.
 */

/** What the parts of a Scan have in common. */
interface Sequence {
  /** Steps that it takes. */
  readonly length: Size;
  /** Version 8 runs over a batch, which is the first axis of everything; null: there is none. */
  readonly batch: Size | null;
}

function scan(call: Call): void {
  const body = graphAttribute(call, 'body');
  if (!body) return;
  // Version 8 has the lengths of the sequences first.
  const offset = call.opset < 9 ? 1 : 0;
  const scanCount = call.node.int('num_scan_inputs', 0);
  const stateCount = call.inputCount - offset - scanCount;
  if (scanCount < 1 || stateCount < 0) {
    call.reject(`${scanCount} of ${call.inputCount} inputs are to be scanned`);
    return;
  }
  checkGraph(call, 'body', body, {
    inputs: stateCount + scanCount,
    outputs: call.node.outputs.length,
  });
  checkOutputs(call);
  const [sequence, elements] = takeApart(call, offset + stateCount, scanCount);
  const initial = Array.from({ length: stateCount }, (_, at): Known => {
    const type = call.type(offset + at);
    if (sequence.batch === null) return { type, elements: call.elements(at) };
    return { type: withoutAxes(type, [0]), elements: null };
  });
  const { outputs, state } = fixedPoint(call, {
    body,
    initial,
    inputs: (known) => [...known, ...elements],
    isOptional: typeof sequence.length !== 'number' || sequence.length === 0,
  });
  for (const at of call.node.outputs.keys()) {
    if (at < stateCount) setState(call, at, state[at], sequence);
    else setStacked(call, at, outputs[at]?.type ?? null, sequence, at - stateCount);
  }
}

/** The length of what is scanned, and what one step gets of it. */
function takeApart(call: Call, first: number, count: number): [Sequence, Known[]] {
  const isBatched = call.opset < 9;
  const axes = call.node.ints('scan_input_axes');
  const lengths: Size[] = [];
  const elements: Known[] = [];
  for (let at = 0; at < count; at += 1) {
    const shape = call.shape(first + at);
    const axis = isBatched ? 1 : inputAxis(call, shape, axes?.[at] ?? 0);
    const size = axis === null ? undefined : shape?.[axis];
    if (size !== undefined) lengths.push(size);
    const gone = isBatched ? [0, 1] : axis !== null && [axis];
    elements.push({ type: withoutAxes(call.type(first + at), gone || null), elements: null });
  }
  const length =
    lengths.length === 0 ? call.unknown() : lengths.reduce((a, b) => sameLength(call, a, b));
  const batch = isBatched ? (call.shape(first)?.[0] ?? call.unknown()) : null;
  return [{ length, batch }, elements];
}

function sameLength(call: Call, a: Size, b: Size): Size {
  return call.unify(a, b, 'the lengths of what is scanned');
}

function inputAxis(call: Call, shape: Sizes | null, axis: number): number | null {
  return shape && axisOf(call, axis, shape.length, 'scan axis');
}

/** The type of a part of a tensor: without these axes, or null for an unknown rank. */
function withoutAxes(
  type: InferredType | null,
  axes: readonly number[] | null,
): InferredType | null {
  if (type?.kind !== 'tensor') return null;
  const shape = axes && (type.shape?.filter((_, axis) => !axes.includes(axis)) ?? null);
  return tensorOf(type.elementType, shape);
}

function setState(call: Call, at: number, known: Known | undefined, { batch }: Sequence): void {
  if (batch === null) {
    setKnown(call, at, known);
  } else if (known?.type?.kind === 'tensor') {
    const { elementType, shape } = known.type;
    call.setType(at, tensorOf(elementType, shape && [batch, ...shape]));
  }
}

/** An output of which each step gives a part. */
function setStacked(
  call: Call,
  at: number,
  type: InferredType | null,
  { batch, length }: Sequence,
  index: number,
): void {
  if (type?.kind !== 'tensor') return;
  const { elementType, shape } = type;
  if (shape === null || batch !== null) {
    call.setType(at, tensorOf(elementType, shape && [batch ?? call.unknown(), length, ...shape]));
    return;
  }
  const axis = axisOf(call, call.node.ints('scan_output_axes')?.[index] ?? 0, shape.length + 1);
  const stacked = axis === null ? null : shape.toSpliced(axis, 0, length);
  call.setType(at, tensorOf(elementType, stacked));
}

export const scanRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Scan'], infer: scan, cost: movement },
];
