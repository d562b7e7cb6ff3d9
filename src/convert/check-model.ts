import { ModelFacts, runChecks, specVerdict } from '../checks/index.ts';
import { MlkitError } from '../errors.ts';
import { openModel } from '../onnx/index.ts';
import { countBySeverity, type Finding, toolInfo } from '../report/index.ts';
import { openSession } from '../runtime/index.ts';
import { type ConvertCheckReport, opsetsOf } from './report.ts';

export interface CheckSettings {
  /** Whether the runtime loads the model too. */
  readonly runtime: boolean;
  /** What reports call the model; default: its path. */
  readonly name?: string;
  readonly signal?: AbortSignal;
}

/**
 * Checks a model for everything that is known to be wrong with models, and whether the runtime loads
 * it. The verdict fails for findings of error level; that the runtime lacks something which the model
 * may have is a warning.
 *
 * @throws MlkitError when the file cannot be read as a model.
 */
export async function checkModel(
  path: string,
  settings: CheckSettings,
): Promise<ConvertCheckReport> {
  const open = openModel(path);
  const { model, sizeBytes } = open;
  try {
    const known = runChecks(new ModelFacts(open, { measureAll: true }));
    const problem = settings.runtime ? await loadProblem(path, settings.signal) : null;
    const findings = problem === null ? known : [...known, problem];
    const loads = problem === null ? 'loads' : 'rejects';
    return {
      schema: 1,
      kind: 'convert',
      tool: toolInfo(),
      model: { path: settings.name ?? path, sizeBytes },
      config: { check: true, runtime: settings.runtime },
      verdict: countBySeverity(findings).error === 0 ? 'pass' : 'fail',
      irVersion: model.irVersion,
      opsets: opsetsOf(model),
      check: {
        spec: specVerdict(known),
        runtime: settings.runtime ? loads : 'unknown',
        run: 'unknown',
      },
      findings,
    };
  } finally {
    open.close();
  }
}

/** Errors of loading that are the model's own fault, whatever loads it. */
const modelFaults: ReadonlySet<string> = new Set([
  'MODEL_INVALID',
  'MODEL_MALFORMED',
  'EXTERNAL_DATA',
  'EXTERNAL_PATH',
]);

async function loadProblem(path: string, signal: AbortSignal | undefined): Promise<Finding | null> {
  try {
    const session = await openSession(path, {
      threads: 1,
      optimization: 'disabled',
      ...(signal !== undefined && { signal }),
    });
    await session.close();
    return null;
  } catch (error) {
    if (!(error instanceof MlkitError) || error.code === 'INTERRUPTED') throw error;
    return {
      code: 'runtime-rejects',
      severity: modelFaults.has(error.code) ? 'error' : 'warning',
      at: {},
      message: error.message,
      fix: error.hint,
      runtime: 'rejects',
    };
  }
}
