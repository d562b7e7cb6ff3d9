import { cpuKernelVersion, parameterAt, unknownType } from '../../schemas/index.ts';
import type { GraphCheck } from '../graph-facts.ts';
import { type KernelUse, kernelAnswers } from '../lint/kernel-answers.ts';
import { groupBy, labelList } from './node-list.ts';
import { placeOf } from './verdict.ts';

export const kernelMissing: GraphCheck<'kernel-missing'> = {
  codes: ['kernel-missing'],
  severity: 'warning',
  summary: 'onnxruntime cannot run an operator on the CPU, or not with these types',
  run(facts) {
    const missing = kernelAnswers(facts).filter((use) => use.answer === 'no' && isAllowed(use));
    const names = new Map(missing.map((use) => [use.placed, nameOf(use)]));
    const groups = groupBy(
      missing.map((use) => use.placed),
      (placed) => names.get(placed) ?? null,
    );
    return groups.map(([what, group]) => ({
      code: 'kernel-missing',
      at: placeOf(group[0]),
      message: `onnxruntime ${cpuKernelVersion} has no CPU kernel for ${what}: ${labelList(group)}`,
      fix: what.includes('bfloat16')
        ? 'Compute in float32 there: export the model so, or put Casts around it.'
        : 'Use another type or version of the operator, or run the model with a provider that has it.',
      spec: 'ok',
      runtime: 'rejects',
    }));
  },
};

/** Where the operator itself does not take the types, another check says so. */
function isAllowed({ placed: { node, schema }, bound }: KernelUse): boolean {
  if (schema === null) return false;
  return node.inputs.every((value, at) => {
    const parameter = value && parameterAt(schema.inputs, at);
    const allowed = parameter && schema.typeConstraints.get(parameter.type);
    if (!parameter || !allowed) return true;
    const type = bound.get(parameter.type) ?? unknownType;
    return type === unknownType || allowed.has(type);
  });
}

/** `Conv 22 with T=bfloat16` */
function nameOf({ placed: { schema }, bound }: KernelUse): string {
  const known = [...bound].filter(([, type]) => type !== unknownType);
  const types = known.length === 0 ? '' : ` with ${known.map((each) => each.join('=')).join(', ')}`;
  return `${schema?.name} ${schema?.since}${types}`;
}
