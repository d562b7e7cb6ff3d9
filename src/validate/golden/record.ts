import { basename } from 'node:path';
import { MlkitError } from '../../errors.ts';
import { openRunnable } from '../../parity/index.ts';
import { availableCores } from '../../runtime/index.ts';
import type { ValidateConfig, ValidateServices } from '../config.ts';
import type { Subject } from '../open-subject.ts';
import { type Data, planData } from '../plan-data.ts';
import { sessionSettings } from '../session-settings.ts';
import type { Answer } from '../validate.ts';
import { type GoldenValues, saveGolden } from './save-golden.ts';

/** Records what a model gives for its inputs, to be compared with later. Nothing is decided. */
export async function recordGolden(
  { model }: Subject,
  config: ValidateConfig,
  services: ValidateServices,
): Promise<Answer> {
  const data = planData(model, config);
  const path = config.saveGolden ?? '';
  const session = await openRunnable(config.reference, sessionSettings(config, services));
  try {
    const saved = await saveGolden(
      path,
      {
        model,
        modelPath: config.reference,
        outputs: session.outputs,
        runtime: {
          provider: config.provider,
          optimization: config.optimization,
          threads: config.threads ?? availableCores(),
        },
        data: dataOf(config),
        force: config.force,
        ...(services.signal && { signal: services.signal }),
      },
      runs(session, data, services),
    );
    const { sets, missingOutputs } = saved.metadata;
    return {
      decidedBy: [],
      reasons: [],
      samples: sets,
      rows: data.plan.rows,
      inputs: data.plan.description,
      saved: { path, sets, sizeBytes: saved.sizeBytes },
      warnings: [
        ...data.notes({ samples: sets }),
        ...session.notes,
        ...missingOutputs.map(({ name, reason }) => `output "${name}" is not recorded: ${reason}`),
      ],
    };
  } finally {
    await session.close();
  }
}

async function* runs(
  session: Awaited<ReturnType<typeof openRunnable>>,
  { feeds, plan }: Data,
  { signal, onProgress }: ValidateServices,
): AsyncIterable<GoldenValues> {
  let done = 0;
  for (const inputs of feeds) {
    if (signal?.aborted) throw new MlkitError('INTERRUPTED', 'recording was interrupted');
    yield { inputs, outputs: await session.run(inputs) };
    done += 1;
    onProgress?.(`sample ${done}`, done, plan.feeds.length);
  }
}

function dataOf({ inputs, seed }: ValidateConfig): { description: string; seed: number | null } {
  return inputs.length === 0
    ? { description: 'seeded random inputs that fit the graph', seed }
    : { description: `files: ${inputs.map((each) => basename(each)).join(', ')}`, seed: null };
}
