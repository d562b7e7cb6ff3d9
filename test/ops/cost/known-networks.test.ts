import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openModel } from '../../../src/onnx/index.ts';
import { inferTypes, measureWork } from '../../../src/ops/index.ts';
import { formatSize } from '../../../src/symbolic/index.ts';
import { fixtures, shared } from '../../support/files.ts';

/*
 * Multiply-accumulates of published networks, from tables of their layers: what the papers (and, for
 * sizes after pooling, the Caffe originals of these files) say, not what the files say.
 */

/** A convolution with square kernels and output; `taken`: the channels that each filter sees. */
function conv(size: number, filters: number, taken: number, kernel: number): number {
  return size ** 2 * filters * taken * kernel ** 2;
}

function total(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum + part, 0);
}

function repeat(times: number, make: (at: number) => number): number {
  return total(Array.from({ length: times }, (_, at) => make(at)));
}

/** Krizhevsky et al. 2012, without padding in front: 224 -> 54 -> 26 -> 12 -> 6. */
const alexnet = total([
  conv(54, 96, 3, 11),
  conv(26, 256, 48, 5),
  conv(12, 384, 256, 3),
  conv(12, 384, 192, 3),
  conv(12, 256, 192, 3),
  6 * 6 * 256 * 4096 + 4096 * 4096 + 4096 * 1000,
]);

/** Zeiler and Fergus 2013 with 512 channels. */
const zfnet = total([
  conv(109, 96, 3, 7),
  conv(25, 256, 96, 5),
  conv(12, 512, 256, 3),
  2 * conv(12, 512, 512, 3),
  6 * 6 * 512 * 4096 + 4096 * 1024 + 1024 * 1000,
]);

/** Simonyan and Zisserman 2014, configuration E: 2, 2, 4, 4, 4 convolutions of 3 x 3. */
const vgg19 = total([
  conv(224, 64, 3, 3) + conv(224, 64, 64, 3),
  conv(112, 128, 64, 3) + conv(112, 128, 128, 3),
  conv(56, 256, 128, 3) + 3 * conv(56, 256, 256, 3),
  conv(28, 512, 256, 3) + 3 * conv(28, 512, 512, 3),
  4 * conv(14, 512, 512, 3),
  7 * 7 * 512 * 4096 + 4096 * 4096 + 4096 * 1000,
]);

/** He et al. 2015, with the stride in the 3 x 3 convolutions: blocks, width, size after and before. */
const resnet50 = total([
  conv(112, 64, 3, 7),
  ...(
    [
      [3, 64, 56, 56, 64],
      [4, 128, 28, 56, 256],
      [6, 256, 14, 28, 512],
      [3, 512, 7, 14, 1024],
    ] as const
  ).map(([blocks, width, size, before, from]) =>
    total([
      conv(before, width, from, 1),
      conv(size, 4 * width, from, 1),
      blocks * (conv(size, width, width, 3) + conv(size, 4 * width, width, 1)),
      (blocks - 1) * conv(size, width, 4 * width, 1),
    ]),
  ),
  2048 * 1000,
]);

/** Huang et al. 2016: growth 32, bottlenecks of 128, transitions that halve channels and size. */
const densenet121 = total([
  conv(112, 64, 3, 7),
  ...(
    [
      [6, 56, 64],
      [12, 28, 128],
      [24, 14, 256],
      [16, 7, 512],
    ] as const
  ).map(([layers, size, from], stage) => {
    const after = from + 32 * layers;
    const transition = stage === 3 ? 0 : conv(size, after / 2, after, 1);
    const dense = repeat(layers, (at) => {
      return conv(size, 128, from + 32 * at, 1) + conv(size, 32, 128, 3);
    });
    return dense + transition;
  }),
  1024 * 1000,
]);

/** Iandola et al. 2016, version 1.1. */
const fire = (size: number, from: number, squeezed: number, expanded: number): number =>
  total([
    conv(size, squeezed, from, 1),
    conv(size, expanded, squeezed, 1),
    conv(size, expanded, squeezed, 3),
  ]);
const squeezenet = total([
  conv(111, 64, 3, 3),
  fire(55, 64, 16, 64) + fire(55, 128, 16, 64),
  fire(27, 128, 32, 128) + fire(27, 256, 32, 128),
  fire(13, 256, 48, 192) + fire(13, 384, 48, 192),
  fire(13, 384, 64, 256) + fire(13, 512, 64, 256),
  conv(13, 1000, 512, 1),
]);

/** Szegedy et al. 2014, table 1: size, input, 1x1, 3x3 reduced, 3x3, 5x5 reduced, 5x5, pooled. */
const inceptionV1 = total([
  conv(112, 64, 3, 7) + conv(55, 64, 64, 1) + conv(55, 192, 64, 3),
  ...(
    [
      [27, 192, 64, 96, 128, 16, 32, 32],
      [27, 256, 128, 128, 192, 32, 96, 64],
      [13, 480, 192, 96, 208, 16, 48, 64],
      [13, 512, 160, 112, 224, 24, 64, 64],
      [13, 512, 128, 128, 256, 24, 64, 64],
      [13, 512, 112, 144, 288, 32, 64, 64],
      [13, 528, 256, 160, 320, 32, 128, 128],
      [6, 832, 256, 160, 320, 32, 128, 128],
      [6, 832, 384, 192, 384, 48, 128, 128],
    ] as const
  ).map(([size, from, one, before3, three, before5, five, pooled]) =>
    total([
      conv(size, one + before3 + before5 + pooled, from, 1),
      conv(size, three, before3, 3),
      conv(size, five, before5, 5),
    ]),
  ),
  1024 * 1000,
]);

/**
 * Ioffe and Szegedy 2015, figure 5: size, size of the last convolutions (half where the module has a
 * stride), input, 1x1, 3x3 reduced, 3x3, double 3x3 reduced, double 3x3 (twice), pooled.
 */
const inceptionV2 = total([
  conv(112, 64, 3, 7) + conv(56, 64, 64, 1) + conv(56, 192, 64, 3),
  ...(
    [
      [28, 28, 192, 64, 64, 64, 64, 96, 32],
      [28, 28, 256, 64, 64, 96, 64, 96, 64],
      [28, 14, 320, 0, 128, 160, 64, 96, 0],
      [14, 14, 576, 224, 64, 96, 96, 128, 128],
      [14, 14, 576, 192, 96, 128, 96, 128, 128],
      [14, 14, 576, 160, 128, 160, 128, 160, 96],
      [14, 14, 576, 96, 128, 192, 160, 192, 96],
      [14, 7, 576, 0, 128, 192, 192, 256, 0],
      [7, 7, 1024, 352, 192, 320, 160, 224, 128],
      [7, 7, 1024, 352, 192, 320, 192, 224, 128],
    ] as const
  ).map(([size, last, from, one, before3, three, beforeDouble, double, pooled]) =>
    total([
      conv(size, one + before3 + beforeDouble + pooled, from, 1),
      conv(last, three, before3, 3),
      conv(size, double, beforeDouble, 3),
      conv(last, double, double, 3),
    ]),
  ),
  1024 * 1000,
]);

/**
 * Zhang et al. 2017, 4 groups: stages of 136, 272 and 544 channels here, bottlenecks as wide. The first
 * unit of a stage is a stride, and joins what it makes with the pooled input.
 */
const shufflenet = total([
  conv(112, 24, 3, 3),
  conv(56, 112, 6, 1) + conv(28, 112, 1, 3) + conv(28, 112, 28, 1),
  3 * (2 * conv(28, 136, 34, 1) + conv(28, 136, 1, 3)),
  conv(28, 136, 34, 1) + conv(14, 136, 1, 3) + conv(14, 136, 34, 1),
  7 * (2 * conv(14, 272, 68, 1) + conv(14, 272, 1, 3)),
  conv(14, 272, 68, 1) + conv(7, 272, 1, 3) + conv(7, 272, 68, 1),
  3 * (2 * conv(7, 544, 136, 1) + conv(7, 544, 1, 3)),
  544 * 1000,
]);

const light = path.join(shared, 'onnx-backend', 'light');

describe.skipIf(!fs.existsSync(light))('multiply-accumulates of published networks', () => {
  test.each([
    ['bvlc_alexnet', alexnet],
    ['zfnet512', zfnet],
    ['vgg19', vgg19],
    ['resnet50', resnet50],
    ['densenet121', densenet121],
    ['squeezenet', squeezenet],
    ['inception_v1', inceptionV1],
    ['inception_v2', inceptionV2],
    ['shufflenet', shufflenet],
  ])('%s', (name, macs) => {
    expect(macsOf(path.join(light, `light_${name}.onnx`))).toBe(String(macs));
  });
});

describe('multiply-accumulates of the digits models, for one of a batch', () => {
  const cnn = total([
    conv(8, 16, 1, 3),
    conv(8, 16, 1, 3) + conv(8, 32, 16, 1),
    conv(8, 32, 1, 3) + conv(8, 32, 32, 1),
    conv(4, 48, 32, 3),
    48 * 10,
  ]);
  // 8 steps of 8 numbers, both directions, 48 hidden units with 4 gates.
  const lstm = 2 * 8 * 4 * 48 * (8 + 48) + 2 * 48 * 10;
  // 8 patches of 8 numbers and a class token, 64 wide, 2 layers, 128 inside.
  const layer = 9 * 64 * (3 * 64) + 2 * 9 * 9 * 64 + 9 * 64 * 64 + 2 * 9 * 64 * 128;
  const vit = 8 * 8 * 64 + 2 * layer + 64 * 10;
  test.each([
    ['cnn', cnn],
    ['lstm', lstm],
    ['vit', vit],
  ])('%s, by both exporters', (name, macs) => {
    for (const exporter of ['dynamo-opset20', 'torchscript-opset13']) {
      const file = path.join(fixtures, 'digits', `digits-${name}-${exporter}.onnx`);
      expect(macsOf(file)).toBe(`${macs}*batch`);
    }
  });
});

function macsOf(file: string): string {
  const open = openModel(file);
  try {
    return formatSize(measureWork(open.model, inferTypes(open.model)).macs);
  } finally {
    open.close();
  }
}
