import { join } from 'node:path';
import { MlkitError } from '../../errors.ts';
import {
  compareModels,
  failureText,
  makeTemporaryFolder,
  openRunnable,
  type ParityResult,
  type ParitySettings,
  type ProfileName,
  type RunFailure,
  removeTemporaryFolder,
  runFailure,
  worstVerdict,
} from '../../parity/index.ts';
import { availableCores, type Feeds, type SessionSettings } from '../../runtime/index.ts';
import {
  axisNames,
  combinations,
  type MatrixAxes,
  type MatrixPoint,
  pointText,
  type WeightPrecision,
} from './axes.ts';
import { differingOutputs, RememberingRunnable } from './base.ts';
import { cellProfile } from './cell-profile.ts';
import { cellReasons } from './reasons.ts';
import type { MatrixCell, MatrixReport } from './report.ts';
import { type RoundedModel, roundWeights } from './round-weights.ts';

export interface MatrixSettings {
  readonly reference: string;
  /** Null: the reference itself, in other settings. */
  readonly candidate: string | null;
  readonly axes: MatrixAxes;
  /** Inputs of the reference, one entry a sample; they are taken once, and held. */
  readonly feeds: Iterable<Feeds> | AsyncIterable<Feeds>;
  /** Number of feeds where `feeds` does not tell it, for progress only. */
  readonly total?: number;
  /** `auto`: what fits the settings that differ, cell by cell. */
  readonly profile: ProfileName | 'auto';
  /** How outputs are compared. */
  readonly comparison?: Pick<
    ParitySettings,
    Exclude<keyof ParitySettings, 'reference' | 'candidate' | 'feeds' | 'total' | keyof Steering>
  >;
  /** Limits, and the values of axes that do not vary. */
  readonly session?: SessionSettings;
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: string, done: number, total: number | null) => void;
}

/** Settings of a comparison that belong to the matrix. */
type Steering = Pick<
  Required<ParitySettings>,
  'profile' | 'failures' | 'signal' | 'onProgress' | 'onSample'
>;

/**
 * Compares a model with itself, or a candidate with it, in all combinations of settings. The first
 * combination is the base, in which the reference runs; every other is a cell, compared with it on the
 * same inputs, and with a candidate the first is too. Two models are loaded at a time.
 *
 * @throws MlkitError USAGE where there is one combination only; INTERRUPTED before the first cell;
 *   PROVIDER_UNAVAILABLE for the base, and whatever reading the models and their data comes to.
 */
export async function validateMatrix(settings: MatrixSettings): Promise<MatrixReport> {
  const points = combinations(settings.axes, restOf(settings));
  const [base] = points;
  const cells = settings.candidate === null ? points.slice(1) : points;
  if (base === undefined || cells.length === 0) {
    throw new MlkitError('USAGE', '--matrix: there is one combination only, and none to compare', {
      hint: 'Give an axis two values or more, as in --matrix threads=1,2.',
    });
  }
  const copies = new Copies(settings);
  try {
    return await new Matrix(settings, base, copies).compare(cells);
  } finally {
    await copies.remove();
  }
}

function restOf({ session = {} }: MatrixSettings): MatrixPoint {
  const { provider = 'cpu', optimization = 'all', threads = availableCores() } = session;
  return { provider, optimization, threads, precision: 'float32' };
}

/** The models with rounded weights, each made when it is needed first. */
class Copies {
  readonly warnings = new Set<string>();
  readonly #settings: MatrixSettings;
  readonly #made = new Map<string, Promise<RoundedModel>>();
  #folder: string | null = null;

  constructor(settings: MatrixSettings) {
    this.#settings = settings;
  }

  /** Where the model is with weights of that precision. */
  async pathOf(model: 'reference' | 'candidate', precision: WeightPrecision): Promise<string> {
    const original = this.original(model);
    if (precision === 'float32') return original;
    const { signal } = this.#settings;
    this.#folder ??= await makeTemporaryFolder();
    const key = `${original}\n${precision}`;
    const folder = join(this.#folder, String(this.#made.size));
    const making =
      this.#made.get(key) ??
      roundWeights(original, precision, folder, signal === undefined ? {} : { signal });
    this.#made.set(key, making);
    const { path, warnings } = await making;
    for (const warning of warnings) this.warnings.add(warning);
    return path;
  }

  original(model: 'reference' | 'candidate'): string {
    const { reference, candidate } = this.#settings;
    return model === 'reference' ? reference : (candidate ?? reference);
  }

  async remove(): Promise<void> {
    if (this.#folder !== null) await removeTemporaryFolder(this.#folder);
  }
}

class Matrix {
  readonly #settings: MatrixSettings;
  readonly #base: MatrixPoint;
  readonly #copies: Copies;
  readonly #feeds: Feeds[] = [];
  readonly #warnings = new Set<string>();

  constructor(settings: MatrixSettings, base: MatrixPoint, copies: Copies) {
    this.#settings = settings;
    this.#base = base;
    this.#copies = copies;
  }

  async compare(points: readonly MatrixPoint[]): Promise<MatrixReport> {
    const path = await this.#copies.pathOf('reference', this.#base.precision);
    let base: RememberingRunnable;
    try {
      base = new RememberingRunnable(await openRunnable(path, this.#sessionOf(this.#base)));
    } catch (error) {
      return this.#without(error, { stage: 'load', sample: null });
    }
    try {
      let unrepeatable: readonly string[];
      try {
        unrepeatable = await this.#runBase(base);
      } catch (error) {
        return this.#without(error, { stage: 'run', sample: this.#feeds.length });
      }
      return await this.#fill(points, base, unrepeatable);
    } finally {
      await base.close();
    }
  }

  /** Runs all samples, the first one twice; returns the outputs that had other bits then. */
  async #runBase(base: RememberingRunnable): Promise<string[]> {
    const { feeds: source, onProgress, total = null } = this.#settings;
    let unrepeatable: string[] = [];
    for await (const feeds of source) {
      const outputs = await base.run(feeds);
      if (this.#feeds.length === 0) {
        unrepeatable = differingOutputs(outputs, await base.runAfresh(feeds));
      }
      this.#feeds.push(feeds);
      onProgress?.(`base (${this.#nameOf(this.#base)})`, this.#feeds.length, total);
    }
    return unrepeatable;
  }

  async #fill(
    points: readonly MatrixPoint[],
    base: RememberingRunnable,
    unrepeatable: readonly string[],
  ): Promise<MatrixReport> {
    const cells: MatrixCell[] = [];
    let isInterrupted = false;
    let done = 0;
    for (const [at, point] of points.entries()) {
      const step = `cell ${at + 1} of ${points.length} (${this.#nameOf(point)})`;
      try {
        const cell = await this.#cell(point, base, step);
        cells.push(cell);
        isInterrupted = !cell.isComplete && cell.failure === undefined && cell.isAvailable;
        if (!isInterrupted) done += 1;
      } catch (error) {
        const isEnd = error instanceof MlkitError && error.code === 'INTERRUPTED';
        if (!isEnd || cells.length === 0) throw error;
        isInterrupted = true;
      }
      if (isInterrupted) break;
    }
    const reasons = isInterrupted ? [`interrupted after ${done} of ${points.length} cells`] : [];
    const verdicts = cells.map((cell) => cell.verdict);
    if (unrepeatable.length > 0) this.#warnings.add(unrepeatableText(unrepeatable));
    return {
      base: this.#base,
      baseName: this.#nameOf(this.#base),
      varied: this.#varied(),
      samples: this.#feeds.length,
      unrepeatable,
      cells,
      verdict: worstVerdict(isInterrupted ? [...verdicts, 'inconclusive'] : verdicts),
      isComplete: !isInterrupted,
      reasons: [...reasons, ...cellReasons(cells).map((each) => each.text)],
      warnings: [...this.#copies.warnings, ...this.#warnings],
    };
  }

  async #cell(point: MatrixPoint, base: RememberingRunnable, step: string): Promise<MatrixCell> {
    const { reference, candidate, comparison, signal, onProgress } = this.#settings;
    const profile = await cellProfile(
      { reference, candidate: candidate ?? reference, profile: this.#settings.profile },
      [this.#base, point],
    );
    const frame = {
      settings: point,
      name: this.#nameOf(point),
      profile: profile.profile,
      profileReason: profile.reason,
    };
    const path = await this.#copies.pathOf('candidate', point.precision);
    const original = this.#copies.original('candidate');
    const differing = new Set<string>();
    try {
      const result = await compareModels({
        ...comparison,
        reference: {
          path: await this.#copies.pathOf('reference', this.#base.precision),
          settings: this.#sessionOf(this.#base),
          runnable: base,
        },
        candidate: { path, settings: this.#sessionOf(point) },
        feeds: this.#feeds,
        profile: profile.profile,
        failures: 'report',
        ...(signal && { signal }),
        onSample: (_, sample) => {
          const names = differingOutputs(sample.reference, sample.candidate, comparison?.match);
          for (const name of names) differing.add(name);
        },
        onProgress: (done, total) => onProgress?.(step, done, total),
      });
      for (const warning of result.warnings) this.#warnings.add(warning);
      return { ...frame, ...cellOf(result, differing, (text) => text.replaceAll(path, original)) };
    } catch (error) {
      if (!(error instanceof MlkitError) || error.code !== 'PROVIDER_UNAVAILABLE') throw error;
      return { ...frame, ...unavailable(error.message) };
    }
  }

  /** The report where the base cannot be run; throws the error where that is no result. */
  #without(error: unknown, place: Pick<RunFailure, 'stage' | 'sample'>): MatrixReport {
    if (this.#settings.signal?.aborted) {
      throw new MlkitError('INTERRUPTED', 'the comparison was interrupted');
    }
    const failure = runFailure(error, { side: 'reference', ...place });
    if (failure === null) throw error;
    return {
      base: this.#base,
      baseName: this.#nameOf(this.#base),
      varied: this.#varied(),
      samples: 0,
      unrepeatable: [],
      cells: [],
      verdict: 'inconclusive',
      isComplete: false,
      failure,
      reasons: [failureText(failure)],
      warnings: [...this.#copies.warnings],
    };
  }

  #sessionOf({ provider, optimization, threads }: MatrixPoint): SessionSettings {
    const { session = {}, signal } = this.#settings;
    return { ...session, provider, optimization, threads, ...(signal && { signal }) };
  }

  #varied(): MatrixReport['varied'] {
    return axisNames.filter((name) => this.#settings.axes[name].length > 1);
  }

  /** What sets a combination apart from the others. */
  #nameOf(point: MatrixPoint): string {
    const varied = this.#varied();
    return pointText(point, varied.length > 0 ? varied : axisNames);
  }
}

function cellOf(
  result: ParityResult,
  differing: ReadonlySet<string>,
  rename: (text: string) => string,
): Omit<MatrixCell, 'settings' | 'name' | 'profile' | 'profileReason'> {
  const { verdict, samples, isComplete, outputs, failure } = result;
  return {
    verdict,
    isAvailable: true,
    isComplete,
    samples,
    bitIdentical: samples === 0 ? null : differing.size === 0,
    outputs,
    ...(failure && { failure: { ...failure, message: rename(failure.message) } }),
    reasons: [
      ...result.reasons.map(rename),
      ...outputs.flatMap(({ name, reasons }) =>
        reasons.map((reason) => `output "${name}": ${reason}`),
      ),
    ],
  };
}

function unavailable(
  reason: string,
): Omit<MatrixCell, 'settings' | 'name' | 'profile' | 'profileReason'> {
  return {
    verdict: 'inconclusive',
    isAvailable: false,
    isComplete: false,
    samples: 0,
    bitIdentical: null,
    outputs: [],
    reasons: [reason],
  };
}

function unrepeatableText(outputs: readonly string[]): string {
  const names = outputs.map((name) => `"${name}"`).join(', ');
  return `the base gives other bits when it runs again on the same input (${names}), so that other bits in a cell need not be due to its settings`;
}
