import { expect } from 'vitest';
import {
  type BuildOptions,
  buildModel,
  checkStructure,
  type GraphBuilder,
  type Model,
} from '../../src/graph/index.ts';
import { applyPlan } from '../../src/quantize/apply.ts';
import { defaultConfig, type QuantizeConfig } from '../../src/quantize/config.ts';
import { planQuantization } from '../../src/quantize/plan.ts';
import { planReport } from '../../src/quantize/plan-report.ts';
import type { PlanReport } from '../../src/quantize/report.ts';
import { bytesOf, type FeedMap, fusedOperators, runModel, sqnrDb } from './run-model.ts';

export type Build = (builder: GraphBuilder) => void;

export interface Outcome {
  readonly plan: PlanReport;
  /** The quantized model. */
  readonly model: Model;
  readonly beforeBytes: number;
  readonly afterBytes: number;
}

/** Builds a model twice and quantizes one of the two; the result must be structurally sound. */
export function quantizeBuilt(
  build: Build,
  config: Partial<QuantizeConfig> = {},
  options: BuildOptions = {},
): Outcome {
  const model = buildModel(options, build);
  const beforeBytes = bytesOf(model).length;
  const full = { ...defaultConfig, ...config };
  const planned = planQuantization(model, full);
  const plan = planReport(planned, full);
  applyPlan(planned, model, full);
  expect(checkStructure(model)).toEqual([]);
  const names = [...model.graph.nodes].map((node) => node.name).filter((name) => name !== '');
  expect(new Set(names).size).toBe(names.length);
  return { plan, model, beforeBytes, afterBytes: bytesOf(model).length };
}

export interface RunOutcome extends Outcome {
  /** Of all float outputs, the worst. */
  readonly sqnr: number;
  /** With all optimizations of the runtime off. */
  readonly plainSqnr: number;
  /** What onnxruntime makes of the result. */
  readonly fused: Record<string, number>;
}

/** Quantizes, and runs both, with and without the runtime's optimizations. */
export async function runBuilt(
  build: Build,
  feeds: FeedMap,
  config: Partial<QuantizeConfig> = {},
  options: BuildOptions = {},
): Promise<RunOutcome> {
  const outcome = quantizeBuilt(build, config, options);
  const bytes = bytesOf(outcome.model);
  const before = await runModel(buildModel(options, build), feeds);
  const worst = async (optimization: 'all' | 'disabled'): Promise<number> => {
    const after = await runModel(bytes, feeds, optimization);
    expect([...after.keys()]).toEqual([...before.keys()]);
    return Math.min(
      ...[...before].map(([name, values]) => sqnrDb(values, after.get(name) ?? new Float32Array())),
    );
  };
  return {
    ...outcome,
    sqnr: await worst('all'),
    plainSqnr: await worst('disabled'),
    fused: await fusedOperators(bytes),
  };
}
