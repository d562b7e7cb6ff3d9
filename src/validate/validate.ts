import { toolInfo } from '../report/index.ts';
import { modeOf } from './check-config.ts';
import type { ValidateConfig, ValidateServices } from './config.ts';
import { openSubject, type Subject } from './open-subject.ts';
import { refuseIdleLimits } from './refuse-idle-limits.ts';
import type { ValidateReport } from './report.ts';

/** What the modes fill in. */
export type Answer = Omit<ValidateReport, 'schema' | 'kind' | 'tool' | 'model' | 'config'>;

/** Answers one kind of question about an opened model. */
export type Answerer = (
  subject: Subject,
  config: ValidateConfig,
  services: ValidateServices,
) => Promise<Answer>;

/** What answers each kind of question; loaded when it is asked. */
const answerers: Readonly<Record<ReturnType<typeof modeOf>, () => Promise<Answerer>>> = {
  golden: async () => (await import('./golden/answer.ts')).answerGolden,
  record: async () => (await import('./golden/record.ts')).recordGolden,
  matrix: async () => (await import('./matrix/answer.ts')).answerMatrix,
  pair: async () => (await import('./pair/answer.ts')).answerPair,
  accuracy: async () => (await import('./accuracy/answer.ts')).answerAccuracy,
};

/**
 * Answers whether two models compute the same, whether a model gives what was recorded or gives the
 * same in other settings, or how often models are right, by what the config names. Models run in
 * processes of their own; one that ends its process is a result.
 *
 * @throws MlkitError USAGE when the config asks for nothing or for too much, and whatever reading
 *   the models and their data comes to.
 */
export async function validate(
  config: ValidateConfig,
  services: ValidateServices = {},
): Promise<ValidateReport> {
  const mode = modeOf(config);
  const subject = await openSubject(config.reference);
  try {
    refuseIdleLimits(
      config,
      subject.model.graph.outputs.map((value) => value.name),
    );
    const answer = await (await answerers[mode]())(subject, config, services);
    return {
      schema: 1,
      kind: 'validate',
      tool: toolInfo(),
      model: { path: config.reference, sizeBytes: subject.sizeBytes },
      config: configJson(config),
      ...answer,
    };
  } finally {
    subject.close();
  }
}

function configJson(config: ValidateConfig): Readonly<Record<string, unknown>> {
  const { reference: _, ...rest } = config;
  return {
    ...rest,
    dims: Object.fromEntries(config.dims),
    shapes: Object.fromEntries(config.shapes),
  };
}
