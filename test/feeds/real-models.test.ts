import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { planFeeds } from '../../src/feeds/index.ts';
import { openModel } from '../../src/onnx/index.ts';
import { openRunnable } from '../../src/parity/open-runnable.ts';
import { openSession } from '../../src/runtime/index.ts';
import { shared } from '../support/files.ts';

const models = path.join(shared, 'models');

/** Small models that run on few inputs only, and what is special about those. */
const picky = [
  ['hf-optimum-tiny', 'token ids and a mask'],
  ['tf-bert-squad-tiny', 'token ids, a mask and segments'],
  ['vespa-random-encoder', 'ids times their mask'],
  ['byte-sb-bidi-lstm', 'bytes that are looked up'],
  ['silero-vad-v6', 'branches by sampling rate, windows, a state without a shape'],
  ['silero-encoder-fw', 'a long window'],
  ['sk-titanic-mixed', 'words'],
  ['sk-treecl', 'features that only the trees count'],
  ['marabou-test-gather', 'a batch'],
  ['deimv2-atto-int8', 'images and their sizes'],
  ['ppocr-v2-cls', 'height and width without names'],
] as const;

/** Small models of the runtime's own tests, whose inputs steer contributed operators. */
const steered = [
  ['attention_past_state', 'a past'],
  ['dmmha_self_attn', 'one token, a cache and beams'],
  ['dummy_t5', 'ids that a search passes into its encoder'],
] as const;

/** Tests of ONNX itself whose inputs are no tensors, or elements that must fit. */
const small = [
  ['test_sequence_map_add_2_sequences', 'sequences of one length'],
  ['test_optional_has_element_tensor_input', 'a tensor that may be absent'],
  ['test_col2im_strides', 'an image that blocks cover'],
  ['test_stft_with_window', 'a step and a frame'],
] as const;

const others = [
  ...steered.map(([name, what]) => [name, what, `onnxruntime-testdata/${name}.onnx`] as const),
  ...small.map(([name, what]) => [name, what, `onnx-backend/node/${name}/model.onnx`] as const),
];

describe.skipIf(!fs.existsSync(models))(
  'random inputs of all kinds run, also without a value',
  () => {
    test.each(others)('%s: %s', async (_, ___, file) => {
      const whole = path.join(shared, file);
      const { model, close } = openModel(whole);
      const { feeds } = planFeeds(model, { seed: 0, samples: 3 });
      close();
      const runnable = await openRunnable(whole, { threads: 1 });
      try {
        for (const feed of feeds) expect((await runnable.run(feed)).size).toBeGreaterThan(0);
      } finally {
        await runnable.close();
      }
    });
  },
);

describe.skipIf(!fs.existsSync(models))('random inputs run', () => {
  test.each(picky)('%s: %s', async (name) => {
    const file = path.join(models, name, 'model.onnx');
    const { model, close } = openModel(file);
    const { feeds } = planFeeds(model, { seed: 0, samples: 2 });
    close();
    await using session = await openSession(file, { threads: 1 });
    const tensors = session.outputs
      .filter((output) => output.isTensor)
      .map((output) => output.name);
    for (const feed of feeds) {
      const { outputs } = await session.run(feed, tensors);
      expect([...outputs.keys()]).toEqual(tensors);
    }
  });
});
