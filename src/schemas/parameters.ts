import type { FormalParameter, OperatorSchema } from './schema.ts';

const fixedTypes = new Map<string, ReadonlySet<string>>();

/** The type texts that a parameter of the operator takes. */
export function allowedTypes(
  schema: OperatorSchema,
  parameter: FormalParameter,
): ReadonlySet<string> {
  return schema.typeConstraints.get(parameter.type) ?? fixedType(parameter.type);
}

/**
 * The parameter that input or output number `index` (from 0) belongs to: all from the variadic one
 * on are its values. Null: the operator takes fewer.
 */
export function parameterAt(
  list: readonly FormalParameter[],
  index: number,
): FormalParameter | null {
  const own = list[index];
  if (own !== undefined) return own;
  const last = list.at(-1);
  return index >= 0 && last?.option === 'variadic' ? last : null;
}

function fixedType(type: string): ReadonlySet<string> {
  let types = fixedTypes.get(type);
  if (types === undefined) {
    types = new Set([type]);
    fixedTypes.set(type, types);
  }
  return types;
}
