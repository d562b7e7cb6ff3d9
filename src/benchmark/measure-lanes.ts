import { interleave, measureTogether, medianOf, type OpenSession } from '../measure/index.ts';
import type { SessionSettings } from '../runtime/index.ts';
import { type BenchmarkConfig, type Configuration, configurationText } from './config.ts';
import { type Effort, planProcess } from './effort.ts';
import type { BatchData } from './plan-data.ts';
import type { Subject } from './subject.ts';
import type { Round } from './summarize-result.ts';

/** What the feature needs from outside; everything may be left out. */
export interface BenchmarkServices {
  readonly signal?: AbortSignal;
  readonly progress?: BenchmarkProgress;
  readonly open?: OpenSession;
}

export interface BenchmarkProgress {
  start(label: string, total?: number): void;
  update(done: number, text?: string): void;
}

/** One model in one configuration: what is run, and what has come of it so far. */
export interface Lane {
  readonly subject: Subject;
  readonly configuration: Configuration;
  readonly data: BatchData;
  /** For the progress, where there are two models. */
  readonly name: string;
  readonly rounds: Round[];
}

export interface MeasureLanes {
  readonly lanes: readonly Lane[];
  readonly config: BenchmarkConfig;
  readonly effort: Effort;
  /** Asked at each look but the last: whether more rounds would change nothing. */
  readonly isDecided: () => boolean;
}

/** Measures all lanes in turns, each process a fresh one, into their `rounds`. */
export async function measureLanes(
  { lanes, config, effort, isDecided }: MeasureLanes,
  { signal, progress, open }: BenchmarkServices,
): Promise<void> {
  const begin = performance.now();
  const { looks, maxTimeMs } = effort;
  const leftMs = (): number | null =>
    maxTimeMs === null ? null : Math.max(begin + maxTimeMs - performance.now(), 0);
  let done = 0;
  const task = (lane: Lane) => async (round: number) => {
    const rounds = looks.find((look) => round < look) ?? round + 1;
    const total = rounds * lanes.length;
    if (done === 0 || looks.includes(done / lanes.length)) {
      progress?.start(done === 0 ? 'measuring' : 'not decided yet: measuring on', total);
    }
    const { configuration } = lane;
    progress?.update(
      done,
      `${lane.name}${configurationText(configuration)}: process ${round + 1} of ${rounds}`,
    );
    const left = leftMs();
    const plan = planProcess(effort, {
      feeds: lane.data.feeds,
      round,
      rounds,
      ...progressOf(lane),
      // The time asked for is shared out; a default limit only ends the rounds.
      budgetMs: left === null || config.maxTimeMs === null ? null : left / (total - done),
    });
    const settings: SessionSettings = {
      provider: configuration.provider,
      threads: configuration.threads,
      optimization: config.optimization,
      ...(signal !== undefined && { signal }),
    };
    const { path } = lane.subject;
    lane.rounds.push(await measureTogether(path, plan, settings, configuration.concurrency, open));
    done += 1;
  };
  await interleave(lanes.map(task), {
    rounds: looks.at(-1) ?? 1,
    seed: config.seed,
    isEnough: (rounds) => {
      const isLate = leftMs() === 0 && (effort.cutsShort || rounds >= (looks[0] ?? 0));
      return isLate || (looks.includes(rounds) && isDecided());
    },
  });
}

function progressOf({ rounds }: Lane): { samplesSoFar: number; runMs: number } {
  const all = rounds.flat();
  return {
    samplesSoFar: all.reduce((sum, { samplesMs }) => sum + samplesMs.length, 0),
    runMs: all.length === 0 ? 0 : medianOf(all.map(({ p50Ms }) => p50Ms)),
  };
}
