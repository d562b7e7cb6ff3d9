import { walkGraphs } from '../../graph/index.ts';
import { SizeTrials, type Trial, type TrialSubject } from './trial.ts';
import { findVariables, type Variable } from './variables.ts';

/** Sizes to try when those to start from do not work, besides what the graph asks for. */
const usualSizes = [
  [32, 64, 128, 224, 256, 512],
  [28, 96, 112, 160, 192, 299, 320, 384, 448, 600, 640],
  [1024, 2048, 4096, 8192, 16000, 16384, 48000],
  Array.from({ length: 64 }, (_, at) => at + 1),
].flat();

/** How many groups of variables may be changed, one after the other. */
const mostChanges = 8;

/** Nodes inferred while sizes are searched, and trials that are made whatever they cost. */
const mostNodes = 60_000;
const leastTrials = 8;
const mostTrials = 400;

/**
 * How sizes are come by: `read-off`: from what does not work; `guess`: also those that are usual.
 */
export type SearchEffort = 'read-off' | 'guess';

/** Looks for sizes that work, of inputs whose rank is decided. */
export class SizeSearch {
  readonly #variables: readonly Variable[];
  readonly #trials: SizeTrials;
  readonly #tried = new Set<string>();
  readonly #mostTrials: number;
  readonly #start: Trial;
  #best: Trial;

  constructor(subject: TrialSubject, batch: number) {
    this.#variables = findVariables(subject.inputs, batch);
    this.#trials = new SizeTrials(subject);
    const nodes = [...walkGraphs(subject.model)].reduce(
      (all, { graph }) => all + graph.nodeCount,
      1,
    );
    const affordable = Math.floor(mostNodes / nodes);
    this.#mostTrials = Math.min(mostTrials, Math.max(leastTrials, affordable));
    this.#start = this.#trials.try(new Map(this.#variables.map(({ key, size }) => [key, size])));
    this.#best = this.#start;
  }

  /** Sizes that work; those to start from where none are known. */
  get best(): Trial {
    return this.#best;
  }

  get hasFit(): boolean {
    return this.#best.misfits.first === null;
  }

  /** Looks for sizes that work; whether there are any. */
  solve(effort: SearchEffort): boolean {
    this.#tried.clear();
    this.#tried.add(keyOf(this.#best.sizes));
    const until = this.#trials.count + this.#mostTrials;
    const found = isPerfect(this.#best)
      ? this.#best
      : this.#search(this.#best, mostChanges, effort, until);
    if (found.misfits.first === null) this.#best = found;
    return this.hasFit;
  }

  /**
   * Changes one group of variables, then others: what gets further is followed at once, by the first
   * sizes that get there. Ends at the first sizes that work.
   */
  #search(start: Trial, changes: number, effort: SearchEffort, until: number): Trial {
    const followed = new Set<number>();
    let best = start;
    for (const trial of this.#changes(start, effort, until)) {
      if (isPerfect(trial)) return trial;
      const { reach } = trial.misfits;
      if (!isBetter(trial, start) || followed.has(reach)) continue;
      followed.add(reach);
      const found = changes > 1 ? this.#search(trial, changes - 1, effort, until) : trial;
      if (isPerfect(found)) return found;
      if (isBetter(found, best)) best = found;
    }
    return best;
  }

  /** Everything that follows from one group of variables having another size. */
  *#changes(start: Trial, effort: SearchEffort, until: number): Iterable<Trial> {
    const { first, doubtful } = start.misfits;
    const misfit = first ?? doubtful;
    if (misfit === null || this.#variables.length === 0) return;
    const solver = this.#trials.solver(start, misfit);
    const sizeOf = this.#trials.sizesByName(start.sizes);
    const groups = this.#groups().map((group) => ({
      ...group,
      question: { names: this.#trials.namesOf(group.keys), sizeOf },
    }));
    const concerned = groups.filter(({ question }) => solver.concerns(question));
    const ordered = (concerned.length > 0 ? concerned : groups).map((group) => ({
      ...group,
      isNamed: solver.names(group.question),
    }));
    ordered.sort((a, b) => Number(b.isNamed) - Number(a.isNamed));
    for (const { keys, isBatch, question } of ordered) {
      // Rows are changed because they must be, not to please a branch that may never run.
      if (isBatch && first === null) continue;
      const answers = solver.answers(question);
      const guesses = effort === 'guess' && first !== null ? usualSizes : [];
      for (const size of new Set([...answers, ...guesses])) {
        if (this.#trials.count >= until) return;
        const sizes = new Map([...start.sizes, ...keys.map((key) => [key, size] as const)]);
        const key = keyOf(sizes);
        if (this.#tried.has(key)) continue;
        this.#tried.add(key);
        yield this.#trials.try(sizes);
      }
    }
  }

  /** Variables to change together: groups first, then each alone; batches last of all. */
  #groups(): { keys: string[]; isBatch: boolean }[] {
    const groups = new Map<string, string[]>();
    for (const { key, group } of this.#variables) {
      groups.set(group, [...(groups.get(group) ?? []), key]);
    }
    const together = [...groups.values()].filter((keys) => keys.length > 1);
    const alone = this.#variables.map(({ key, role }) => ({
      keys: [key],
      isBatch: role === 'batch',
    }));
    return [
      ...together.map((keys) => ({ keys, isBatch: false })),
      ...alone.toSorted((a, b) => Number(a.isBatch) - Number(b.isBatch)),
    ];
  }
}

function keyOf(sizes: ReadonlyMap<string, number>): string {
  return [...sizes.values()].join();
}

function isPerfect({ misfits }: Trial): boolean {
  return misfits.first === null && misfits.doubts === 0;
}

function isBetter({ misfits: a }: Trial, { misfits: b }: Trial): boolean {
  return a.reach > b.reach || (a.reach === b.reach && a.doubts < b.doubts);
}
