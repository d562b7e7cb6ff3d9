import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Constant, type ModelFacts, spansBeyond } from '../checks/index.ts';
import { MlkitError } from '../errors.ts';
import { throwIfAborted } from '../onnx/index.ts';
import type { Finding } from '../report/index.ts';
import { sharedConstants } from './constants.ts';
import { measureTensor, type TensorStats } from './stats.ts';

export interface InspectServices {
  /** Told how far reading weights has come. */
  readonly onProgress?: (doneBytes: number, totalBytes: number, tensor: string) => void;
  /** Stops the reading of weights. */
  readonly signal?: AbortSignal;
}

export interface ReadStats {
  /** Null for constants without values to describe, and for those that could not be read. */
  readonly of: ReadonlyMap<Constant, TensorStats | null>;
  readonly findings: readonly Finding[];
}

/** How long reading goes on before the terminal and Ctrl-C get a turn. */
const turnMs = 50;

/**
 * Reads all constants, each piece of storage once, and describes their values.
 *
 * @throws MlkitError INTERRUPTED.
 */
export async function readStats(
  facts: ModelFacts,
  { onProgress, signal }: InspectServices,
): Promise<ReadStats> {
  const { constants } = facts;
  const explained = knownUnreadable(facts);
  const of = new Map<Constant, TensorStats | null>();
  const findings: Finding[] = [];
  const unreadable: { readonly constant: Constant; readonly message: string }[] = [];
  const shared = sharedConstants(constants);
  const twinOf = (each: Constant): Constant | undefined => {
    const first = shared.get(each);
    return first?.tensor.elementType === each.tensor.elementType ? first : undefined;
  };
  const own = constants.filter((each) => twinOf(each) === undefined);
  const total = own.reduce((sum, each) => sum + each.bytes, 0);
  let done = 0;
  let lastTurn = performance.now();
  for (const constant of own) {
    try {
      const steps = measureTensor(constant.tensor);
      let step = steps.next();
      while (step.done !== true) {
        done += step.value;
        if (performance.now() - lastTurn > turnMs) {
          onProgress?.(done, total, constant.name);
          await nextTurn();
          throwIfAborted(signal);
          lastTurn = performance.now();
        }
        step = steps.next();
      }
      of.set(constant, step.value);
      const finding = aboutValues(constant, step.value);
      if (finding !== null) findings.push(finding);
    } catch (error) {
      if (!(error instanceof MlkitError) || error.code === 'INTERRUPTED') throw error;
      of.set(constant, null);
      if (!explained.has(constant)) unreadable.push({ constant, message: error.message });
    }
  }
  for (const each of constants) {
    const twin = twinOf(each);
    if (twin !== undefined) of.set(each, of.get(twin) ?? null);
  }
  const [first] = unreadable;
  if (first !== undefined) {
    const others = unreadable.length === 1 ? '' : ` (${unreadable.length} constants in all)`;
    findings.push({
      code: 'values-unreadable',
      severity: 'error',
      at: { graph: first.constant.graph, value: first.constant.name },
      message: `the values of constant "${first.constant.name}" cannot be read${others}: ${first.message}`,
    });
  }
  return { of, findings };
}

/** Constants that cannot be read for reasons that checks report without reading them. */
function knownUnreadable({ constants, dataFiles }: ModelFacts): ReadonlySet<Constant> {
  const known = new Set(constants.filter((each) => each.tensor.storage.external?.problem));
  for (const use of dataFiles) {
    const spans = use.file instanceof MlkitError ? use.spans : spansBeyond(use);
    for (const { constant } of spans) known.add(constant);
  }
  return known;
}

function aboutValues(constant: Constant, stats: TensorStats | null): Finding | null {
  if (stats === null || stats.nan + stats.infinite === 0) return null;
  return {
    code: 'values-not-finite',
    severity: 'warning',
    at: { graph: constant.graph, value: constant.name },
    message: `constant "${constant.name}" has ${stats.nan} NaN and ${stats.infinite} infinite values`,
    spec: 'ok',
    runtime: 'accepts',
  };
}
