import { checkOpenModel, type ModelCheckSettings } from '../checks/index.ts';
import { openModel } from '../onnx/index.ts';
import { countBySeverity, toolInfo } from '../report/index.ts';
import { type ConvertCheckReport, opsetsOf } from './report.ts';

/**
 * Checks a model for everything that is known to be wrong with models, and whether the runtime loads
 * it. The verdict fails for findings of error level; that the runtime lacks something which the model
 * may have is a warning.
 *
 * @throws MlkitError when the file cannot be read as a model.
 */
export async function checkModel(
  path: string,
  settings: ModelCheckSettings,
): Promise<ConvertCheckReport> {
  const open = openModel(path);
  const { model, sizeBytes } = open;
  const { runtime, values, target, name = path } = settings;
  try {
    const { check, findings, requirements } = await checkOpenModel(open, settings);
    return {
      schema: 1,
      kind: 'convert',
      tool: toolInfo(),
      model: { path: name, sizeBytes },
      config: { check: true, runtime, weights: values, target: target?.version ?? null },
      verdict: countBySeverity(findings).error === 0 ? 'pass' : 'fail',
      irVersion: model.irVersion,
      opsets: opsetsOf(model),
      check,
      requirements,
      findings,
    };
  } finally {
    open.close();
  }
}
