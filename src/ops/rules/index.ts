import type { OperatorRule } from '../rule.ts';
import { arithmeticRules } from './arithmetic.ts';
import { attentionRules } from './attention.ts';
import { castRules } from './cast.ts';
import { columnRules } from './columns.ts';
import { comparisonRules } from './comparison.ts';
import { concatRules } from './concat.ts';
import { constantRules } from './constant.ts';
import { contribActivationRules } from './contrib-activation.ts';
import { contribAttentionRules } from './contrib-attention.ts';
import { contribBasicRules } from './contrib-basic.ts';
import { contribConvolutionRules } from './contrib-convolution.ts';
import { contribExpertRules } from './contrib-experts.ts';
import { contribGenerationRules } from './contrib-generation.ts';
import { contribHeadsRules } from './contrib-heads.ts';
import { contribNormalizationRules } from './contrib-normalization.ts';
import { contribPositionRules } from './contrib-position.ts';
import { contribProductRules } from './contrib-products.ts';
import { contribQuantizedRules } from './contrib-quantized.ts';
import { contribRecurrenceRules } from './contrib-recurrence.ts';
import { contribTransformRules } from './contrib-transform.ts';
import { controlFlowRules } from './control-flow.ts';
import { convolutionRules } from './convolution.ts';
import { einsumRules } from './einsum.ts';
import { elementwiseRules } from './elementwise.ts';
import { expandRules } from './expand.ts';
import { gatherRules } from './gather.ts';
import { imageRules } from './image.ts';
import { lossRules } from './loss.ts';
import { featureRules } from './ml-features.ts';
import { linearModelRules } from './ml-linear.ts';
import { treeRules } from './ml-tree.ts';
import { normalizationRules } from './normalization.ts';
import { optionalRules } from './optional.ts';
import { padRules } from './pad.ts';
import { poolRules } from './pool.ts';
import { productRules } from './product.ts';
import { quantizationRules } from './quantization.ts';
import { randomRules } from './random.ts';
import { rangeRules } from './range.ts';
import { recurrentRules } from './recurrent.ts';
import { reduceRules } from './reduce.ts';
import { reshapeRules } from './reshape.ts';
import { resizeRules } from './resize.ts';
import { scanRules } from './scan.ts';
import { scatterRules } from './scatter.ts';
import { selectRules } from './select.ts';
import { sequenceRules } from './sequence.ts';
import { shapeRules } from './shape.ts';
import { signalRules } from './signal.ts';
import { sliceRules } from './slice.ts';
import { softmaxRules } from './softmax.ts';
import { textRules } from './text.ts';
import { trainingRules } from './training.ts';
import { transposeRules } from './transpose.ts';

/** All rules: of every operator one, families of operators in a file. */
export const rules: readonly OperatorRule[] = [
  ...arithmeticRules,
  ...attentionRules,
  ...castRules,
  ...columnRules,
  ...comparisonRules,
  ...concatRules,
  ...constantRules,
  ...contribActivationRules,
  ...contribAttentionRules,
  ...contribBasicRules,
  ...contribConvolutionRules,
  ...contribExpertRules,
  ...contribGenerationRules,
  ...contribHeadsRules,
  ...contribNormalizationRules,
  ...contribPositionRules,
  ...contribProductRules,
  ...contribQuantizedRules,
  ...contribRecurrenceRules,
  ...contribTransformRules,
  ...controlFlowRules,
  ...convolutionRules,
  ...einsumRules,
  ...elementwiseRules,
  ...expandRules,
  ...gatherRules,
  ...imageRules,
  ...lossRules,
  ...featureRules,
  ...linearModelRules,
  ...treeRules,
  ...normalizationRules,
  ...optionalRules,
  ...padRules,
  ...poolRules,
  ...productRules,
  ...quantizationRules,
  ...randomRules,
  ...rangeRules,
  ...recurrentRules,
  ...reduceRules,
  ...reshapeRules,
  ...resizeRules,
  ...scanRules,
  ...scatterRules,
  ...selectRules,
  ...sequenceRules,
  ...shapeRules,
  ...signalRules,
  ...sliceRules,
  ...softmaxRules,
  ...textRules,
  ...trainingRules,
  ...transposeRules,
];

const byDomain = new Map<string, Map<string, OperatorRule>>();

/** The rule of an operator; null when nothing is known of it. */
export function findRule(domain: string, opType: string): OperatorRule | null {
  if (byDomain.size === 0) {
    for (const rule of rules) {
      const ofDomain = byDomain.get(rule.domain) ?? new Map<string, OperatorRule>();
      byDomain.set(rule.domain, ofDomain);
      for (const op of rule.ops) ofDomain.set(op, rule);
    }
  }
  return byDomain.get(domain)?.get(opType) ?? null;
}
