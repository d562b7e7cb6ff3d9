import type { OpenSession } from '../../src/measure/index.ts';
import type { MeasurePlan, Session } from '../../src/runtime/index.ts';

export interface FakeModel {
  /** Time of run `run` of process number `process` (both from 0). */
  readonly sampleMs: (process: number, run: number) => number;
  readonly outputs?: Session['outputs'];
  /** Thrown by measure in this process. */
  readonly failsIn?: { readonly process: number; readonly error: Error };
}

export interface FakeRuntime {
  readonly open: OpenSession;
  /** Paths in the order in which they were opened. */
  readonly opened: string[];
  readonly plans: MeasurePlan[];
  /** Sessions that are not closed. */
  readonly openNow: () => number;
  /** The most sessions that measured at the same time. */
  readonly together: () => number;
}

/** A runtime without processes or clocks: each session measures what the model says. */
export function fakeRuntime(models: Readonly<Record<string, FakeModel>>): FakeRuntime {
  const opened: string[] = [];
  const plans: MeasurePlan[] = [];
  const processes = new Map<string, number>();
  let openNow = 0;
  let measuring = 0;
  let together = 0;
  const open: OpenSession = async (path) => {
    const model = models[path];
    if (model === undefined) throw new Error(`no fake ${path}`);
    const number = processes.get(path) ?? 0;
    processes.set(path, number + 1);
    opened.push(path);
    openNow += 1;
    let isClosed = false;
    await Promise.resolve();
    return {
      inputs: [],
      outputs: model.outputs ?? [{ name: 'y', isTensor: true, dtype: 'float32', shape: [1] }],
      coldStart: { importMs: 10 + number, createMs: 20 + number },
      run: () => Promise.reject(new Error('not asked for')),
      async measure(plan) {
        plans.push(plan);
        measuring += 1;
        together = Math.max(together, measuring);
        await new Promise((resolve) => setImmediate(resolve));
        measuring -= 1;
        if (model.failsIn?.process === number) throw model.failsIn.error;
        const runs = plan.runs ?? 10;
        const samplesMs = Float64Array.from({ length: runs }, (_, run) =>
          model.sampleMs(number, run),
        );
        plan.onProgress?.(runs, plan.runs ?? null);
        return {
          samplesMs,
          firstRunMs: 30 + number,
          warmupRuns: 3,
          warmupMs: 3,
          settled: true,
          wallMs: samplesMs.reduce((sum, each) => sum + each, 0),
          runQueueWaitMs: 0,
          involuntaryContextSwitches: 0,
          gcCount: 0,
          gcMs: 0,
          endedBy: 'runs',
        };
      },
      memory: () =>
        Promise.resolve({
          peakBytes: 1000 + number,
          currentBytes: 900,
          afterImportBytes: 500,
          afterCreateBytes: 700,
        }),
      stderr: () => '',
      close() {
        if (!isClosed) openNow -= 1;
        isClosed = true;
        return Promise.resolve();
      },
    };
  };
  return { open, opened, plans, openNow: () => openNow, together: () => together };
}
