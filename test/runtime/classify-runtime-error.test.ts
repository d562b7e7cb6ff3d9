import { describe, expect, test } from 'vitest';
import { classifyRuntimeError } from '../../src/runtime/classify-runtime-error.ts';

/** Messages as onnxruntime-node 1.30 gives them, and what mlkit makes of them. */
const load: [string, string, string, RegExp][] = [
  [
    "Load model from m.onnx failed:Load model m.onnx failed. File doesn't exist",
    'FILE_NOT_FOUND',
    'there is no such file',
    /path/,
  ],
  [
    'Load model from m.onnx failed:Protobuf parsing failed.',
    'MODEL_MALFORMED',
    'Protobuf parsing failed.',
    /damaged/,
  ],
  [
    'Load model from m.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:187 onnxruntime::Model::Model(onnx::ModelProto&&) ModelProto does not have a graph.\n',
    'MODEL_MALFORMED',
    'ModelProto does not have a graph.',
    /damaged/,
  ],
  [
    'inference_session.cc:2119 LoadOrtModelWithLoader ORT model verification failed.',
    'MODEL_MALFORMED',
    'it is not a model in ORT format',
    /\.ort/,
  ],
  [
    'External data path validation failed for initializer: w. Error: External data path escapes model directory. External data path: "../w.bin" resolved path: "/a/w.bin" allowed directory: "/a/b"',
    'EXTERNAL_PATH',
    'External data path validation failed for initializer: w. Error: External data path escapes model directory. External data path: "../w.bin" resolved path: "/a/w.bin" allowed directory: "/a/b"',
    /folder/,
  ],
  [
    'External data path validation failed for initializer: w. Error: tensorprotoutils.cc:461 ValidateExternalDataPathFromDir External data path does not exist: "/a/w.bin"',
    'EXTERNAL_DATA',
    'the external data file /a/w.bin is missing',
    /beside/,
  ],
  [
    'Load model from m.onnx failed:This is an invalid model. In Node, ("b", BeamSearch, "com.microsoft", -1) : ("x": tensor(float),) -> ("y",) , Error Data of TensorProto ( tensor name: w) should be stored in /a/w.data, but it is not a regular file.',
    'EXTERNAL_DATA',
    'the external data file /a/w.data is missing or cannot be read',
    /beside/,
  ],
  [
    'Exception during initialization: x.cc:1 F External initializer: w offset: 1000 size to read: 24 given file_length: 24 are out of bounds or can not be read in full.',
    'EXTERNAL_DATA',
    'External initializer: w offset: 1000 size to read: 24 given file_length: 24 are out of bounds or can not be read in full.',
    /--external/,
  ],
  [
    'open file "/nope/a.onnx" failed: No such file or directory',
    'FILE_IO',
    'onnxruntime cannot write /nope/a.onnx: No such file or directory',
    /folder/,
  ],
  [
    'Load model from m.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:202 onnxruntime::Model::Model(onnx::ModelProto&&) Unsupported model IR version: 14, max supported IR version: 13\n',
    'RUNTIME_LOAD',
    'its IR version is 14, and the installed onnxruntime reads at most 13',
    /--ir-version 13/,
  ],
  [
    'Load model from m.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model_load_utils.h:46 void onnxruntime::model_load_utils::ValidateOpsetForDomain(const std::string&, int) ONNX Runtime only *guarantees* support for models stamped with official released onnx opset versions. Opset 27 is under development and support for this is limited. The operator schemas and or other functionality may change before next ONNX release and in this case ONNX Runtime will not guarantee backward compatibility. Current official support for domain ai.onnx is till opset 26.\n',
    'RUNTIME_LOAD',
    'its opset 27 of ai.onnx is too new: the installed onnxruntime knows at most 26',
    /version 26 or older/,
  ],
  [
    'Load model from m.onnx failed:Fatal error: ai.onnx.contrib:CLIPTokenizer(-1) is not a registered function/op',
    'RUNTIME_LOAD',
    'the operator ai.onnx.contrib:CLIPTokenizer belongs to onnxruntime-extensions',
    /outside of the model/,
  ],
  [
    'Load model from m.onnx failed:Fatal error: ai.onnx:Crop(10) is not a registered function/op',
    'RUNTIME_LOAD',
    'the installed onnxruntime has no operator Crop of ai.onnx',
    /another version/,
  ],
  [
    'Load model from m.onnx failed:Fatal error: com.microsoft:AdamWOptimizer(-1) is not a registered function/op',
    'RUNTIME_LOAD',
    'the installed onnxruntime has no operator AdamWOptimizer of com.microsoft',
    /training/,
  ],
  [
    'Load model from m.onnx failed:Fatal error: ai.onnx.preview.training:Adagrad(-1) is not a registered function/op',
    'RUNTIME_LOAD',
    'the installed onnxruntime has no operator Adagrad of ai.onnx.preview.training',
    /training/,
  ],
  [
    'Load model from m.onnx failed:Fatal error: test.customop:One(-1) is not a registered function/op',
    'RUNTIME_LOAD',
    'the operator One of domain test.customop is neither built into onnxruntime nor a function in the model',
    /library/,
  ],
  [
    'Load model from m.onnx failed:This is an invalid model. In Node, ("", Foo, "my", -1) : ("x": tensor(float),) -> ("y",) , Error No opset import for domain \'my\'',
    'MODEL_INVALID',
    'it uses the domain my and imports no opset of it',
    /--check/,
  ],
  [
    'Load model from m.onnx failed:This is an invalid model. In Node, ("", NoSuchOp, "", -1) : ("x",) -> ("y",) , Error No Op registered for NoSuchOp with domain_version of 21',
    'MODEL_INVALID',
    'opset 21 has no operator NoSuchOp',
    /--check/,
  ],
  [
    'Load model from m.onnx failed:This is an invalid model. In Node, ("", Upsample, "", -1) : ("x",) -> ("y",) , Error Op registered for Upsample is deprecated in domain_version of 21',
    'MODEL_INVALID',
    'the operator Upsample does not exist any more in opset 21',
    /older opset/,
  ],
  [
    "Could not find an implementation for Add(1) node with name 'Plus30'",
    'RUNTIME_LOAD',
    'the provider has no kernel for Add (version 1) with the types that the model uses',
    /another opset/,
  ],
  [
    "Failed to find kernel for Cast(25) (node:'' ep:'CPUExecutionProvider'). Op with name () domain () and type (Cast) kernel is not supported in CPUExecutionProvider.",
    'RUNTIME_LOAD',
    'the provider has no kernel for Cast (version 25) with the types that the model uses',
    /another opset/,
  ],
  [
    'Unsupported data type: 16',
    'MODEL_UNSUPPORTED',
    'an input or output is bfloat16, which onnxruntime-node cannot pass',
    /Cast/,
  ],
  [
    'Unsupported data type: 17',
    'MODEL_UNSUPPORTED',
    'an input or output is float8e4m3fn, which onnxruntime-node cannot pass',
    /Cast/,
  ],
  [
    "EPContext node generated by 'OpenVINOExecutionProvider' is not compatible with any execution provider added to the session. EPContext node name: 'ContextNode'.",
    'RUNTIME_LOAD',
    'it was compiled for OpenVINOExecutionProvider, which is not in use',
    /compiled from/,
  ],
  [
    'This session contains graph nodes that are assigned to the default CPU EP, but fallback to CPU EP has been explicitly disabled by the user.',
    'RUNTIME_LOAD',
    'the provider does not take all nodes of the model, and falling back is off',
    /CPU/,
  ],
  [
    'Exception during initialization: /onnxruntime_src/onnxruntime/core/providers/cpu/text/string_normalizer.cc:235 onnxruntime::StringNormalizer::Locale::Locale(const std::string&)::<lambda()> Failed to construct locale with name:en_US.UTF-8:locale::facet::_S_create_c_locale name not valid:Please, install necessary language-pack-XX and configure locales\n',
    'RUNTIME_LOAD',
    'a text operator of it needs the locale en_US.UTF-8, which this system lacks',
    /locale/,
  ],
  [
    'Load model from m.onnx failed:Type Error: Type parameter (T) of Optype (Add) bound to different types (tensor(float) and tensor(int64) in node ().',
    'MODEL_INVALID',
    'Type Error: Type parameter (T) of Optype (Add) bound to different types (tensor(float) and tensor(int64) in node ().',
    /--check/,
  ],
  [
    "Load model from m.onnx failed:Node () Op (Softmax) [ShapeInferenceError] 'axis' must be in [-2 , 1]. Its actual value is: 7",
    'MODEL_INVALID',
    "Softmax node: its shapes cannot be inferred: 'axis' must be in [-2 , 1]. Its actual value is: 7",
    /contradict/,
  ],
  [
    'Load model from m.onnx failed:Missing opset in the model. All ModelProtos MUST have at least one entry.',
    'MODEL_INVALID',
    'it imports no operator set, so nothing says what its operators mean',
    /Export it again/,
  ],
  ['Something never seen before', 'RUNTIME_LOAD', 'Something never seen before', /./],
];

const run: [string, string, string, RegExp][] = [
  [
    'Non tensor type is temporarily not supported.',
    'MODEL_UNSUPPORTED',
    'an output is no tensor (a sequence, a map, an optional or sparse), which onnxruntime-node cannot pass',
    /still a tensor/,
  ],
  [
    'Tensor.type is not supported: int4',
    'MODEL_UNSUPPORTED',
    'an input is int4, which onnxruntime-node cannot pass',
    /Cast/,
  ],
  ["input 'y' is missing in 'feeds'.", 'INPUT_DATA', 'there is no data for input "y"', /./],
  [
    'Unexpected input data type. Actual: (tensor(double)) , expected: (tensor(float))',
    'INPUT_DATA',
    'an input has type double, and the model wants float',
    /type/,
  ],
  [
    'Invalid rank for input: y Got: 1 Expected: 3 Please fix either the inputs/outputs or the model.',
    'INPUT_DATA',
    'Invalid rank for input: y Got: 1 Expected: 3',
    /shape/,
  ],
  [
    'Got invalid dimensions for input: y for the following indices\n index: 0 Got: 1 Expected: 3\n Please fix either the inputs/outputs or the model.',
    'INPUT_DATA',
    'Got invalid dimensions for input: y for the following indices index: 0 Got: 1 Expected: 3',
    /shape/,
  ],
  [
    "'fetches' contains invalid output name: nope.",
    'INPUT_DATA',
    'it has no output "nope"',
    /outputs/,
  ],
  [
    "Non-zero status code returned while running Gather node. Name:'g' Status Message: indices element out of data bounds, idx=9 must be within the inclusive range [-2,1]",
    'RUNTIME_RUN',
    'Gather node "g": indices element out of data bounds, idx=9 must be within the inclusive range [-2,1]',
    /integer inputs/,
  ],
  [
    "Non-zero status code returned while running Conv node. Name:'c' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t) Failed to allocate memory for requested buffer of size 17179869184\n",
    'RUNTIME_RUN',
    'there is not enough memory',
    /smaller/,
  ],
  ['std::bad_alloc', 'RUNTIME_RUN', 'there is not enough memory', /smaller/],
  [
    "Non-zero status code returned while running Conv node. Name:'c' Status Message: Invalid input shape: {1,255}",
    'RUNTIME_RUN',
    'Conv node "c": Invalid input shape: {1,255}',
    /--shape/,
  ],
];

describe('loading', () => {
  test.each(load)('%s', (message, code, text, hint) => {
    const error = classifyRuntimeError(message, { modelPath: 'm.onnx', doing: 'load' });
    expect(error.code).toBe(code);
    expect(error.message).toBe(`cannot load m.onnx: ${text}`);
    expect(error.hint).toMatch(hint);
    expect((error.cause as Error).message).toBe(message);
  });
});

describe('running', () => {
  test.each(run)('%s', (message, code, text, hint) => {
    const error = classifyRuntimeError(message, { modelPath: 'm.onnx', doing: 'run' });
    expect(error.code).toBe(code);
    expect(error.message).toBe(`cannot run m.onnx: ${text}`);
    expect(error.hint).toMatch(hint);
  });
});
