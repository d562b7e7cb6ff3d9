import type { Finding } from '../../report/index.ts';
import type { Constant } from '../constants.ts';
import { nameList } from '../name-list.ts';
import { tolerated, type ValueCheck, type ValueFacts } from './value-check.ts';

/** Smaller ones are biases and the like, which are zero for good reasons. */
const fewestElements = 64;
const leastRank = 2;

export const allEqual: ValueCheck = {
  codes: ['values-all-zero', 'values-all-equal'],
  summary: 'weight matrices that hold one number over and over',
  run(values) {
    const equal = values.facts.constants.filter((each) => isAllEqual(each, values));
    const isZero = (each: Constant): boolean => Number(values.stats.get(each)?.min) === 0;
    return [
      tell('values-all-zero', 'nothing but zeros', equal.filter(isZero)),
      tell(
        'values-all-equal',
        'one number over and over',
        equal.filter((each) => !isZero(each)),
      ),
    ].filter((each) => each !== null);
  },
};

function isAllEqual(each: Constant, { stats }: ValueFacts): boolean {
  const own = stats.get(each) ?? null;
  if (own === null || own.min === null || own.nan + own.infinite > 0) return false;
  const isWeight = each.role === 'parameter' && each.tensor.dims.length >= leastRank;
  return isWeight && (each.elements ?? 0) >= fewestElements && own.min === own.max;
}

function tell(code: string, what: string, found: readonly Constant[]): Finding | null {
  const [first] = found;
  if (first === undefined) return null;
  const verb = found.length === 1 ? 'holds' : 'hold';
  return {
    code,
    severity: 'info',
    at: { graph: first.graph, value: first.name },
    message: `${nameList(found.map((each) => each.name))} ${verb} ${what}`,
    fix: 'Weights like these were never trained, or have been pruned away.',
    ...tolerated,
  };
}
