import {
  type ColdStart,
  type Measurement,
  type MeasurePlan,
  type MemoryUse,
  openSession,
  type Session,
  type SessionSettings,
  type ValueInfo,
} from '../runtime/index.ts';
import { medianOf } from './percentile.ts';

/** What one fresh process came to: its time to get ready, its timed runs, and what disturbed them. */
export interface ModelMeasurement extends Omit<Measurement, 'firstRunMs'> {
  /** Of this process, by nearest rank. Of several processes this is what may be compared. */
  readonly p50Ms: number;
  readonly coldStart: ColdStart & { readonly firstRunMs: number };
  readonly memory: MemoryUse;
}

/** How a session is opened; tests have their own. */
export type OpenSession = (path: string, settings: SessionSettings) => Promise<Session>;

/**
 * Measures a model in one fresh child process: cold start, warm-up, timed runs one after the other,
 * memory. Without `plan.fetches` all outputs are computed that the binding can give (tensors).
 *
 * @throws MlkitError as `openSession` and `Session.measure` do.
 */
export async function measureModel(
  path: string,
  plan: MeasurePlan,
  settings: SessionSettings = {},
  open: OpenSession = openSession,
): Promise<ModelMeasurement> {
  const [only] = await measureTogether(path, plan, settings, 1, open);
  return only;
}

/**
 * Measures a model in several processes that run at the same time, each with a session of its own and
 * one run after the other in it. The sessions are opened one after the other, then all begin at once.
 *
 * @param plan For each of them; with a fixed `runs` the slowest would end alone, so give `durationMs`.
 * @throws MlkitError as {@link measureModel}; the other processes are then ended.
 */
export async function measureTogether(
  path: string,
  plan: MeasurePlan,
  settings: SessionSettings,
  sessionCount: number,
  open: OpenSession = openSession,
): Promise<[ModelMeasurement, ...ModelMeasurement[]]> {
  const sessions: Session[] = [];
  try {
    while (sessions.length < sessionCount) sessions.push(await open(path, settings));
    const measurements = await Promise.all(sessions.map((each) => measureIn(each, plan)));
    const [first, ...rest] = measurements;
    if (first === undefined) throw new RangeError(`${sessionCount} sessions measure nothing`);
    return [first, ...rest];
  } finally {
    await Promise.all(sessions.map((each) => each.close()));
  }
}

async function measureIn(session: Session, plan: MeasurePlan): Promise<ModelMeasurement> {
  const fetches = plan.fetches ?? passableOutputs(session.outputs);
  const { firstRunMs, ...rest } = await session.measure({
    ...plan,
    ...(fetches.length > 0 && { fetches }),
  });
  return {
    ...rest,
    p50Ms: medianOf(rest.samplesMs),
    coldStart: { ...session.coldStart, firstRunMs },
    memory: await session.memory(),
  };
}

/** Outputs that are no tensors, or tensors of 4-bit elements, cannot leave the runtime. */
function passableOutputs(outputs: readonly ValueInfo[]): string[] {
  return outputs
    .filter(({ dtype }) => dtype !== null && dtype !== 'int4' && dtype !== 'uint4')
    .map(({ name }) => name);
}
