import { describe, expect, test } from 'vitest';
import { buildModel } from '../../../src/graph/index.ts';
import type { ChannelLayout } from '../../../src/quantize/numerics/channel-layout.ts';
import { ChannelRanges } from '../../../src/quantize/numerics/channel-ranges.ts';
import {
  type QuantizationParameters,
  quantizationParameters,
} from '../../../src/quantize/numerics/quantization-parameters.ts';
import { quantizeValues, shiftToUint8 } from '../../../src/quantize/numerics/quantize-values.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { normalValues } from '../random-tensors.ts';
import { runModel } from '../run-model.ts';

const rows = 48;
const columns = 20;

/** onnxruntime's QuantizeLinear on the same numbers. */
async function quantizedByRuntime(
  values: Float32Array,
  axis: number,
  { scale, zeroPoint }: QuantizationParameters,
): Promise<number[]> {
  const model = buildModel({ opset: 13 }, (b) => {
    const x = b.input('x', 'float32', [rows, columns]);
    const s = b.initializer(tensorFrom('float32', [scale.length], scale, 's'));
    const z = b.initializer(tensorFrom('int8', [scale.length], zeroPoint, 'z'));
    const q = b.node('QuantizeLinear', [x, s, z], { axis });
    b.output(b.node('Cast', [q], { to: 1 }, { outputs: ['y'] }), 'float32', [rows, columns]);
  });
  const outputs = await runModel(model, { x: { dims: [rows, columns], data: values } });
  return [...(outputs.get('y') ?? [])];
}

function quantized(
  values: Float32Array,
  layout: ChannelLayout,
  parameters: QuantizationParameters,
  pieceLength: number,
): number[] {
  const all: number[] = [];
  const out = new Int8Array(pieceLength);
  for (let at = 0; at < values.length; at += pieceLength) {
    const piece = values.subarray(at, at + pieceLength);
    quantizeValues(piece, at, layout, parameters, out);
    all.push(...out.subarray(0, piece.length));
  }
  return all;
}

const layouts: readonly { axis: number; layout: ChannelLayout }[] = [
  { axis: 1, layout: { kind: 'columns', channels: columns } },
  { axis: 0, layout: { kind: 'runs', channels: rows, length: columns } },
];

describe.each(layouts)('quantizeValues, channels along axis $axis', ({ axis, layout }) => {
  test.each([true, false])(
    'gives the integers of QuantizeLinear (symmetric: %s)',
    async (isSymmetric) => {
      for (const seed of [1, 2, 3]) {
        const values = normalValues(rows * columns, seed, 10 ** (seed - 2));
        const ranges = new ChannelRanges(layout);
        ranges.add(values);
        const parameters = quantizationParameters(ranges, isSymmetric);
        const expected = await quantizedByRuntime(values, axis, parameters);
        expect(new Set(expected).size).toBeGreaterThan(100);
        for (const pieceLength of [rows * columns, 1, 33]) {
          expect(quantized(values, layout, parameters, pieceLength)).toEqual(expected);
        }
      }
    },
  );

  test('rounds ties and saturates as QuantizeLinear does', async () => {
    // Halves of the scale: every second value is a tie, and some lie outside of the range.
    const scale = new Float32Array(layout.channels).fill(0.25);
    const zeroPoint = Int8Array.from(scale, (_, channel) => (channel % 5) - 2);
    const values = Float32Array.from(
      { length: rows * columns },
      (_, at) => (at - (rows * columns) / 2) * 0.125,
    );
    const parameters = { scale, zeroPoint };
    const expected = await quantizedByRuntime(values, axis, parameters);
    expect(Math.min(...expected)).toBe(-128);
    expect(Math.max(...expected)).toBe(127);
    expect(quantized(values, layout, parameters, 100)).toEqual(expected);
  });
});

test('golden values from NumPy', () => {
  const rowsOfSix = [
    [-1, 0.5, 0, 1e-40, 3, -0.25],
    [2, 0.25, 0, -2e-40, 1, -0.75],
    [0.3, 0.125, 0, 0, 2, -0.5],
  ];
  const values = Float32Array.from(rowsOfSix.flat());
  const layout: ChannelLayout = { kind: 'columns', channels: 6 };
  const ranges = new ChannelRanges(layout);
  ranges.add(values);
  expect(quantized(values, layout, quantizationParameters(ranges, false), 18)).toEqual(
    [
      [-128, 127, -128, -128, 127, 42],
      [127, -1, -128, -128, -43, -128],
      [-17, -64, -128, -128, 42, -43],
    ].flat(),
  );
  expect(quantized(values, layout, quantizationParameters(ranges, true), 18)).toEqual(
    [
      [-64, 127, 0, 0, 127, -42],
      [127, 64, 0, 0, 42, -127],
      [19, 32, 0, 0, 85, -85],
    ].flat(),
  );
});

test('shiftToUint8 adds 128 to the int8 that the bytes hold', () => {
  const bytes = new Uint8Array(Int8Array.of(-128, -1, 0, 1, 127).buffer);
  shiftToUint8(bytes);
  expect([...bytes]).toEqual([0, 127, 128, 129, 255]);
});
