import { MlkitError } from '../errors.ts';
import { type ModelMatch, matchModels, pairValues, type ValuePair } from '../matching/index.ts';
import { openModel, throwIfAborted } from '../onnx/index.ts';
import {
  type Gates,
  type InputPlan,
  planInputs,
  profiles,
  randomOutputs,
} from '../parity/index.ts';
import type { Feeds, SessionSettings } from '../runtime/index.ts';
import { isTensor } from '../tensor/index.ts';
import { compareChunks } from './compare-chunks.ts';
import { measureSources } from './error-sources.ts';
import { findDivergence, type ReadValue } from './find-divergence.ts';
import { readValues } from './read-values.ts';
import type { FloatGains, Repro, TraceReport } from './report.ts';
import type { TraceSettings } from './trace-settings.ts';
import type { ModelInputs, SideFeeds, TracedSide } from './traced-side.ts';
import { ValueComparison, type ValueError } from './value-comparison.ts';

/** Of values that could not be compared, so many are named. */
const mostNames = 3;

/** One trace of two models that are open and copied; see `traceModels`. */
export class TraceRun {
  readonly #settings: TraceSettings;
  readonly #samples: readonly Feeds[];
  readonly #folder: string;
  readonly #reference: TracedSide;
  readonly #candidate: TracedSide;
  readonly #gates: Gates;
  readonly #warnings: string[] = [];
  #referenceInputs: ModelInputs = [];
  #plan: InputPlan | null = null;

  constructor(
    settings: TraceSettings,
    samples: readonly Feeds[],
    folder: string,
    reference: TracedSide,
    candidate: TracedSide,
  ) {
    this.#settings = settings;
    this.#samples = samples;
    this.#folder = folder;
    this.#reference = reference;
    this.#candidate = candidate;
    const { profile } = settings;
    this.#gates = typeof profile === 'string' ? profiles[profile] : profile;
  }

  async run(): Promise<TraceReport> {
    const { signal, onProgress, match = 'name', chunkBytes = null } = this.#settings;
    const [reference, candidate] = [this.#reference, this.#candidate];
    const feeds: SideFeeds = {
      reference: (inputs) => this.#feedReference(inputs),
      candidate: (inputs) => this.#feedCandidate(inputs),
    };
    const common = { reference, candidate, feeds, gates: this.#gates, folder: this.#folder };
    const onStep = (step: string): void => onProgress?.(step, 0, null);
    const measured =
      this.#settings.withSources === false
        ? { sources: [], plain: unoptimized(common), warnings: [] }
        : await measureSources({ ...common, match, onStep });
    throwIfAborted(signal);
    const found = matchModels(reference.model, candidate.model, {
      byPosition: match === 'position',
      readWeights: true,
    });
    const pairs = this.#pairs(found);
    const made = pairs.filter((pair) => pair.reference.producer !== null);
    const { compared, failed } = await compareChunks(made, {
      ...common,
      settings: this.#isSameFileOptimized() ? asAsked(common) : measured.plain,
      chunkBytes,
      onProgress: (done, total) => onProgress?.('comparing values', done, total),
    });
    const reading = readValues(made, compared, this.#inputErrors(found), found, this.#gates);
    this.#warnFailed(failed);
    const divergence = findDivergence(reading.values, found, this.#gates);
    const kept = pairs.filter((pair) => !reading.misfits.has(pair));
    return {
      samples: this.#samples.length,
      values: reading.values.map((value) => value.traced),
      unpaired: countValues(found) - new Set(reading.values.map((v) => v.pair.reference)).size,
      firstDivergence: divergence,
      sources: measured.sources,
      gains: divergence === null ? null : await this.#gains(kept),
      repro: await this.#extract(
        kept,
        reading.values.find((value) => value.traced === divergence?.value),
      ),
      warnings: [...(this.#plan?.warnings ?? []), ...measured.warnings, ...this.#warnings],
    };
  }

  #feedReference(inputs: ModelInputs): readonly Feeds[] {
    this.#referenceInputs = inputs;
    return this.#samples;
  }

  #feedCandidate(inputs: ModelInputs): readonly Feeds[] {
    const { match = 'name', castIo = false, candidate } = this.#settings;
    const options = { match, castIo, candidatePath: candidate.path };
    const plan = (this.#plan ??= planInputs(this.#referenceInputs, inputs, options));
    return this.#samples.map((feeds) => plan.translate(feeds));
  }

  /** One file at two optimization levels: what is asked about is what the levels do. */
  #isSameFileOptimized(): boolean {
    const { copy, settings } = this.#reference;
    const other = this.#candidate;
    return (
      copy === other.copy &&
      (settings.optimization ?? 'all') !== (other.settings.optimization ?? 'all')
    );
  }

  /** Values that should be the same, inputs included; not what is drawn by chance. */
  #pairs(found: ModelMatch): ValuePair[] {
    const { match = 'name' } = this.#settings;
    const types = { reference: this.#reference.inference, candidate: this.#candidate.inference };
    const pairs = pairValues(this.#reference.model, this.#candidate.model, { match, types, found });
    const random = [randomValues(this.#reference), randomValues(this.#candidate)];
    const isRandom = ({ reference, candidate }: ValuePair): boolean =>
      random[0]?.has(reference.name) === true || random[1]?.has(candidate.name) === true;
    const drawn = pairs.filter(isRandom);
    if (drawn.length > 0) {
      const names = namesOf(drawn);
      this.#warnings.push(`values that depend on random numbers were not compared: ${names}`);
    }
    return pairs.filter((pair) => !isRandom(pair));
  }

  /** Inputs that the candidate is given in another type, and what that alone makes of them. */
  #inputErrors({ inputs }: ModelMatch): Map<ValuePair, ValueError> {
    const errors = new Map<ValuePair, ValueError>();
    const plan = this.#plan;
    if (this.#settings.castIo !== true || plan === null) return errors;
    for (const { before, after } of inputs.pairs) {
      const comparison = new ValueComparison(before.name, this.#gates);
      for (const feeds of this.#samples) {
        const [given, fed] = [feeds.get(before.name), plan.translate(feeds).get(after.name)];
        if (isTensor(given) && isTensor(fed)) comparison.add(given, fed);
      }
      const error = comparison.finish();
      if (error.differs) errors.set({ reference: before, candidate: after, by: 'name' }, error);
    }
    return errors;
  }

  /** What a quantized candidate wins where nodes stay in float. */
  async #gains(pairs: readonly ValuePair[]): Promise<FloatGains | null> {
    const { signal, onProgress, profile, withGains = true } = this.#settings;
    if (!withGains) return null;
    const { measureFloatGains } = await import('./gains/float-gains.ts');
    try {
      return await measureFloatGains({
        reference: this.#reference,
        candidate: this.#candidate,
        pairs,
        feeds: this.#samples,
        ...(typeof profile === 'string' && { profile }),
        ...(signal && { signal }),
        onProgress: (done, total) => onProgress?.('nodes in float', done, total),
      });
    } catch (error) {
      // What the trace has found is worth more than what would come on top.
      if (!(error instanceof MlkitError) || error.code === 'INTERRUPTED') throw error;
      this.#warnings.push(`what nodes win in float could not be measured: ${error.message}`);
      return null;
    }
  }

  /** Writes the smallest part that shows the difference, if that was asked for. */
  async #extract(
    pairs: readonly ValuePair[],
    target: ReadValue | undefined,
  ): Promise<Repro | null> {
    const { signal, onProgress, profile, extract = null } = this.#settings;
    const [feeds] = this.#samples;
    if (extract === null || feeds === undefined) return null;
    if (target === undefined) {
      this.#warnings.push(`nothing differs, so ${extract} was not written`);
      return null;
    }
    onProgress?.('extracting', 0, null);
    const { extractRepro } = await import('./extract/extract-repro.ts');
    const { repro, warnings } = await extractRepro({
      reference: this.#reference,
      candidate: this.#candidate,
      target: target.pair,
      whole: target.traced,
      pairs,
      feeds,
      output: extract,
      ...(typeof profile === 'string' && { profile, flags: ['--profile', profile] }),
      ...(signal && { signal }),
    });
    this.#warnings.push(...warnings);
    return repro;
  }

  #warnFailed(failed: ReadonlyMap<ValuePair, string>): void {
    const byReason = new Map<string, ValuePair[]>();
    for (const [pair, reason] of failed) {
      const same = byReason.get(reason);
      if (same === undefined) byReason.set(reason, [pair]);
      else same.push(pair);
    }
    for (const [reason, pairs] of byReason) {
      this.#warnings.push(`not compared: ${namesOf(pairs)}: ${reason}`);
    }
  }
}

interface Sides<Part> {
  readonly reference: Part;
  readonly candidate: Part;
}

function asAsked({ reference, candidate }: Sides<TracedSide>): Sides<SessionSettings> {
  return { reference: reference.settings, candidate: candidate.settings };
}

function unoptimized(sides: Sides<TracedSide>): Sides<SessionSettings> {
  const { reference, candidate } = asAsked(sides);
  return {
    reference: { ...reference, optimization: 'disabled' },
    candidate: { ...candidate, optimization: 'disabled' },
  };
}

/** Values that depend on random numbers, by name. */
function randomValues({ path }: TracedSide): ReadonlySet<string> {
  const open = openModel(path);
  try {
    const { graph } = open.model;
    for (const node of graph.nodes) {
      for (const output of node.outputs) if (output !== null) graph.addOutput(output);
    }
    return new Set(randomOutputs(open.model, { seeded: false }).keys());
  } finally {
    open.close();
  }
}

/** Values that nodes of the reference make, constants left out. */
function countValues({ before }: ModelMatch): number {
  const nodes = before.nodes(before.model.graph);
  return nodes.reduce(
    (count, { outputs }) => count + outputs.filter((each) => each !== null).length,
    0,
  );
}

function namesOf(pairs: readonly ValuePair[]): string {
  const names = pairs.map((pair) => `"${pair.reference.name}"`);
  const more = names.length - mostNames;
  return names.slice(0, mostNames).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
