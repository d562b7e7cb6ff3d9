/**
 * mlkit as a library: the graph library and the five features, which return reports and print
 * nothing. Importing it loads no runtime; models run in child processes.
 */

export {
  type BenchmarkConfig,
  type BenchmarkOutcome,
  type BenchmarkReport,
  benchmark,
  presentBenchmark,
} from './benchmark/index.ts';
export {
  type Check,
  checkOpenModel,
  checkThoroughly,
  type ModelCheck,
  type ModelCheckSettings,
  ModelFacts,
  runChecks,
  verdictsOf,
} from './checks/index.ts';
export {
  type ConvertConfig,
  type ConvertReport,
  checkModel,
  convertModel,
  type FixReport,
  fixModel,
  presentCheck,
  presentConversion,
  presentFix,
} from './convert/index.ts';
export { type ErrorCode, exitStatus, MlkitError } from './errors.ts';
export {
  type FeedOptions,
  type FeedPlan,
  planFeeds,
  readNpy,
  readNpz,
  readTestDataSet,
  writeNpy,
} from './feeds/index.ts';
export {
  type Attribute,
  type AttributeInput,
  attributeFrom,
  buildModel,
  checkStructure,
  type Dimension,
  type FunctionDefinition,
  Graph,
  GraphBuilder,
  Model,
  Node,
  type NodeFields,
  type OpsetImport,
  type Position,
  type Shape,
  type SparseTensor,
  tensorType,
  type Use,
  Value,
  type ValueType,
  walkGraphs,
  walkNodes,
} from './graph/index.ts';
export {
  type ForeignReport,
  type InspectConfig,
  type InspectReport,
  inspectForeign,
  inspectModel,
  presentForeign,
  presentInspection,
} from './inspect/index.ts';
export {
  compareInterleaved,
  type LatencySummary,
  measureModel,
  summarizeLatency,
} from './measure/index.ts';
export {
  type DataFolder,
  type ExternalSettings,
  encodeModel,
  type OpenModel,
  openModel,
  openTensorFile,
  readModel,
  type SaveOptions,
  type SaveResult,
  saveModel,
  sniffFormat,
} from './onnx/index.ts';
export {
  declaredType,
  type Inference,
  type InferenceSettings,
  type InferredType,
  inferTypes,
  measureActivations,
  measureWork,
} from './ops/index.ts';
export {
  chooseProfile,
  compareModels,
  OutputAccumulator,
  type OutputParity,
  type ParityResult,
  type ParitySettings,
  type ProfileName,
  profiles,
} from './parity/index.ts';
export {
  extractSubgraph,
  fixShapes,
  irVersion,
  rename,
  setMetadata,
  strip,
} from './passes/index.ts';
export {
  presentQuantization,
  type QuantizeConfig,
  type QuantizeReport,
  quantizeModel,
} from './quantize/index.ts';
export {
  type Document,
  type Finding,
  type ReportBase,
  type ReportFormat,
  renderReport,
  type TestCase,
} from './report/index.ts';
export {
  availableCores,
  type Feeds,
  type MeasurePlan,
  openSession,
  type ProviderName,
  probeProvider,
  type Session,
  type SessionSettings,
} from './runtime/index.ts';
export {
  findSchema,
  hasCpuKernel,
  type OperatorSchema,
  onnxReleases,
  operatorsOf,
  type RuntimeRelease,
  runtimeReleases,
} from './schemas/index.ts';
export {
  add as addSizes,
  type Expression,
  evaluate as evaluateSize,
  formatSize,
  multiply as multiplySizes,
  parseSize,
  type Size,
  symbol as sizeSymbol,
} from './symbolic/index.ts';
export {
  byteLengthOf,
  computedStorage,
  type DataType,
  type DataTypeInfo,
  dataTypes,
  decodeBfloat16,
  decodeFloat16,
  decodeSmallFloat,
  encodeBfloat16,
  encodeFloat16,
  encodeSmallFloat,
  memoryStorage,
  type NumericArray,
  packElements,
  stringTensor,
  Tensor,
  type TensorStorage,
  type TensorValue,
  tensorFrom,
  unpackElements,
} from './tensor/index.ts';
export { printGraph, printModel, printNode } from './text/index.ts';
export { type TraceReport, type TraceSettings, traceModels } from './trace/index.ts';
export {
  type MatrixReport,
  type MaxDrop,
  presentValidation,
  type ValidateConfig,
  type ValidateReport,
  validate,
  validateDefaults,
} from './validate/index.ts';
