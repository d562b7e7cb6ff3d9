import { statSync } from 'node:fs';
import { MlkitError } from '../errors.ts';
import type { Model } from '../graph/index.ts';
import { type ModelMatch, matchModels, pairValues, type ValuePair } from '../matching/index.ts';
import { type OpenModel, openModel, throwIfAborted } from '../onnx/index.ts';
import { inferTypes } from '../ops/index.ts';
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
import { findDivergence } from './find-divergence.ts';
import { ModelCopy } from './model-copy.ts';
import { readValues } from './read-values.ts';
import type { TraceReport } from './report.ts';
import { scratchFolder } from './scratch-folder.ts';
import type { TraceSettings } from './trace-settings.ts';
import type { ModelInputs, SideFeeds, TracedSide } from './traced-side.ts';
import { ValueComparison, type ValueError } from './value-comparison.ts';

const defaultSamples = 2;
const defaultChunkBytes = 64 * 1024 * 1024;

/** Of values that could not be compared, so many are named. */
const mostNames = 3;

/**
 * Runs two models and compares their intermediate values in the order in which the reference makes
 * them; names the node that the difference begins at, and what makes the outputs differ: the graph,
 * the optimizer or the provider. Both run as they are written, without optimization, so that one
 * value is one computation; one file with two optimization levels runs at these.
 *
 * Intermediate values become outputs of temporary copies, chunk by chunk, and the models run one
 * after the other. Memory: one model in the runtime's process and the values of a chunk. On disk
 * there is a copy of both, and the values of a chunk, until it ends.
 *
 * @throws MlkitError when a model cannot be read or run, or is in ORT format, when the candidate
 *   cannot be fed with the reference's inputs, or there is no sample.
 */
export async function traceModels(settings: TraceSettings): Promise<TraceReport> {
  await using scratch = await scratchFolder();
  const samples = await takeSamples(settings);
  const opened: OpenModel[] = [];
  try {
    for (const { path } of [settings.reference, settings.candidate]) opened.push(openModel(path));
    const [reference, candidate] = await makeSides(settings, opened, samples, scratch.path);
    return await new Trace(settings, samples, scratch.path, reference, candidate).run();
  } finally {
    for (const open of opened) open.close();
  }
}

async function takeSamples({ feeds, samples = defaultSamples }: TraceSettings): Promise<Feeds[]> {
  const taken: Feeds[] = [];
  for await (const each of feeds) {
    if (taken.length < samples) taken.push(each);
    if (taken.length >= samples) break;
  }
  if (taken.length > 0) return taken;
  throw new MlkitError('INPUT_DATA', 'there is no sample to trace the models with', {
    hint: 'Give --data with at least one row, or leave it out for random inputs.',
  });
}

/** Copies of both models, of one file one. */
async function makeSides(
  settings: TraceSettings,
  opened: readonly OpenModel[],
  samples: readonly Feeds[],
  folder: string,
): Promise<[TracedSide, TracedSide]> {
  const { signal, onProgress } = settings;
  const copies = new Map<string, ModelCopy>();
  const sides: TracedSide[] = [];
  for (const [at, name] of (['reference', 'candidate'] as const).entries()) {
    const { path, settings: asked = {} } = settings[name];
    onProgress?.('copying the models', at, 2);
    const key = identityOf(path);
    const copy = copies.get(key) ?? (await ModelCopy.make(path, folder, name, signal));
    copies.set(key, copy);
    const { model } = opened[at] as OpenModel;
    const inference = inferTypes(model, { shapes: shapesOf(model, samples, settings) });
    sides.push({ path, model, copy, inference, settings: sessionSettings(asked, signal) });
  }
  return sides as [TracedSide, TracedSide];
}

function identityOf(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev} ${ino}`;
}

/** Sizes of the first sample, for inputs of that name, or in that place. */
function shapesOf(
  { graph }: Model,
  [first = new Map()]: readonly Feeds[],
  { match }: TraceSettings,
): Map<string, readonly number[]> {
  const given = [...first.values()];
  const inputs = graph.inputs.filter((each) => each.initializer === null);
  const shapes = new Map<string, readonly number[]>();
  for (const [at, { name }] of inputs.entries()) {
    const tensor = first.get(name) ?? (match === 'position' ? given[at] : undefined);
    if (isTensor(tensor)) shapes.set(name, tensor.dims);
  }
  return shapes;
}

function sessionSettings(asked: SessionSettings, signal: AbortSignal | undefined): SessionSettings {
  const { optimizedModelPath: _, optimizedModelFormat: __, profilePrefix: ___, ...kept } = asked;
  return { ...kept, ...(signal && { signal }) };
}

class Trace {
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
    const { signal, onProgress, match = 'name', chunkBytes = defaultChunkBytes } = this.#settings;
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
    const { compared, failed } = await compareChunks(pairs, {
      ...common,
      settings: this.#isSameFileOptimized() ? asAsked(common) : measured.plain,
      chunkBytes,
      onProgress: (done, total) => onProgress?.('comparing values', done, total),
    });
    const reading = readValues(pairs, compared, this.#inputErrors(found), found, this.#gates);
    this.#warnFailed(failed);
    return {
      samples: this.#samples.length,
      values: reading.values.map((value) => value.traced),
      unpaired: countValues(found) - new Set(reading.values.map((v) => v.pair.reference)).size,
      firstDivergence: findDivergence(reading.values, found, this.#gates),
      sources: measured.sources,
      gains: null,
      repro: null,
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

  /** Values to compare: what nodes make of the inputs, without what is drawn by chance. */
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
    return pairs.filter((pair) => pair.reference.producer !== null && !isRandom(pair));
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
