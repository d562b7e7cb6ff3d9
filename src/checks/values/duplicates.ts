import { formatBytes } from '../../report/index.ts';
import type { Constant } from '../constants.ts';
import { nameList } from '../name-list.ts';
import { tolerated, type ValueCheck } from './value-check.ts';

/** Less than this in all is not worth a word. */
const worthTelling = 16 * 1024;

export const duplicates: ValueCheck = {
  codes: ['initializer-copy'],
  summary: 'weights that are in the model more than once',
  run({ facts, digests }) {
    const groups = new Map<string, Constant[]>();
    for (const each of facts.constants) {
      const digest = digests.get(each);
      if (digest === undefined) continue;
      const key = `${duplicateKey(each)} ${digest}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [each]);
      else group.push(each);
    }
    const repeated = [...groups.values()].filter((group) => group.length > 1);
    const spare = repeated.flatMap((group) => group.slice(1));
    const bytes = spare.reduce((sum, each) => sum + each.bytes, 0);
    const [first] = spare;
    if (first === undefined || bytes < worthTelling) return [];
    const of = first === spare.at(-1) ? ` of "${repeated[0]?.[0]?.name ?? ''}"` : '';
    return [
      {
        code: 'initializer-copy',
        severity: 'warning',
        at: { graph: first.graph, value: first.name },
        message: `${formatBytes(bytes)} are copies${of} with the same type, shape and bytes: ${nameList(spare.map((each) => each.name))}`,
        fix: 'Keep one of each: mlkit convert --fix.',
        ...tolerated,
      },
    ];
  },
};

/** What constants must have in common before their bytes are worth comparing. */
export function duplicateKey({ graph, tensor }: Constant): string {
  return JSON.stringify([graph, tensor.elementType, tensor.dims]);
}
