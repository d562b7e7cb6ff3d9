import { formatBytes } from '../../report/index.ts';
import { nameList } from '../name-list.ts';
import { tolerated, type ValueCheck } from './value-check.ts';

/** Axes and shapes are int64 by specification, and small. */
const fewestElements = 1024;
const worthTelling = 64 * 1024;

export const fitInt32: ValueCheck = {
  codes: ['values-fit-int32'],
  summary: 'large int64 constants whose numbers fit int32',
  run({ facts, stats }) {
    const found = facts.constants.filter((each) => {
      const own = stats.get(each) ?? null;
      if (each.tensor.elementType !== 'int64' || own === null) return false;
      if (own.min === null || own.max === null || (each.elements ?? 0) < fewestElements) {
        return false;
      }
      return own.min >= -(2 ** 31) && own.max < 2 ** 31;
    });
    const bytes = found.reduce((sum, each) => sum + each.bytes, 0);
    const [first] = found;
    if (first === undefined || bytes < worthTelling) return [];
    return [
      {
        code: 'values-fit-int32',
        severity: 'info',
        at: { graph: first.graph, value: first.name },
        message: `${formatBytes(bytes)} of int64 constants hold numbers that fit int32: ${nameList(found.map((each) => each.name))}`,
        fix: 'Where the operators that read them take int32, it halves them and suits runtimes without int64.',
        ...tolerated,
      },
    ];
  },
};
