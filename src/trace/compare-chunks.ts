import { join } from 'node:path';
import { type ErrorCode, MlkitError } from '../errors.ts';
import type { ValuePair } from '../matching/index.ts';
import type { Gates } from '../parity/index.ts';
import type { SessionSettings } from '../runtime/index.ts';
import { isTensor, type Tensor, type TensorValue } from '../tensor/index.ts';
import type { Probe } from './model-copy.ts';
import { type KnownValue, knownValue, planChunks, suitableChunkBytes } from './plan-chunks.ts';
import { SpillFile } from './spill-file.ts';
import { runPart, type SideFeeds, type TracedSide } from './traced-side.ts';
import { ValueComparison } from './value-comparison.ts';

export interface ChunkSettings {
  readonly reference: TracedSide;
  readonly candidate: TracedSide;
  readonly settings: { readonly reference: SessionSettings; readonly candidate: SessionSettings };
  readonly feeds: SideFeeds;
  readonly gates: Gates;
  /** Null: what suits the values. */
  readonly chunkBytes: number | null;
  /** Where temporary files go. */
  readonly folder: string;
  readonly onProgress: (done: number, total: number) => void;
}

/** What came of comparing values. */
export interface ComparedChunks {
  readonly compared: ReadonlyMap<ValuePair, ValueComparison>;
  /** Why others could not be compared. */
  readonly failed: ReadonlyMap<ValuePair, string>;
}

/** Errors that one value may be the cause of. */
const ofOneValue: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RUNTIME_LOAD',
  'RUNTIME_RUN',
  'RUNTIME_CRASHED',
  'RUNTIME_MEMORY',
  'MODEL_UNSUPPORTED',
  'MODEL_INVALID',
]);

/** After so many values that cannot be had, no more is tried of what fails. */
const mostFailures = 16;

/**
 * Compares values of two models, chunk by chunk: the values of a chunk become outputs of a temporary
 * copy of the reference, which is run and closed; what it gave waits in a file while the same is done
 * with the candidate. Memory: one model, and the values of a chunk. A chunk that cannot be run is
 * halved until what is in the way is alone.
 */
export async function compareChunks(
  pairs: readonly ValuePair[],
  settings: ChunkSettings,
): Promise<ComparedChunks> {
  const spill = new SpillFile(join(settings.folder, 'values'));
  try {
    const run = new ChunkRun(settings, spill);
    await run.run(pairs);
    return run;
  } finally {
    spill.close();
  }
}

class ChunkRun implements ComparedChunks {
  readonly compared = new Map<ValuePair, ValueComparison>();
  readonly failed = new Map<ValuePair, string>();
  readonly #settings: ChunkSettings;
  readonly #spill: SpillFile;
  readonly #known = new Map<ValuePair, { reference: KnownValue; candidate: KnownValue }>();
  #failures = 0;
  #total = 0;

  constructor(settings: ChunkSettings, spill: SpillFile) {
    this.#settings = settings;
    this.#spill = spill;
  }

  async run(pairs: readonly ValuePair[]): Promise<void> {
    const { reference, candidate } = this.#settings;
    for (const pair of pairs) {
      const known = {
        reference: knownValue(pair.reference, reference.inference),
        candidate: knownValue(pair.candidate, candidate.inference),
      };
      const reason = known.reference.unpassable ?? known.candidate.unpassable;
      if (reason === null) this.#known.set(pair, known);
      else this.failed.set(pair, reason);
    }
    this.#total = this.#known.size;
    const sizes = await this.#sizes();
    const sized = [...this.#known.keys()].map((pair) => ({ pair, bytes: sizes.get(pair) ?? null }));
    const { chunkBytes } = this.#settings;
    const chunks = planChunks(sized, chunkBytes ?? suitableChunkBytes(sizes.values()));
    for (const chunk of chunks) await this.#tryChunk(chunk);
  }

  /** Bytes of each value: from the model, or where it does not say, from its shapes in a run. */
  async #sizes(): Promise<Map<ValuePair, number>> {
    const sizes = new Map<ValuePair, number>();
    const unknown: ValuePair[] = [];
    for (const [pair, { reference }] of this.#known) {
      if (reference.bytes !== null) sizes.set(pair, reference.bytes);
      else if (reference.dtype !== null) unknown.push(pair);
    }
    const names = [...new Set(unknown.map((pair) => pair.reference.name))];
    if (names.length === 0) return sizes;
    try {
      const shapes = await this.#shapesOf(names);
      for (const pair of unknown) {
        const shape = shapes.get(pair.reference.name);
        // Text may take any room; so may what is wider than this, which is rare.
        if (shape !== undefined)
          sizes.set(
            pair,
            shape.reduce((all, size) => all * size, 4),
          );
      }
    } catch (error) {
      if (!isOfOneValue(error)) throw error;
    }
    return sizes;
  }

  async #shapesOf(names: readonly string[]): Promise<Map<string, number[]>> {
    const { reference, settings, feeds } = this.#settings;
    const probes = names.map((name): Probe => ({ name, what: 'shape', dtype: null }));
    const { path, outputs } = await reference.copy.writePart(probes);
    const shapes = new Map<string, number[]>();
    await runPart({
      path,
      label: reference.path,
      settings: settings.reference,
      feed: (inputs) => feeds.reference(inputs).slice(0, 1),
      onOutputs(_, given) {
        for (const [index, name] of names.entries()) {
          const tensor = given.get(outputs[index] ?? '');
          if (isTensor(tensor)) shapes.set(name, [...tensor.toFloat64()]);
        }
      },
    });
    return shapes;
  }

  async #tryChunk(chunk: readonly ValuePair[]): Promise<void> {
    try {
      for (const [pair, comparison] of await this.#compare(chunk)) {
        if (comparison.incomparable === null) this.compared.set(pair, comparison);
        else this.failed.set(pair, comparison.incomparable);
      }
    } catch (error) {
      if (!isOfOneValue(error)) throw error;
      const half = Math.ceil(chunk.length / 2);
      if (chunk.length === 1 || this.#failures >= mostFailures) {
        this.#failures += 1;
        for (const pair of chunk) this.failed.set(pair, error.message);
      } else {
        await this.#tryChunk(chunk.slice(0, half));
        await this.#tryChunk(chunk.slice(half));
      }
    }
    this.#settings.onProgress(this.compared.size, this.#total);
  }

  async #compare(chunk: readonly ValuePair[]): Promise<Map<ValuePair, ValueComparison>> {
    this.#spill.reset();
    const kept: Map<string, Tensor>[] = [];
    await this.#runSide('reference', chunk, (sample, given) => {
      kept[sample] = mapTensors(given, (tensor) => this.#spill.keep(tensor));
    });
    const { gates } = this.#settings;
    const comparisons = new Map(
      chunk.map((pair) => [pair, new ValueComparison(pair.reference.name, gates)]),
    );
    await this.#runSide('candidate', chunk, (sample, given) => {
      for (const [pair, comparison] of comparisons) {
        const r = kept[sample]?.get(pair.reference.name);
        const a = given.get(pair.candidate.name);
        if (r !== undefined && isTensor(a)) comparison.add(r, a, this.#typesOf(pair));
        else comparison.incomparable ??= 'it is no tensor';
      }
    });
    return comparisons;
  }

  /** Runs a model with one value of each pair as outputs; gives these by their own names. */
  async #runSide(
    side: 'reference' | 'candidate',
    chunk: readonly ValuePair[],
    onValues: (sample: number, given: ReadonlyMap<string, TensorValue>) => void,
  ): Promise<void> {
    const probes = new Map<string, Probe>();
    for (const pair of chunk) {
      const { name } = pair[side];
      const known = this.#known.get(pair)?.[side];
      probes.set(name, { name, what: 'value', dtype: known?.dtype ?? null });
    }
    const { copy, path: label } = this.#settings[side];
    const { path, outputs } = await copy.writePart([...probes.values()]);
    const names = [...probes.keys()];
    await runPart({
      path,
      label,
      settings: this.#settings.settings[side],
      feed: this.#settings.feeds[side],
      onOutputs(sample, given) {
        const renamed = names.map(
          (name, at) => [name, given.get(outputs[at] ?? '') ?? null] as const,
        );
        onValues(sample, new Map(renamed));
      },
    });
  }

  #typesOf(pair: ValuePair): Parameters<ValueComparison['add']>[2] {
    const known = this.#known.get(pair);
    const [r, a] = [known?.reference.dtype, known?.candidate.dtype];
    return { ...(r && { reference: r }), ...(a && { candidate: a }) };
  }
}

function isOfOneValue(error: unknown): error is MlkitError {
  return error instanceof MlkitError && ofOneValue.has(error.code);
}

function mapTensors(
  values: ReadonlyMap<string, TensorValue>,
  change: (tensor: Tensor) => Tensor,
): Map<string, Tensor> {
  const changed = new Map<string, Tensor>();
  for (const [name, value] of values) if (isTensor(value)) changed.set(name, change(value));
  return changed;
}
