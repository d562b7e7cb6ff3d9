import { multiply, type Size } from '../../symbolic/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { axisOf, broadcast, movement } from '../sizes.ts';
import { elementAt, fillElements, listedSizes, listText } from './element-arrays.ts';

/* Sources: https://onnx.ai/onnx/operators/onnx__Expand.html, onnx__Tile.html */

function expand(call: Call): void {
  const input = call.shape(0);
  const target = listedSizes(call, 1);
  if (input === null || target === null) {
    call.setTensor(0, null);
    return;
  }
  if (target.some((size) => typeof size === 'number' && size < 0)) {
    call.fail(`the input is expanded to ${listText(target)}`);
  }
  const wanted = target.map(
    (size): Size =>
      size === null || (typeof size === 'number' && size < 0) ? call.unknown() : size,
  );
  const shape = broadcast(call, [input, wanted]);
  call.setTensor(0, shape);
  const elements = call.elements(0);
  if (shape === null || elements === null) return;
  const before = shape.length - elements.dims.length;
  fillElements(call, shape, (index) =>
    elementAt(
      elements,
      elements.dims.map((size, axis) => (size === 1 ? 0 : (index[axis + before] ?? 0))),
    ),
  );
}

function tile(call: Call): void {
  const input = call.shape(0);
  if (call.opset < 6) {
    tileOneAxis(call);
    return;
  }
  const repeats = listedSizes(call, 1);
  if (input === null || repeats === null) {
    const rank = input?.length ?? repeats?.length;
    call.setTensor(0, rank === undefined ? null : call.unknownSizes(rank));
    return;
  }
  if (repeats.length !== input.length) {
    call.reject(`${repeats.length} repeats are given for rank ${input.length}`);
    call.setTensor(0, call.unknownSizes(input.length));
    return;
  }
  if (repeats.some((count) => typeof count === 'number' && count < 0)) {
    call.fail(`the repeats ${listText(repeats)} are not counts`);
  }
  const shape = input.map((size, axis): Size => {
    const count = repeats[axis] ?? null;
    if (count === 0 || size === 0) return 0;
    if (count === null || (typeof count === 'number' && count < 0)) return call.unknown();
    return multiply(size, count);
  });
  call.setTensor(0, shape);
  const elements = call.elements(0);
  if (elements === null) return;
  fillElements(call, shape, (index) =>
    elementAt(
      elements,
      index.map((at, axis) => at % Math.max(1, elements.dims[axis] ?? 1)),
    ),
  );
}

/** Version 1 repeats along one axis, both of which are scalar inputs. */
function tileOneAxis(call: Call): void {
  const input = call.shape(0);
  const count = call.elements(1)?.values[0] ?? null;
  const [axis] = call.numbers(2) ?? [];
  const at = input && axis !== undefined ? axisOf(call, axis, input.length) : null;
  if (input === null || at === null) {
    call.setTensor(0, input && call.unknownSizes(input.length));
    return;
  }
  const size = input[at] ?? 1;
  call.setTensor(0, input.with(at, count === null ? call.unknown() : multiply(size, count)));
}

export const expandRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Expand'], infer: expand, cost: movement },
  { domain: '', ops: ['Tile'], infer: tile, cost: movement },
];
