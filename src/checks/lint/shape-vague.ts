import { formatShape, type Shape, type Value } from '../../graph/index.ts';
import { declaredType } from '../../ops/index.ts';
import type { GraphCheck, GraphFacts } from '../graph-facts.ts';
import { counted } from './operator-list.ts';

export const shapeVague: GraphCheck<'shape-vague'> = {
  codes: ['shape-vague'],
  severity: 'info',
  summary: 'outputs that the file says less of than follows from the graph',
  run(facts) {
    const { graph } = facts.facts.model;
    const vague = [...new Set(graph.outputs)].flatMap((value) => vagueShape(value, facts) ?? []);
    const [first] = vague;
    if (first === undefined) return [];
    const { value, declared, inferred } = first;
    return [
      {
        code: 'shape-vague',
        at: { graph: 'main', value: value.name },
        message: `the file leaves open what is known of ${counted(vague.length, 'output')}: "${value.name}" is declared ${formatShape(declared)}, and ${formatShape(inferred)} follows from the graph`,
        fix: 'Nothing has to be done; callers that read the declared shape learn less than they could.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};

interface Vague {
  readonly value: Value;
  readonly declared: Shape;
  readonly inferred: Shape;
}

/** Only where a known number stands against an unknown size, since names may be chosen freely. */
function vagueShape(value: Value, { inference }: GraphFacts): Vague | null {
  const type = inference.typeOf(value);
  const declared = value.type?.kind === 'tensor' ? value.type.shape : null;
  const found = type === null ? null : declaredType(type);
  const inferred = found?.kind === 'tensor' ? found.shape : null;
  if (declared === null || inferred === null || declared.length !== inferred.length) return null;
  const isVague = declared.some((size, at) => {
    return typeof size !== 'number' && typeof inferred[at] === 'number';
  });
  return isVague ? { value, declared, inferred } : null;
}
