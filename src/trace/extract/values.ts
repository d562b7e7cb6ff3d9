import { join } from 'node:path';
import { MlkitError } from '../../errors.ts';
import type { Value } from '../../graph/index.ts';
import { type OpenModel, saveModel } from '../../onnx/index.ts';
import { openRunnable } from '../../parity/index.ts';
import { extractSubgraph } from '../../passes/index.ts';
import type { Feeds, SessionSettings } from '../../runtime/index.ts';
import { isTensor, type Tensor } from '../../tensor/index.ts';
import { scratchFolder } from '../scratch-folder.ts';

/**
 * What values of a model's main graph hold for one sample, by name. Only what they depend on is run,
 * in a temporary copy.
 *
 * @throws MlkitError as running the model does; MODEL_UNSUPPORTED for a value that is no tensor.
 */
export async function recordValues(
  { model, folder }: OpenModel,
  values: readonly Value[],
  feeds: Feeds,
  settings: SessionSettings,
): Promise<Map<string, Tensor>> {
  const inner = values.filter((value) => value.producer !== null);
  const recorded = new Map<string, Tensor>();
  if (inner.length > 0) {
    await using scratch = await scratchFolder();
    const path = join(scratch.path, 'part.onnx');
    const inputs = model.graph.inputs.filter((value) => feeds.has(value.name));
    const part = extractSubgraph(model, { inputs, outputs: inner });
    await saveModel(part, path, { external: { file: 'part.data' }, folder });
    const session = await openRunnable(path, settings);
    try {
      for (const [name, value] of await session.run(feeds)) {
        if (isTensor(value)) recorded.set(name, value);
      }
    } finally {
      await session.close();
    }
  }
  for (const { name } of values) {
    const fed = feeds.get(name);
    if (recorded.has(name)) continue;
    if (isTensor(fed)) recorded.set(name, fed);
    else throw notRecorded(name);
  }
  return recorded;
}

function notRecorded(name: string): MlkitError {
  return new MlkitError(
    'MODEL_UNSUPPORTED',
    `the part cannot begin at "${name}": it is no tensor that can be read out`,
  );
}
