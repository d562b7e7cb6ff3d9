import { statSync } from 'node:fs';
import type { Model } from '../graph/index.ts';
import type { OpenModel } from '../onnx/index.ts';
import { inferTypes } from '../ops/index.ts';
import type { Feeds, SessionSettings } from '../runtime/index.ts';
import { isTensor } from '../tensor/index.ts';
import { ModelCopy } from './model-copy.ts';
import type { TraceSettings } from './trace-settings.ts';
import type { TracedSide } from './traced-side.ts';

/** Copies of both models, of one file one. */
export async function makeSides(
  settings: TraceSettings,
  opened: readonly OpenModel[],
  samples: readonly Feeds[],
  folder: string,
): Promise<[TracedSide, TracedSide]> {
  const { signal, onProgress } = settings;
  const copies = new Map<string, ModelCopy>();
  const sides: TracedSide[] = [];
  for (const [at, name] of (['reference', 'candidate'] as const).entries()) {
    const { path, settings: asked = {} } = settings[name];
    onProgress?.('copying the models', at, 2);
    const key = identityOf(path);
    const copy = copies.get(key) ?? (await ModelCopy.make(path, folder, name, signal));
    copies.set(key, copy);
    const open = opened[at] as OpenModel;
    const { model } = open;
    const inference = inferTypes(model, { shapes: shapesOf(model, samples, settings) });
    sides.push({ path, open, model, copy, inference, settings: sessionSettings(asked, signal) });
  }
  return sides as [TracedSide, TracedSide];
}

function identityOf(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev} ${ino}`;
}

/** Sizes of the first sample, for inputs of that name, or in that place. */
function shapesOf(
  { graph }: Model,
  [first = new Map()]: readonly Feeds[],
  { match }: TraceSettings,
): Map<string, readonly number[]> {
  const given = [...first.values()];
  const inputs = graph.inputs.filter((each) => each.initializer === null);
  const shapes = new Map<string, readonly number[]>();
  for (const [at, { name }] of inputs.entries()) {
    const tensor = first.get(name) ?? (match === 'position' ? given[at] : undefined);
    if (isTensor(tensor)) shapes.set(name, tensor.dims);
  }
  return shapes;
}

function sessionSettings(asked: SessionSettings, signal: AbortSignal | undefined): SessionSettings {
  const { optimizedModelPath: _, optimizedModelFormat: __, profilePrefix: ___, ...kept } = asked;
  return { ...kept, ...(signal && { signal }) };
}
