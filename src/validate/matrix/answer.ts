import { statSync } from 'node:fs';
import { MlkitError } from '../../errors.ts';
import type { ValidateConfig, ValidateServices } from '../config.ts';
import type { Subject } from '../open-subject.ts';
import { planData } from '../plan-data.ts';
import { sessionSettings } from '../session-settings.ts';
import type { Answer } from '../validate.ts';
import { parseMatrix } from './axes.ts';
import { validateMatrix } from './compare-settings.ts';

/** Compares a model in several settings with itself, or a candidate with it. */
export async function answerMatrix(
  { model }: Subject,
  config: ValidateConfig,
  { signal, onProgress }: ValidateServices,
): Promise<Answer> {
  const axes = parseMatrix(config.matrix);
  if (config.threads !== null && axes.threads.length > 0) {
    throw new MlkitError('USAGE', '--matrix and --threads both say how many threads there are', {
      hint: 'Give them once.',
    });
  }
  const data = planData(model, config);
  const { candidate } = config;
  const matrix = await validateMatrix({
    reference: config.reference,
    candidate,
    axes,
    feeds: data.feeds,
    total: data.plan.feeds.length,
    profile: config.profile,
    comparison: {
      overrides: config.overrides,
      match: config.match,
      castIo: config.castIo,
      classGates: data.plan.rows > 0,
    },
    session: sessionSettings(config),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const { verdict, isComplete, failure, samples, reasons } = matrix;
  return {
    verdict,
    decidedBy: ['outputs'],
    reasons,
    ...(candidate !== null && {
      candidate: { path: candidate, sizeBytes: statSync(candidate).size },
    }),
    ...(!isComplete && failure === undefined && { isComplete }),
    ...(failure !== undefined && { failure }),
    samples,
    rows: data.plan.rows,
    inputs: data.plan.description,
    matrix,
    warnings: [...data.notes({ samples, isComplete }), ...matrix.warnings],
  };
}
