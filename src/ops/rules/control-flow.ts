import type { Graph, Value } from '../../graph/index.ts';
import { isNonNegative, type Size } from '../../symbolic/index.ts';
import type { Call, Known, OperatorRule } from '../rule.ts';
import { movement } from '../sizes.ts';
import { type Element, type InferredType, tensorOf } from '../types.ts';
import { scalarElement } from './element-arrays.ts';
import { joinKnown } from './join-types.ts';
import { fixedPoint } from './loop-state.ts';

/*
 * Sources: https://onnx.ai/onnx/operators/onnx__If.html, onnx__Loop.html. What the graphs inside cost
 * is not the node's own cost.
 */

/** A graph attribute; undefined where it is missing or of another type. */
export function graphAttribute(call: Call, name: string): Graph | undefined {
  const attribute = call.node.attribute(name);
  return attribute?.type === 'graph' ? attribute.value : undefined;
}

/** Sets an output to what is known of a value of a subgraph. */
export function setKnown(call: Call, at: number, known: Known | undefined): void {
  if (known === undefined) return;
  if (known.type !== null) call.setType(at, known.type);
  if (known.elements !== null) call.setElements(at, known.elements.dims, known.elements.values);
}

/** A contradiction unless a graph takes and gives as many values as its node has for it. */
export function checkGraph(
  call: Call,
  name: string,
  graph: Graph,
  counts: { readonly inputs: number; readonly outputs: number },
): void {
  const { inputs, outputs } = graph;
  if (inputs.length !== counts.inputs) {
    call.reject(`its ${name} has ${counted(inputs.length, 'input')} and is given ${counts.inputs}`);
  }
  if (outputs.length !== counts.outputs) {
    call.reject(
      `its ${name} has ${counted(outputs.length, 'output')} where ${counts.outputs} are needed`,
    );
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** The runtime has no way to leave out what a graph gives. */
export function checkOutputs(call: Call): void {
  const at = call.node.outputs.indexOf(null);
  if (at >= 0) call.refuse(`output ${at} is left out, which the runtime does not allow here`);
}

function branch(call: Call): void {
  const condition = scalarElement(call, 0);
  const isKnown = typeof condition === 'number';
  const [thenBranch, elseBranch] = [
    graphAttribute(call, 'then_branch'),
    graphAttribute(call, 'else_branch'),
  ];
  if (!thenBranch || !elseBranch) return;
  const counts = { inputs: 0, outputs: call.node.outputs.length };
  checkGraph(call, 'then_branch', thenBranch, counts);
  checkGraph(call, 'else_branch', elseBranch, counts);
  checkOutputs(call);
  const thenKnown = call.inferGraph(thenBranch, [], !(isKnown && condition !== 0));
  const elseKnown = call.inferGraph(elseBranch, [], !(isKnown && condition === 0));
  if (thenKnown.length !== elseKnown.length) {
    call.reject(`one branch gives ${thenKnown.length} outputs, the other ${elseKnown.length}`);
  }
  const taken = condition === 0 ? elseKnown : thenKnown;
  for (const at of call.node.outputs.keys()) {
    const [one, other] = [thenKnown[at], elseKnown[at]];
    if (one && other) checkBranches(call, one, other, at);
    if (isKnown) setKnown(call, at, taken[at]);
    else if (one && other)
      setKnown(
        call,
        at,
        joinKnown(one, other, () => call.unknown()),
      );
  }
}

/** Both branches must give the same element type, even that which is not taken. */
function checkBranches(call: Call, one: Known, other: Known, at: number): void {
  const [a, b] = [one.type, other.type];
  if (a?.kind !== 'tensor' || b?.kind !== 'tensor') return;
  if (a.elementType === null || b.elementType === null || a.elementType === b.elementType) return;
  call.reject(`output ${at} is ${a.elementType} by one branch and ${b.elementType} by the other`);
}

function loop(call: Call): void {
  const body = graphAttribute(call, 'body');
  if (!body) return;
  const trips = call.has(0) ? scalarElement(call, 0) : null;
  const condition = call.has(1) ? scalarElement(call, 1) : 1;
  const isRun = typeof trips === 'number' && trips > 0 && condition === 1;
  const count = Math.max(0, call.inputCount - 2);
  checkGraph(call, 'body', body, { inputs: count + 2, outputs: call.node.outputs.length + 1 });
  checkOutputs(call);
  const [iterationInput, conditionInput] = body.inputs;
  checkIteration(call, iterationInput);
  const iteration: Known = { type: tensorOf('int64', scalarDims(iterationInput)), elements: null };
  const { outputs, state } = fixedPoint(call, {
    body,
    initial: [
      conditionKnown(condition, scalarDims(conditionInput)),
      ...Array.from({ length: count }, (_, at) => inputKnown(call, at + 2)),
    ],
    inputs: (known) => [iteration, ...known],
    isOptional: !isRun,
  });
  for (let at = 0; at < count; at += 1) checkState(call, at, outputs[at + 1]);
  const length = tripCount(trips, state[0]) ?? call.unknown();
  for (const at of call.node.outputs.keys()) {
    if (at < count) setFinal(call, at, state[at + 1], outputs[at + 1], isRun);
    else call.setType(at, stacked(outputs[at + 1], length));
  }
}

/** The runtime needs to know whether the number of the iteration is a scalar or a list of one. */
function checkIteration(call: Call, value: Value | undefined): void {
  if (value === undefined) return;
  const type = value.type?.kind === 'tensor' ? value.type : null;
  const elementType = type?.elementType ?? null;
  if (elementType !== null && elementType !== 'int64') {
    call.reject(`its body takes the iteration "${value.name}" as ${elementType}; it is int64`);
  } else if (type?.shape === undefined || type.shape === null) {
    call.fail(`its body does not declare the shape of the iteration "${value.name}"`);
  }
}

/** What a run gives for a variable must be of the type that it began with. */
function checkState(call: Call, at: number, after: Known | undefined): void {
  const before = call.elementType(at + 2);
  const elementType = after?.type?.kind === 'tensor' ? after.type.elementType : null;
  if (before === null || elementType === null || before === elementType) return;
  call.reject(`variable ${at} begins as ${before}, and its body makes ${elementType} of it`);
}

/** A variable after the loop: as before it, or as the last run left it. */
function setFinal(
  call: Call,
  at: number,
  state: Known | undefined,
  last: Known | undefined,
  isRun: boolean,
): void {
  setKnown(call, at, isRun ? last : state);
  if (isRun || !state?.type || !last?.type) return;
  // An empty optional goes in so that the first run knows itself; what comes out is what runs give.
  const isEmptyOnly = state.type.kind === 'optional' && last.type.kind !== 'optional';
  if (isEmptyOnly && state.type.element !== null) call.setType(at, state.type.element);
}

function conditionKnown(condition: Element, dims: readonly number[]): Known {
  const elements = condition === null ? null : { dims, values: [condition] };
  return { type: tensorOf('bool', dims), elements };
}

/** How often a loop runs whose condition never ends it; null: not known. */
function tripCount(trips: Element, condition: Known | undefined): Size | null {
  if (trips === null || condition?.elements?.values[0] !== 1) return null;
  if (typeof trips === 'number') return Math.max(0, trips);
  return isNonNegative(trips) ? trips : null;
}

/** The number of the iteration and the condition are scalars, or lists of one where the body says so. */
function scalarDims(value: Value | undefined): readonly number[] {
  const declared = value?.type;
  return declared?.kind === 'tensor' && declared.shape?.length === 1 ? [1] : [];
}

function inputKnown(call: Call, at: number): Known {
  return { type: call.type(at), elements: call.elements(at) };
}

/** What all runs of a body give, one after the other along a new first axis. */
function stacked(known: Known | undefined, length: Size): InferredType {
  if (known?.type?.kind !== 'tensor') return tensorOf(null, null);
  const { elementType, shape } = known.type;
  return tensorOf(elementType, shape && [length, ...shape]);
}

export const controlFlowRules: readonly OperatorRule[] = [
  { domain: '', ops: ['If'], infer: branch, cost: movement },
  { domain: '', ops: ['Loop'], infer: loop, cost: movement },
];
