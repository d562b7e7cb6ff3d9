import type { Finding } from '../../report/index.ts';
import type { Constant } from '../constants.ts';
import { nameList } from '../name-list.ts';
import { greatestHalf, type HalfRange } from './half-range.ts';
import { tolerated, type ValueCheck, type ValueFacts } from './value-check.ts';

/** Weights close around zero always have some that are lost; a share below these does no harm. */
const flushedWorthTelling = 0.001;
const subnormalWorthTelling = 0.05;
/** Shares of fewer weights say nothing. */
const fewestWeights = 1000;

export const float16Range: ValueCheck = {
  codes: ['values-beyond-float16', 'values-below-float16'],
  summary: 'weights that float16 cannot hold, or only with fewer digits',
  run(values) {
    return [tooLarge(values), tooSmall(values)].filter((each) => each !== null);
  },
};

function tooLarge({ halfRanges }: ValueFacts): Finding | null {
  const found = [...halfRanges].filter(([, range]) => range.beyond > 0);
  const [first] = found;
  if (first === undefined) return null;
  const count = total(found, 'beyond');
  const verb = count === 1 ? 'weight lies' : 'weights lie';
  return {
    code: 'values-beyond-float16',
    severity: 'info',
    at: { graph: first[0].graph, value: first[0].name },
    message: `${count} ${verb} beyond ±${greatestHalf}, the range of float16, in ${nameList(found.map(([each]) => each.name))}`,
    fix: 'Keep these in float32 when the model is converted to float16.',
    ...tolerated,
  };
}

function tooSmall({ halfRanges }: ValueFacts): Finding | null {
  const all = [...halfRanges];
  const elements = all.reduce((sum, [each]) => sum + (each.elements ?? 0), 0);
  const flushed = total(all, 'flushed');
  const subnormal = total(all, 'subnormal');
  const isWorthTelling =
    flushed > elements * flushedWorthTelling || subnormal > elements * subnormalWorthTelling;
  if (elements < fewestWeights || !isWorthTelling) return null;
  const share = (count: number): string => `${count} (${((count / elements) * 100).toFixed(1)} %)`;
  return {
    code: 'values-below-float16',
    severity: 'info',
    at: {},
    message: `of ${elements} weights, float16 rounds ${share(flushed)} to zero and keeps ${share(subnormal)} with fewer digits`,
    fix: 'bfloat16 has the range of float32; or keep the layers concerned in float32.',
    ...tolerated,
  };
}

function total(ranges: readonly (readonly [Constant, HalfRange])[], of: keyof HalfRange): number {
  return ranges.reduce((sum, [, range]) => sum + range[of], 0);
}
