import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { planFeeds } from '../../src/feeds/index.ts';
import { openModel } from '../../src/onnx/index.ts';
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
