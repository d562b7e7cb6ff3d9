import { MlkitError } from '../errors.ts';
import type { Model } from '../graph/index.ts';
import type { OpenModel } from '../onnx/index.ts';
import type { Inference } from '../ops/index.ts';
import { openRunnable, type Runnable } from '../parity/index.ts';
import type { Feeds, SessionSettings } from '../runtime/index.ts';
import type { TensorValue } from '../tensor/index.ts';
import type { ModelCopy } from './model-copy.ts';

/** One of the two models, as far as it does not run. */
export interface TracedSide {
  readonly path: string;
  readonly open: OpenModel;
  readonly model: Model;
  /** With the sizes of the first sample. */
  readonly inference: Inference;
  readonly copy: ModelCopy;
  readonly settings: SessionSettings;
}

export type ModelInputs = Runnable['inputs'];

/** The samples for each model, once its inputs are known; the reference is asked first. */
export interface SideFeeds {
  readonly reference: (inputs: ModelInputs) => readonly Feeds[];
  readonly candidate: (inputs: ModelInputs) => readonly Feeds[];
}

export interface PartRun {
  readonly path: string;
  /** What messages call it. */
  readonly label: string;
  readonly settings: SessionSettings;
  /** Told what the model takes before anything is run; gives the samples. */
  readonly feed: (inputs: ModelInputs) => readonly Feeds[];
  /** Is given what each sample makes, by the names of the model. */
  readonly onOutputs: (sample: number, outputs: ReadonlyMap<string, TensorValue>) => void;
}

/**
 * Loads a model, runs every sample, and ends its process.
 *
 * @throws MlkitError as `openRunnable` and `Runnable.run` do.
 */
export async function runPart({ path, label, settings, feed, onOutputs }: PartRun): Promise<void> {
  try {
    const runnable = await openRunnable(path, settings);
    try {
      for (const [sample, feeds] of feed(runnable.inputs).entries()) {
        onOutputs(sample, await runnable.run(feeds));
      }
    } finally {
      await runnable.close();
    }
  } catch (error) {
    if (!(error instanceof MlkitError)) throw error;
    const { code, message, hint, cause } = error;
    throw new MlkitError(code, message.replaceAll(path, label), { hint, cause });
  }
}
