import {
  type Constant,
  loadValueChecks,
  type ModelFacts,
  type TensorStats,
  type ValueServices,
} from '../checks/index.ts';
import type { OpenModel } from '../onnx/index.ts';
import type { Finding } from '../report/index.ts';

export interface InspectServices extends ValueServices {
  /** What reports call the model, such as a path as somebody gave it; default: its path. */
  readonly name?: string;
  /** A model to compare with. */
  readonly other?: OpenModel;
  /** What reports call that. */
  readonly otherName?: string;
}

export interface ReadStats {
  /** Null for constants without values to describe, and for those that could not be read. */
  readonly of: ReadonlyMap<Constant, TensorStats | null>;
  readonly findings: readonly Finding[];
}

/**
 * Reads all constants, each piece of storage once, and describes their values. Findings are about
 * values that are not finite, and about what cannot be read.
 *
 * @throws MlkitError INTERRUPTED.
 */
export async function readStats(facts: ModelFacts, services: InspectServices): Promise<ReadStats> {
  const { readStatistics } = await loadValueChecks();
  const { stats, findings } = await readStatistics(facts, services);
  return { of: stats, findings };
}
