import type { OpenModel } from '../onnx/index.ts';
import type { RuntimeRelease } from '../schemas/index.ts';
import { skeletonVerdict } from '../staging/index.ts';
import { type Conclusion, concludeCheck, type RuntimeAnswer } from './conclude.ts';
import { GraphFacts } from './graph-facts.ts';
import { ModelFacts } from './model-facts.ts';
import { renameFindings } from './rename-file.ts';
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
  /** What messages call the model, such as a path as somebody gave it; default: its path. */
  readonly name?: string;
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
  const { runtime, values, target, signal, onProgress, name = open.path } = settings;
  // The runtime loads the model in a process of its own, beside what follows.
  const asking = runtime ? await startAsking(open, settings) : null;
  const facts = new GraphFacts(new ModelFacts(open, { measureAll: true }));
  const known = runThoroughChecks(facts, { target });
  const services = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const ofValues = values ? await checkValues(facts.facts, services) : [];
  const answer = asking && (await asking.answer);
  const { check, findings } = concludeCheck([...known, ...ofValues], answer);
  return {
    check,
    findings: renameFindings(findings, open.path, name),
    requirements: requirementsOf(facts),
  };
}

/** Asks the runtime, and goes on as soon as it has the question. */
async function startAsking(
  open: OpenModel,
  { signal }: ModelCheckSettings,
): Promise<{ readonly answer: Promise<RuntimeAnswer> }> {
  return new Promise((resolve) => {
    const go = (): void => resolve({ answer });
    const answer = skeletonVerdict(open, { ...(signal && { signal }), onAsked: go });
    answer.then(go, go);
  });
}
