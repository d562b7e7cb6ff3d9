import { openRunnable } from '../../parity/index.ts';
import type { ValidateConfig, ValidateServices } from '../config.ts';
import type { Subject } from '../open-subject.ts';
import { labelNote, planData, rowsOf } from '../plan-data.ts';
import { sessionSettings } from '../session-settings.ts';
import type { Answer } from '../validate.ts';
import { scoreLabels } from './label-scoring.ts';
import { readLabels } from './labels.ts';

/** How often one model is right, or how far from the labels it is. Nothing is decided. */
export async function answerAccuracy(
  { model }: Subject,
  config: ValidateConfig,
  services: ValidateServices,
): Promise<Answer> {
  const labels = readLabels(config.labels ?? '', config.inputs, config.task);
  const data = planData(model, config);
  const { plan } = data;
  const scoring = scoreLabels(labels, { topK: config.topK, output: config.labelOutput });
  const session = await openRunnable(config.reference, sessionSettings(config, services));
  let samples = 0;
  try {
    const keys = new Map(session.outputs.map((output) => [output.name, output.keys]));
    for (const [at, feeds] of plan.feeds.entries()) {
      scoring.add(
        'reference',
        { outputs: await session.run(feeds), keys },
        plan.rowsPerFeed[at] ?? 1,
      );
      samples += 1;
      services.onProgress?.(`sample ${samples}`, samples, plan.feeds.length);
    }
  } catch (error) {
    if (samples === 0 || services.signal?.aborted !== true) throw error;
  } finally {
    await session.close();
  }
  const accuracy = scoring.finish();
  const isComplete = samples === plan.feeds.length;
  const end = `interrupted after ${samples} of ${plan.feeds.length} samples`;
  return {
    decidedBy: [],
    reasons: isComplete ? [] : [end],
    ...(!isComplete && { isComplete }),
    samples,
    rows: rowsOf(plan, samples),
    inputs: plan.description,
    accuracy,
    warnings: [
      ...(isComplete ? [] : [`${end}: the accuracy is that of the rows until then`]),
      ...data.notes({ samples, isComplete }),
      ...labelNote(plan, labels, config),
      ...accuracy.warnings,
    ],
  };
}
