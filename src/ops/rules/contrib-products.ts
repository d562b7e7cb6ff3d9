import { multiply, product, type Size } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { Call, CostCall, NodeCost, NodeFacts, OperatorRule } from '../rule.ts';
import { broadcast, elementCount } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { contribRule } from './contrib-rule.ts';
import { typeAttribute } from './node-attributes.ts';
import { agree, shapeIfRank } from './shape-agreement.ts';

/**
 * Matrix products of onnxruntime: fused with transpositions and activations, and of integers.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */

/** Where a product has its operands and what it adds; -1: nothing. */
interface Places {
  readonly a: number;
  readonly b: number;
  readonly bias: number;
}

const plain: Places = { a: 0, b: 1, bias: 2 };
const withoutBias: Places = { a: 0, b: 1, bias: -1 };
const quantizedGemm: Places = { a: 0, b: 3, bias: 6 };
const dynamicQuantized: Places = { a: 0, b: 1, bias: 4 };
const toFloat: Places = { a: 0, b: 1, bias: 6 };
const ordered: Places = { a: 0, b: 2, bias: 5 };

function isSet(facts: NodeFacts, name: string): boolean {
  return facts.node.int(name, 0) !== 0;
}

/**
 * A matrix, or several, as it is multiplied. `transBatch` makes the first axis a row: of (m, batch, k)
 * it makes (batch, m, k).
 */
function operand(facts: NodeFacts, at: number, letter: 'A' | 'B'): Sizes | null {
  const shape = facts.shape(at);
  if (shape === null || shape.length < 2) return shape;
  const [head, ...rest] = shape;
  const isBatch = isSet(facts, `transBatch${letter}`) && head !== undefined;
  const moved = isBatch ? [...rest.slice(0, -1), head, ...rest.slice(-1)] : shape;
  if (!isSet(facts, `trans${letter}`)) return moved;
  return [...moved.slice(0, -2), ...moved.slice(-2).toReversed()];
}

/** The shapes as matrices, and what comes out of their product. */
interface Product {
  readonly shape: Sizes;
  readonly inner: Size;
}

function productOf(facts: NodeFacts, places: Places): Product | null {
  const a = operand(facts, places.a, 'A');
  const b = operand(facts, places.b, 'B');
  const inner = a?.at(-1);
  if (a === null || b === null || b.length === 0 || inner === undefined) return null;
  const rows = a.slice(-2, -1);
  const columns = b.length === 1 ? [] : b.slice(-1);
  const batch = a.length > b.length ? a.slice(0, -2) : b.slice(0, -2);
  return { shape: [...batch, ...rows, ...columns], inner };
}

/** As in NumPy: matrices are the last two axes, the others broadcast. */
function inferProduct(places: Places, elementType?: DataType): (call: Call) => void {
  return (call) => {
    const a = operand(call, places.a, 'A');
    const b = operand(call, places.b, 'B');
    const known = productOf(call, places);
    if (a === null || b === null || known === null) return;
    agree(call, known.inner, b.length === 1 ? b[0] : b.at(-2), (left, right) => {
      return `rows of the first have ${left} elements, columns of the second ${right}`;
    });
    const batch = broadcast(call, [a.slice(0, -2), b.slice(0, -2)]);
    const matrix = known.shape.slice(Math.max(a.length, b.length, 2) - 2);
    call.setTensor(0, batch && [...batch, ...matrix], elementType);
  };
}

/** rows · columns · inner size, times the batch; a bias and an activation are 1 an element each. */
function costOfProduct(places: Places): (call: CostCall) => NodeCost | null {
  return (call) => {
    const output = call.outputShape(0);
    const inner = operand(call, places.a, 'A')?.at(-1);
    if (output === null || inner === undefined) return null;
    const count = elementCount(output);
    const isActivated = call.node.string('activation', '') === '' ? 0 : 1;
    const perElement = (call.has(places.bias) ? 1 : 0) + isActivated;
    return {
      class: 'matrix',
      macs: multiply(count, inner),
      otherFlops: multiply(perElement, count),
    };
  };
}

/** Two matrices: (rows, columns). */
function inferGemm(places: Places, typeOf: (call: Call) => DataType | null): (call: Call) => void {
  return (call) => {
    const elementType = typeOf(call);
    const [rows, left] = gemmOperand(call, places.a, 'A');
    const [right, columns] = gemmOperand(call, places.b, 'B');
    agree(call, left, right, (a, b) => {
      return `rows of the first have ${a} elements, columns of the second ${b}`;
    });
    call.setTensor(0, [rows ?? call.unknown(), columns ?? call.unknown()], elementType);
  };
}

function gemmOperand(call: Call, at: number, letter: 'A' | 'B'): readonly (Size | undefined)[] {
  return shapeIfRank(call, at, 2) === null ? [] : (operand(call, at, letter) ?? []);
}

const sameType = (): null => null;

/** Quantized again when there is a zero point for it. */
function quantizedType(call: Call): DataType | null {
  return call.has(8) ? call.elementType(8) : 'float32';
}

function float8Type(call: Call): DataType {
  return typeAttribute(call.node, 'dtype') ?? 'float32';
}

/** 16-bit integers make 32-bit ones: unsigned only where both are. */
function integerType(call: Call): DataType {
  const isUnsigned = [0, 1].every((at) => call.elementType(at) === 'uint16');
  return isUnsigned ? 'uint32' : 'int32';
}

/** A sparse matrix times a dense one: what is multiplied is counted as if it were dense. */
function inferSparse(call: Call): void {
  const a = call.shape(0);
  const b = call.shape(1);
  const [rows] = a?.length === 2 && isSet(call, 'transA') ? a.toReversed() : (a ?? []);
  const columns = b?.length === 2 && isSet(call, 'transB') ? b[0] : b?.at(-1);
  if (a?.length !== 2 || b?.length !== 2) return;
  call.setTensor(0, [rows ?? call.unknown(), columns ?? call.unknown()], call.elementType(1));
}

function costOfSparse(call: CostCall): NodeCost | null {
  const a = call.shape(0);
  const output = call.outputShape(0);
  if (a?.length !== 2 || output === null) return null;
  const inner = isSet(call, 'transA') ? a[0] : a[1];
  return { class: 'matrix', macs: product([...output, inner ?? 1]), otherFlops: 0 };
}

export const contribProductRules: readonly OperatorRule[] = [
  contribRule(
    ['FusedMatMul', 'TransposeMatMul', 'FusedMatMulActivation'],
    inferProduct(withoutBias),
    costOfProduct(withoutBias),
  ),
  contribRule(['GemmFastGelu'], inferProduct(plain), costOfProduct(plain)),
  contribRule(
    ['DynamicQuantizeMatMul'],
    inferProduct(dynamicQuantized, 'float32'),
    costOfProduct(dynamicQuantized),
  ),
  contribRule(['MatMulIntegerToFloat'], inferProduct(toFloat), costOfProduct(toFloat)),
  contribRule(
    ['MatMulInteger16'],
    (call) => inferProduct(withoutBias, integerType(call))(call),
    costOfProduct(withoutBias),
  ),
  contribRule(['QOrderedMatMul'], inferProduct(ordered), costOfProduct(ordered)),
  contribRule(['FusedGemm'], inferGemm(plain, sameType), costOfProduct(plain)),
  contribRule(['GemmFloat8'], inferGemm(plain, float8Type), costOfProduct(plain)),
  contribRule(['QGemm'], inferGemm(quantizedGemm, quantizedType), costOfProduct(quantizedGemm)),
  contribRule(['SparseToDenseMatMul'], inferSparse, costOfSparse),
];
