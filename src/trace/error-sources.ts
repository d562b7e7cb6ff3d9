import { join } from 'node:path';
import { MlkitError } from '../errors.ts';
import type { Gates, MatchMode } from '../parity/index.ts';
import type { SessionSettings } from '../runtime/index.ts';
import { isTensor, type Tensor } from '../tensor/index.ts';
import type { ErrorSource } from './report.ts';
import { SpillFile } from './spill-file.ts';
import { runPart, type SideFeeds, type TracedSide } from './traced-side.ts';
import { ValueComparison } from './value-comparison.ts';

export interface SourceSettings {
  readonly reference: TracedSide;
  readonly candidate: TracedSide;
  readonly feeds: SideFeeds;
  readonly match: MatchMode;
  readonly gates: Gates;
  readonly folder: string;
  readonly onStep: (step: string) => void;
}

export interface MeasuredSources {
  readonly sources: readonly ErrorSource[];
  /** How each model is run so that both do the same: as written, as far as the runtime can. */
  readonly plain: { readonly reference: SessionSettings; readonly candidate: SessionSettings };
  readonly warnings: readonly string[];
}

/** Outputs of one way to run a model, by sample. */
type Outputs = readonly ReadonlyMap<string, Tensor>[];

type SideName = 'reference' | 'candidate';

/**
 * Tells apart what makes the outputs differ: the graph (both models run as they are written, on the
 * CPU), the runtime's optimizer, and the execution provider. One model runs at a time, and outputs
 * wait in a file.
 *
 * @throws MlkitError when a model cannot be run at all.
 */
export async function measureSources(settings: SourceSettings): Promise<MeasuredSources> {
  const spill = new SpillFile(join(settings.folder, 'outputs'));
  try {
    const study = new SourceStudy(settings, spill);
    const reference = await study.follow('reference');
    const candidate = await study.follow('candidate');
    const graph = study.compare('graph', 'candidate against reference', [
      reference.base,
      candidate.base,
    ]);
    return {
      sources: [graph, ...study.sources].filter((each) => each !== null),
      plain: { reference: reference.plain, candidate: candidate.plain },
      warnings: study.warnings,
    };
  } finally {
    spill.close();
  }
}

class SourceStudy {
  readonly sources: ErrorSource[] = [];
  readonly warnings: string[] = [];
  readonly #settings: SourceSettings;
  readonly #spill: SpillFile;

  constructor(settings: SourceSettings, spill: SpillFile) {
    this.#settings = settings;
    this.#spill = spill;
  }

  /** Runs one model in every way that is asked for, plainest first. */
  async follow(side: SideName): Promise<{ base: Outputs; plain: SessionSettings }> {
    const asked = this.#settings[side].settings;
    const { provider = 'cpu', optimization = 'all' } = asked;
    const onCpu: SessionSettings = { ...asked, provider: 'cpu', optimization: 'disabled' };
    const plain: SessionSettings = { ...asked, optimization: 'disabled' };
    const base = await this.#attempt(side, onCpu);
    const there = provider === 'cpu' ? base : await this.#attempt(side, plain);
    if (base === null && there === null) {
      // As it was asked for or not at all.
      return { base: await this.#run(side, asked), plain: asked };
    }
    if (provider !== 'cpu') {
      this.#note(`${side}-provider`, `${side}, ${provider} against cpu`, [base, there]);
    }
    if (optimization !== 'disabled' && there !== null) {
      const comparison = `${side}, optimization ${optimization} against disabled`;
      this.#note(`${side}-optimizer`, comparison, [there, await this.#attempt(side, asked)]);
    }
    return { base: base ?? there ?? [], plain: there === null ? onCpu : plain };
  }

  compare(
    cause: ErrorSource['cause'],
    comparison: string,
    [reference, candidate]: readonly [Outputs, Outputs],
  ): ErrorSource | null {
    const { match, gates } = this.#settings;
    const names = [...(reference[0]?.keys() ?? [])];
    const others = [...(candidate[0]?.keys() ?? [])];
    const compared = names.flatMap((name, at) => {
      const other = cause !== 'graph' || match === 'name' ? name : others[at];
      const comparison = new ValueComparison(name, gates);
      for (const [sample, outputs] of reference.entries()) {
        const [r, a] = [outputs.get(name), candidate[sample]?.get(other ?? '')];
        if (r !== undefined && a !== undefined) comparison.add(r, a);
      }
      const { sqnrDb, maxAbs, total, differs } = comparison.finish();
      return total === 0 ? [] : [{ output: name, sqnrDb, maxAbs, differs }];
    });
    const badness = ({ sqnrDb, differs }: (typeof compared)[number]): number =>
      sqnrDb === null ? (differs ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY) : -sqnrDb;
    const [worst] = compared.toSorted((a, b) => badness(b) - badness(a) || 0);
    if (worst === undefined) return null;
    return { cause, comparison, output: worst.output, maxAbs: worst.maxAbs, sqnrDb: worst.sqnrDb };
  }

  #note(
    cause: ErrorSource['cause'],
    comparison: string,
    [reference, candidate]: readonly [Outputs | null, Outputs | null],
  ): void {
    if (reference === null || candidate === null) return;
    const source = this.compare(cause, comparison, [reference, candidate]);
    if (source !== null) this.sources.push(source);
  }

  /** Null, and a warning, when the model cannot be run in this way. */
  async #attempt(side: SideName, settings: SessionSettings): Promise<Outputs | null> {
    try {
      return await this.#run(side, settings);
    } catch (error) {
      if (!(error instanceof MlkitError) || !error.code.startsWith('RUNTIME_')) throw error;
      const { provider = 'cpu', optimization = 'all' } = settings;
      this.warnings.push(
        `the ${side} cannot be run on ${provider} with optimization ${optimization}: ${error.message}`,
      );
      return null;
    }
  }

  async #run(side: SideName, settings: SessionSettings): Promise<Outputs> {
    const { provider = 'cpu', optimization = 'all' } = settings;
    this.#settings.onStep(`${side}, ${provider}, optimization ${optimization}`);
    const outputs: Map<string, Tensor>[] = [];
    await runPart({
      path: this.#settings[side].copy.path,
      label: this.#settings[side].path,
      settings,
      feed: this.#settings.feeds[side],
      onOutputs: (sample, given) => {
        const kept = new Map<string, Tensor>();
        for (const [name, value] of given) {
          if (isTensor(value)) kept.set(name, this.#spill.keep(value));
        }
        outputs[sample] = kept;
      },
    });
    return outputs;
  }
}
