import type { Value } from '../../graph/index.ts';
import type { Finding, Severity } from '../../report/index.ts';
import type { Constant } from '../constants.ts';
import { nameList } from '../name-list.ts';
import type { TensorStats } from './stats.ts';
import { tolerated, type ValueCheck } from './value-check.ts';

const code = 'values-not-finite';

/** More constants than this are told of together. */
const mostToldApart = 10;

/**
 * What infinities are of use to: masks, bounds, and what these are made with. NaN is of use to
 * nobody.
 */
const takers: ReadonlySet<string> = new Set([
  'Add',
  'Cast',
  'CastLike',
  'Clip',
  'Concat',
  'ConstantOfShape',
  'Equal',
  'Expand',
  'Gather',
  'Greater',
  'GreaterOrEqual',
  'Identity',
  'Less',
  'LessOrEqual',
  'Max',
  'Min',
  'Mul',
  'Pad',
  'Reshape',
  'ScatterElements',
  'ScatterND',
  'Slice',
  'Tile',
  'Trilu',
  'Unsqueeze',
  'Where',
]);

export const notFinite: ValueCheck = {
  codes: [code],
  summary: 'NaN or infinities among the weights',
  run({ facts, stats, valueOf }) {
    const found = facts.constants.flatMap((constant) => {
      const own = stats.get(constant) ?? null;
      if (own === null || own.nan + own.infinite === 0) return [];
      return [{ constant, stats: own, severity: severityOf(constant, own, valueOf) }];
    });
    const errors = found.filter((each) => each.severity === 'error');
    if (errors.length <= mostToldApart) return found.map(tell);
    return [tellTogether(errors), ...found.filter((each) => each.severity !== 'error').map(tell)];
  },
};

interface NotFinite {
  readonly constant: Constant;
  readonly stats: TensorStats;
  readonly severity: Severity;
}

function severityOf(
  constant: Constant,
  { nan }: TensorStats,
  valueOf: ReadonlyMap<Constant, Value>,
): Severity {
  const value = valueOf.get(constant);
  // What is inside another operator is no weight: what ConstantOfShape fills with, trees.
  if (constant.role === 'unused' || value === undefined) return 'warning';
  if (nan > 0) return 'error';
  return [...value.uses].every((use) => use.kind === 'input' && takers.has(use.node.opType))
    ? 'warning'
    : 'error';
}

function tell({ constant, stats, severity }: NotFinite): Finding {
  return {
    code,
    severity,
    at: { graph: constant.graph, value: constant.name },
    message: `constant "${constant.name}" has ${stats.nan} NaN and ${stats.infinite} infinite values`,
    ...(severity === 'error' && {
      fix: 'Export the model again from weights that are sound: training may have diverged.',
    }),
    ...tolerated,
  };
}

function tellTogether(found: readonly NotFinite[]): Finding {
  const count = (of: 'nan' | 'infinite'): number =>
    found.reduce((sum, each) => sum + each.stats[of], 0);
  const names = nameList(found.map((each) => each.constant.name));
  return {
    code,
    severity: 'error',
    at: {},
    message: `${found.length} constants have ${count('nan')} NaN and ${count('infinite')} infinite values: ${names}`,
    fix: 'Export the model again from weights that are sound: training may have diverged.',
    ...tolerated,
  };
}
