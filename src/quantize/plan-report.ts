import type { QuantizeConfig } from './config.ts';
import type { QuantizePlan } from './plan.ts';
import type { PlanReport } from './report.ts';
import { nodeName } from './selection.ts';

/** A plan as it stands in a report. To be made before the plan is applied, which takes nodes away. */
export function planReport(plan: QuantizePlan, config: QuantizeConfig): PlanReport {
  return {
    form: plan.form,
    reason: plan.reason,
    quantized: plan.quantized.map(({ node, path, form, source, isPerTensor, notes }) => ({
      node: nodeName(node),
      op: node.opType,
      graph: path,
      form,
      weight: source.root.name,
      shape: source.isTransposed ? source.tensor.dims.toReversed() : source.tensor.dims,
      type: form === 'lookup' ? 'int8' : config.weights,
      granularity: isPerTensor ? 'tensor' : form === 'lookup' ? 'row' : 'column',
      weightBytes: source.tensor.byteLength,
      notes,
    })),
    kept: plan.kept.map(({ node, path, reason, weightBytes }) => ({
      node: nodeName(node),
      op: node.opType,
      graph: path,
      reason,
      weightBytes,
    })),
  };
}
