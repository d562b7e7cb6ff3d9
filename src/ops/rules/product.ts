import { multiply, product, type Size } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { broadcast, elementCount } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { contradict } from './contradictions.ts';

/** Products of matrices. */

function matMul(second: number, elementType?: DataType): (call: Call) => void {
  return (call) =>
    call.setTensor(0, productShape(call, call.shape(0), call.shape(second)), elementType);
}

/**
 * The shape of the product of stacks of matrices; null when a rank is not known. A vector is one row
 * in front of a matrix and one column behind it, which the result does not have.
 */
export function productShape(call: Call, a: Sizes | null, b: Sizes | null): Sizes | null {
  if (a === null || b === null) return null;
  if (a.length === 0 || b.length === 0) {
    call.reject('a factor has rank 0, at least 1 is needed');
    return null;
  }
  const inner = a.at(-1);
  const other = b.length === 1 ? b[0] : b.at(-2);
  if (typeof inner === 'number' && typeof other === 'number' && inner !== other) {
    call.reject(`inner sizes ${inner} and ${other} differ`);
  }
  const outer = broadcast(call, [a.slice(0, -2), b.slice(0, -2)]) ?? [];
  const rows = a.length === 1 ? [] : a.slice(-2, -1);
  const columns = b.length === 1 ? [] : b.slice(-1);
  return [...outer, ...rows, ...columns];
}

function gemm(call: Call): void {
  const [m, k] = matrixSizes(call, 0, 'transA');
  const [wanted, n] = matrixSizes(call, 1, 'transB');
  if (typeof k === 'number' && typeof wanted === 'number' && k !== wanted) {
    // The first version that checks is 13.
    contradict(call, call.opset >= 13, `inner sizes ${k} and ${wanted} differ`);
  }
  checkAddend(call, [m, n]);
  call.setTensor(0, [m, n]);
}

function matrixSizes(call: Call, at: number, transposed: string): readonly [Size, Size] {
  const shape = call.shape(at);
  if (shape !== null && shape.length !== 2) {
    call.reject(`factor ${at} has rank ${shape.length}, it must be 2`);
  }
  const [rows, columns] = shape?.length === 2 ? shape : [];
  const sizes = [rows ?? call.unknown(), columns ?? call.unknown()] as const;
  return call.node.int(transposed, 0) === 0 ? sizes : [sizes[1], sizes[0]];
}

/** What is added must broadcast to the product. */
function checkAddend(call: Call, result: Sizes): void {
  const addend = call.shape(2);
  if (addend === null || call.opset < 7) return;
  const fits =
    addend.length <= 2 &&
    addend.every((size, at) => {
      const wanted = result[at - addend.length + 2];
      return (
        typeof size !== 'number' || typeof wanted !== 'number' || size === 1 || size === wanted
      );
    });
  if (!fits) call.fail(`C is [${addend.join(', ')}], the product [${result.join(', ')}]`);
}

/** For each element of the result, the inner size. */
function matMulCost(call: CostCall): NodeCost | null {
  const out = call.outputShape(0);
  const inner = call.shape(0)?.at(-1);
  if (out === null || inner === undefined) return null;
  return { class: 'matrix', macs: multiply(elementCount(out), inner), otherFlops: 0 };
}

function gemmCost(call: CostCall): NodeCost | null {
  const a = call.shape(0);
  const out = call.outputShape(0);
  const inner = call.node.int('transA', 0) === 0 ? a?.[1] : a?.[0];
  if (out === null || inner === undefined) return null;
  const count = product(out);
  return { class: 'matrix', macs: multiply(count, inner), otherFlops: call.has(2) ? count : 0 };
}

/** Sources: https://onnx.ai/onnx/operators/onnx__MatMul.html and the pages of the others. */
export const productRules: readonly OperatorRule[] = [
  { domain: '', ops: ['MatMul'], infer: matMul(1), cost: matMulCost },
  { domain: '', ops: ['MatMulInteger'], infer: matMul(1, 'int32'), cost: matMulCost },
  { domain: '', ops: ['QLinearMatMul'], infer: matMul(3), cost: matMulCost },
  { domain: '', ops: ['Gemm'], infer: gemm, cost: gemmCost },
];
