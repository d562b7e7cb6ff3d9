import { findSchema, schemaVersions } from './find-schema.ts';
import { kernelVersion } from './generated/cpu-kernels.ts';
import { functionGaps } from './generated/function-gaps.ts';
import { allowedTypes } from './parameters.ts';
import { type Kernel, kernelsOf } from './parse-kernels.ts';
import type { FormalParameter, OperatorSchema } from './schema.ts';

/** The version of onnxruntime whose CPU kernels are known. */
export const cpuKernelVersion: string = kernelVersion;

let gaps: ReadonlyMap<string, ReadonlySet<string>> | null = null;

/** Stands for a type that is not known, among the bound types. */
export const unknownType = '?';

/**
 * Whether the CPU provider runs a node:
 *
 * - `yes`: there is a kernel for its types;
 * - `with-casts`: there is one for float32, and the runtime converts from and to float16 around it;
 * - `function`: there is none, but the operator is defined by others, which the runtime puts in its
 *   place, and those are not known to lack a kernel;
 * - `no`: a session with this node cannot be made;
 * - `unknown`: it depends on a type that is not known, or on which optional inputs there are.
 */
export type KernelAnswer = 'yes' | 'with-casts' | 'function' | 'no' | 'unknown';

/**
 * Whether the CPU provider of onnxruntime {@link cpuKernelVersion} runs an operator on values of
 * the types given.
 *
 * @param opset The version of the operator's domain that the model imports.
 * @param bound The type text that each type parameter stands for in this node, or `?`. A parameter
 * all of whose inputs and outputs the node leaves out is not in it.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/framework/kernel_registry.cc
 * for what makes a kernel fit; held against the runtime itself by bench/probe-kernels.js.
 */
export function hasCpuKernel(
  schema: OperatorSchema,
  opset: number,
  bound: ReadonlyMap<string, string>,
): KernelAnswer {
  const own = schemaInRuntime(schema, opset);
  if (own === null) return 'no';
  // Constants become initializers before anyone asks for a kernel.
  if (own.domain === '' && own.name === 'Constant') return 'yes';
  const kernels = kernelsFor(own);
  const fitting = kernels.filter((kernel) => fits(own, kernel, bound));
  if (fitting.length > 0) {
    const depends = fitting.every((kernel) => dependsOnUnknown(own, kernel, bound));
    return depends ? 'unknown' : 'yes';
  }
  if (fitsWithCasts(own, kernels, bound)) return 'with-casts';
  return own.isFunction ? answerOfBody(own, bound) : 'no';
}

/**
 * The types that the CPU provider's kernels take for a parameter, whatever the types of the others;
 * empty where there is no kernel at all.
 */
export function cpuKernelTypes(
  schema: OperatorSchema,
  opset: number,
  parameter: FormalParameter,
): ReadonlySet<string> {
  const own = schemaInRuntime(schema, opset);
  const found = new Set<string>();
  if (own === null) return found;
  const allowed = allowedTypes(schema, parameter);
  for (const kernel of kernelsFor(own)) {
    const types = kernel.types.get(parameter.type) ?? kernel.types.get(parameter.name) ?? allowed;
    for (const type of types) if (allowed.has(type)) found.add(type);
  }
  return found;
}

/** The version of the operator that the runtime takes, which may not know the newest. */
function schemaInRuntime(schema: OperatorSchema, opset: number): OperatorSchema | null {
  if (schema.isInRuntime) return schema;
  const { domain, name } = schema;
  for (const since of schemaVersions(domain, name).toReversed()) {
    const older = since <= opset ? findSchema(domain, name, since) : null;
    if (older?.isInRuntime === true) return older;
  }
  return null;
}

/**
 * The kernels for a version of an operator. One without an end is for the version it starts with
 * only: nobody said that it does what a later version asks.
 */
function kernelsFor(schema: OperatorSchema): Kernel[] {
  const { since } = schema;
  return kernelsOf(schema.domain, schema.name).filter(
    (kernel) =>
      kernel.since === since ||
      (kernel.until !== null && kernel.since <= since && since <= kernel.until),
  );
}

function fits(schema: OperatorSchema, kernel: Kernel, bound: ReadonlyMap<string, string>): boolean {
  return [...kernel.types].every(([name, types]) => {
    const type = boundType(schema, name, bound);
    return type === undefined || type === unknownType || types.has(type);
  });
}

function dependsOnUnknown(
  schema: OperatorSchema,
  kernel: Kernel,
  bound: ReadonlyMap<string, string>,
): boolean {
  return [...kernel.types].some(([name, types]) => {
    if (boundType(schema, name, bound) !== unknownType) return false;
    const allowed = schema.typeConstraints.get(parameterType(schema, name));
    return allowed === undefined || ![...allowed].every((type) => types.has(type));
  });
}

function fitsWithCasts(
  schema: OperatorSchema,
  kernels: readonly Kernel[],
  bound: ReadonlyMap<string, string>,
): boolean {
  // Only an input makes the runtime convert; an output of float16 alone does not.
  if (!schema.inputs.some((each) => bound.get(each.type) === 'float16')) return false;
  const widened = new Map(
    [...bound].map(([name, type]) => [name, type === 'float16' ? 'float32' : type]),
  );
  return kernels.some((kernel) => fits(schema, kernel, widened));
}

/** A function runs unless its body is known to have a node without a kernel for one of the types. */
function answerOfBody(schema: OperatorSchema, bound: ReadonlyMap<string, string>): KernelAnswer {
  gaps ??= new Map(
    functionGaps.split('\n').map((line) => {
      const [node = '', ...types] = line.split(' ');
      return [node, new Set(types)];
    }),
  );
  const own = gaps.get(`${schema.domain}:${schema.name}-${schema.since}`);
  const types = [...bound].map(([name, type]) => `${name}=${type}`);
  if (own === undefined) return 'function';
  if (types.some((type) => own.has(type))) return 'no';
  return types.some((type) => own.has(`${type}?`)) ? 'unknown' : 'function';
}

/** The type of what a kernel names, in this node; undefined where the node has no such value. */
function boundType(
  schema: OperatorSchema,
  name: string,
  bound: ReadonlyMap<string, string>,
): string | undefined {
  const type = parameterType(schema, name);
  return bound.get(type) ?? (schema.typeConstraints.has(type) ? undefined : type);
}

/** A kernel names a type parameter, or an input or output, whose type it then means. */
function parameterType(schema: OperatorSchema, name: string): string {
  if (schema.typeConstraints.has(name)) return name;
  const named = [...schema.inputs, ...schema.outputs].find((each) => each.name === name);
  return named?.type ?? name;
}
