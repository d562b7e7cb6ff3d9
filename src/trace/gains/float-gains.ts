import { MlkitError } from '../../errors.ts';
import type { ValuePair } from '../../matching/index.ts';
import { type OpenModel, openModel } from '../../onnx/index.ts';
import { type ProfileName, profiles } from '../../parity/index.ts';
import { formatNumber } from '../../report/index.ts';
import type { Feeds, SessionSettings } from '../../runtime/index.ts';
import type { FloatGains } from '../report.ts';
import { excludedName, excludeFlags, overreach } from './exclude.ts';
import {
  type Decibels,
  type IoNames,
  ioNames,
  ownSqnr,
  type RunSide,
  runModels,
  SwitchedRuns,
} from './runs.ts';
import { FloatSettlement } from './settle.ts';
import { differenceDb, type MeasuredUnit, suggestUnits } from './suggest.ts';
import { addSwitches } from './switches.ts';
import { PairedTensors } from './tensors.ts';
import { countInner, type FoundUnits, findUnits, type Unit } from './units.ts';

export interface FloatGainsSide {
  readonly open: OpenModel;
  readonly settings?: SessionSettings;
}

export interface FloatGainsSettings {
  /** The model in float. */
  readonly reference: FloatGainsSide;
  /** The quantized one. */
  readonly candidate: FloatGainsSide;
  /** Values that should hold the same, inputs and outputs of the models included. */
  readonly pairs: readonly ValuePair[];
  /** Inputs of the reference, one entry a sample. What both models give for them is held in memory. */
  readonly feeds: readonly Feeds[];
  /** Whose limit on SQNR tells when enough is won; default `int8`. */
  readonly profile?: ProfileName;
  /** Nodes that are tried alone, those with the largest weights; default 200. */
  readonly mostNodes?: number;
  /** Time after which no further node is tried alone; default 60,000. */
  readonly budgetMs?: number;
  readonly signal?: AbortSignal;
  /** Nodes tried alone so far, and how many there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** How far the model with switches may be from the candidate before it is said, in dB. */
const toleratedDb = 0.1;

/**
 * Measures what the outputs of a quantized model win in SQNR when nodes stay in float: alone, then
 * the best of them together. One temporary model has both forms of each node, and is told at each run
 * which to compute.
 *
 * What staying in float means: the node computes as in the reference, with its float weights. A value
 * that the model quantizes between nodes (QuantizeLinear, DequantizeLinear) is quantized as long as
 * anything quantized makes or reads it, as quantizers do it; so a node in float between quantized ones
 * reads what they read. Operators that only hand on what they are given (Relu, MaxPool, Reshape) go
 * with what they read. All else keeps the scales that it has, where a quantizer that calibrates again
 * may find others.
 *
 * @returns Null where the candidate computes nothing with quantized numbers that the reference
 *   computes in float, or no output has an SQNR.
 * @throws MlkitError as running the models does; INTERRUPTED.
 */
export async function measureFloatGains(settings: FloatGainsSettings): Promise<FloatGains | null> {
  const { reference, candidate, feeds } = settings;
  const copy = openModel(candidate.open.path);
  try {
    const { model } = copy;
    const pairs = settings.pairs.flatMap((pair): ValuePair[] => {
      const value = model.graph.value(pair.candidate.name);
      return value === undefined ? [] : [{ ...pair, candidate: value }];
    });
    const tensors = new PairedTensors(reference.open.model, model, pairs);
    const found = findUnits(reference.open.model, model, tensors);
    if (found.units.length + found.skipped.length === 0) return null;
    const names = ioNames(reference.open.model, model, pairs);
    const candidateOutputs = model.graph.outputs.map((output) => output.name);
    const tried = largestUnits(found.units, settings.mostNodes ?? 200);
    const settlement = new FloatSettlement(found, tensors);
    // Fewer units leave less in float. Each switch takes the runtime time to load, and memory.
    const most = settlement.settle(new Set(tried));
    const switched = addSwitches(model, reference.open.model, [...most.units], most.tensors);
    const [one, two] = [sideOf(reference, settings), sideOf(candidate, settings)];
    const data = await runModels(one, two, feeds, { names, candidateOutputs });
    await using runs = await SwitchedRuns.open(copy, two.settings, { data, settlement, switched });
    const measurement = new GainMeasurement(settings, found, names, runs);
    return await measurement.measure(tried, ownSqnr(data));
  } finally {
    copy.close();
  }
}

/** Those that are tried alone: all that decide for themselves, the largest first. */
function largestUnits(units: readonly Unit[], most: number): Unit[] {
  const active = units.filter((unit) => !unit.isPassive);
  return active.toSorted((a, b) => b.weightBytes - a.weightBytes).slice(0, most);
}

function sideOf({ open, settings }: FloatGainsSide, { signal }: FloatGainsSettings): RunSide {
  return { path: open.path, settings: { ...settings, ...(signal && { signal }) } };
}

class GainMeasurement {
  readonly #settings: FloatGainsSettings;
  readonly #found: FoundUnits;
  readonly #names: IoNames;
  readonly #runs: SwitchedRuns;
  readonly #notes: string[] = [];
  /** The place of the output that is judged. */
  #judged = 0;

  constructor(settings: FloatGainsSettings, found: FoundUnits, names: IoNames, runs: SwitchedRuns) {
    this.#settings = settings;
    this.#found = found;
    this.#names = names;
    this.#runs = runs;
  }

  /** @param own The SQNR of the candidate itself, which the copy must have too. */
  async measure(tried: readonly Unit[], own: Decibels): Promise<FloatGains | null> {
    this.#noteSkipped();
    const baseline = await this.#runs.sqnr(new Set());
    const numbers = baseline.flatMap((value, at) => (value === null ? [] : [{ value, at }]));
    const [worst] = numbers.toSorted((a, b) => a.value - b.value);
    if (worst === undefined) return null;
    this.#judged = worst.at;
    this.#checkCopy(baseline, own);
    const startDb = worst.value;
    this.#noteTried(tried);
    const alone = await this.#measureAlone(tried);
    const measured = alone.toSorted((a, b) => b.sqnrDb - a.sqnrDb);
    return {
      output: this.#names.outputs[worst.at] ?? '',
      sqnrDb: startDb,
      nodes: measured.map(({ unit, sqnrDb }) => ({
        node: nameOf(unit),
        operator: (unit.named.at(-1) ?? unit.node).opType,
        sqnrDb,
        gainDb: differenceDb(sqnrDb, startDb),
      })),
      suggestion: await this.#suggest(measured, baseline, startDb),
      notes: this.#notes,
    };
  }

  #noteTried(tried: readonly Unit[]): void {
    const units = this.#found.units.filter((unit) => !unit.isPassive);
    if (units.length > tried.length) {
      this.#notes.push(
        `only the ${tried.length} nodes with the largest weights were tried, of ${units.length}`,
      );
    }
    for (const { named } of units) {
      if (named.length < 2) continue;
      const all = named.map((node) => `"${excludedName(node)}"`).join(', ');
      this.#notes.push(
        `${all} are taken together, as the two models have no value in common between them`,
      );
    }
  }

  async #measureAlone(units: readonly Unit[]): Promise<MeasuredUnit[]> {
    const { budgetMs = 60_000, onProgress } = this.#settings;
    const start = performance.now();
    const measured: MeasuredUnit[] = [];
    for (const [at, unit] of units.entries()) {
      if (at > 0 && performance.now() - start > budgetMs) {
        const time = `${formatNumber(budgetMs / 1000, 3)} s`;
        this.#notes.push(
          `after ${time}, ${at} of ${units.length} nodes had been tried, those with the largest weights`,
        );
        break;
      }
      const sqnr = await this.#tryAlone(unit);
      const sqnrDb = sqnr?.[this.#judged] ?? null;
      if (sqnr !== null && sqnrDb !== null) measured.push({ unit, sqnr, sqnrDb });
      onProgress?.(at + 1, units.length);
    }
    return measured;
  }

  /** Null where it cannot be run in float. */
  async #tryAlone(unit: Unit): Promise<Decibels | null> {
    try {
      return await this.#runs.sqnr(new Set([unit]));
    } catch (error) {
      if (!(error instanceof MlkitError) || error.code !== 'RUNTIME_RUN') throw error;
      this.#notes.push(`"${nameOf(unit)}" could not be run in float: ${error.message}`);
      return null;
    }
  }

  async #suggest(
    measured: readonly MeasuredUnit[],
    baseline: Decibels,
    startDb: number,
  ): Promise<FloatGains['suggestion']> {
    const suggested = await suggestUnits({
      measured,
      startDb,
      passes: this.#passes(baseline) ? null : (sqnr) => this.#passes(sqnr),
      measure: async (units) => {
        const sqnr = await this.#runs.sqnr(units);
        return { sqnr, sqnrDb: sqnr[this.#judged] ?? Number.NEGATIVE_INFINITY };
      },
    });
    if (suggested === null) return null;
    const all = suggested.units.flatMap(({ named }) => named.map(excludedName));
    const nodes = [...new Set(all)];
    const more = overreach(nodes, this.#settings.reference.open.model);
    if (more !== null) this.#notes.push(more);
    return { nodes, sqnrDb: suggested.sqnrDb, flags: excludeFlags(nodes) };
  }

  /** Whether every output has the SQNR that the profile asks for. */
  #passes(sqnr: Decibels): boolean {
    const { minSqnrDb } = profiles[this.#settings.profile ?? 'int8'];
    return minSqnrDb !== null && sqnr.every((value) => value === null || value >= minSqnrDb);
  }

  /** Says where the copy, with everything quantized, is not as exact as the candidate. */
  #checkCopy(copied: Decibels, own: Decibels): void {
    for (const [at, name] of this.#names.outputs.entries()) {
      const [one, two] = [copied[at] ?? null, own[at] ?? null];
      const isSame =
        one === two ||
        (one !== null && two !== null && Math.abs(differenceDb(one, two)) <= toleratedDb);
      if (isSame) continue;
      this.#notes.push(
        `in the model that was measured, "${name}" has ${decibels(one)} with everything quantized, and in the candidate itself ${decibels(two)}: onnxruntime makes other operators of the two`,
      );
    }
  }

  #noteSkipped(): void {
    if (countInner(this.#settings.candidate.open.model) > 0) {
      this.#notes.push('what is quantized inside of subgraphs and functions was not tried');
    }
    const reasons = new Map<string, number>();
    for (const { reason } of this.#found.skipped) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    for (const [reason, count] of reasons) {
      const what = count === 1 ? 'a node was' : `${count} nodes were`;
      this.#notes.push(`${what} not tried: ${reason}`);
    }
  }
}

function nameOf({ named, node }: Unit): string {
  return excludedName(named.at(-1) ?? node);
}

function decibels(value: number | null): string {
  return value === null ? 'no SQNR' : `${formatNumber(value, 4)} dB`;
}
