export {
  cpuKernelTypes,
  cpuKernelVersion,
  hasCpuKernel,
  type KernelAnswer,
  unknownType,
} from './cpu-kernels.ts';
export {
  findSchema,
  isRuntimeOnlyOperator,
  knownDomains,
  operatorsOf,
  schemaVersions,
} from './find-schema.ts';
export { allowedTypes, parameterAt } from './parameters.ts';
export {
  type OnnxRelease,
  onnxReleases,
  parseRuntimeTarget,
  type RuntimeRelease,
  runtimeReleases,
} from './releases.ts';
export type {
  FormalParameter,
  OperatorSchema,
  ParameterOption,
  SchemaAttribute,
  SchemaAttributeType,
} from './schema.ts';
