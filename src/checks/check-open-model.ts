import type { OpenModel } from '../onnx/index.ts';
import type { RuntimeRelease } from '../schemas/index.ts';
import { skeletonVerdict } from '../staging/index.ts';
import { type Conclusion, concludeCheck } from './conclude.ts';
import { GraphFacts } from './graph-facts.ts';
import { ModelFacts } from './model-facts.ts';
import { type Requirements, requirementsOf } from './requirements.ts';
import { runThoroughChecks } from './thorough.ts';
import { checkValues } from './values/check-values.ts';

export interface ModelCheckSettings {
  /** Whether the runtime is asked to load the model, or a skeleton of it. */
  readonly runtime: boolean;
  /** Whether the weights are read, for what can be wrong with them. */
  readonly values: boolean;
  /** The release of the runtime that the model is meant for, besides the one here. */
  readonly target: RuntimeRelease | null;
  readonly signal?: AbortSignal;
  /** Told how far reading weights has come. */
  readonly onProgress?: (doneBytes: number, totalBytes: number, tensor: string) => void;
}

/** What a check of a model comes to, and what the model needs to run. */
export interface ModelCheck extends Conclusion {
  readonly requirements: Requirements;
}

/**
 * Everything that is known to be wrong with a model: structure, operators, types and shapes, and if
 * asked for its weights, and what the runtime says. Small constants are read, weights only with
 * `values`.
 *
 * @throws MlkitError INTERRUPTED; FILE_CHANGED and its like when the model cannot be read any more.
 */
export async function checkOpenModel(
  open: OpenModel,
  settings: ModelCheckSettings,
): Promise<ModelCheck> {
  const { runtime, values, target, signal, onProgress } = settings;
  const facts = new GraphFacts(new ModelFacts(open, { measureAll: true }));
  const known = runThoroughChecks(facts, { target });
  const services = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const ofValues = values ? await checkValues(facts.facts, services) : [];
  const answer = runtime ? await skeletonVerdict(open, { ...(signal && { signal }) }) : null;
  return {
    ...concludeCheck([...known, ...ofValues], answer),
    requirements: requirementsOf(facts),
  };
}
