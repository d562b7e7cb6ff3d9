import { expect, test } from 'vitest';
import { cleanRuntimeMessage, lastWords } from '../../src/runtime/clean-message.ts';

test.each([
  [
    'a path, a file of the runtime and a constructor signature',
    'Load model from /m/a.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:202 onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::PathString&, const onnxruntime::IOnnxRuntimeOpSchemaRegistryList*) Unsupported model IR version: 14, max supported IR version: 13\n',
    'Unsupported model IR version: 14, max supported IR version: 13',
  ],
  [
    'nested templates and parentheses in a signature',
    '/onnxruntime_src/onnxruntime/core/graph/model_load_utils.h:46 void onnxruntime::model_load_utils::ValidateOpsetForDomain(const std::unordered_map<std::__cxx11::basic_string<char>, int>&, std::function<void(int)>, int) Opset 99 is under development.',
    'Opset 99 is under development.',
  ],
  [
    'operator() with arguments of its own, a template and a failed condition',
    "Non-zero status code returned while running MelWeightMatrix node. Name:'' Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/signal/window_functions.cc:133 onnxruntime::common::Status onnxruntime::CreateMelWeightMatrix<T>::operator()(onnxruntime::OpKernelContext*, int64_t) [with T = float; int64_t = long int] lowest_index >= 0 && lowest_index < a.size() was false. lower_edge_hertz is out of range.",
    'MelWeightMatrix node: lower_edge_hertz is out of range.',
  ],
  [
    'a lambda',
    '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n',
    'Failed to get a WebGPU adapter: No supported adapters',
  ],
  [
    'the short form of a place, and node names',
    "Non-zero status code returned while running If node. Name:'If_0' Status Message: Non-zero status code returned while running Div node. Name:'' Status Message: element_wise_ops.cc:692 Compute Integer division by zero",
    'If node "If_0": Div node: Integer division by zero',
  ],
  [
    'a place with operator() in the short form',
    "Non-zero status code returned while running Mod node. Name:'m' Status Message: element_wise_ops.cc:2256 operator() Integer modulo by zero",
    'Mod node "m": Integer modulo by zero',
  ],
  [
    'types and shapes that cannot be inferred, in a subgraph',
    'Load model from m.onnx failed:Node (if_0) Op (If) [TypeInferenceError] Graph attribute inferencing failed: Node () Op (Slice) [ShapeInferenceError] Unexpected axis value: -1. Expected range [0, 0)',
    'If node "if_0": its types cannot be inferred: Slice node: its shapes cannot be inferred: Unexpected axis value: -1. Expected range [0, 0)',
  ],
  [
    'status numbers in the middle',
    "Exception during initialization: /onnxruntime_src/onnxruntime/core/optimizer/initializer.cc:51 onnxruntime::Initializer::Initializer(const onnx::TensorProto&, const std::filesystem::__cxx11::path&) [ONNXRuntimeError] : 1 : FAIL : tensorprotoutils.cc:1469 ValidateEmbeddedTensorProtoDataSizeAndShape Initializer 'w': raw_data size (32 bytes) does not match\n",
    "Initializer 'w': raw_data size (32 bytes) does not match",
  ],
  [
    'the description of a node',
    'Load model from m.onnx failed:This is an invalid model. In Node, ("n", Relu, "", -1) : ("x": tensor(float),) -> ("y": tensor(float),) , Error Unrecognized attribute: foo for operator Relu',
    'This is an invalid model: Relu node "n": Unrecognized attribute: foo for operator Relu',
  ],
  ['what is clean already', 'Protobuf parsing failed.', 'Protobuf parsing failed.'],
])('%s', (_, raw, clean) => {
  expect(cleanRuntimeMessage(raw)).toBe(clean);
});

test('an endless message is cut', () => {
  expect(cleanRuntimeMessage('word '.repeat(1000)).length).toBe(600);
});

test.each([
  ['one word', 'x'.repeat(1_000_000)],
  ['words with hyphens', 'a-'.repeat(500_000)],
  ['a C++ scope after a source line', `x.cc:1 ${'a::'.repeat(300_000)}`],
  ['the start of a description of a node', 'Node ('.repeat(200_000)],
])('a message of a megabyte takes no time: %s', (_, raw) => {
  const start = performance.now();
  expect(cleanRuntimeMessage(raw).length).toBeLessThanOrEqual(600);
  expect(performance.now() - start).toBeLessThan(1000);
});

test('unbalanced parentheses end', () => {
  expect(cleanRuntimeMessage('/a/b.cc:1 void ns::f(int (*)(')).toBe('');
});

test('lastWords: no colours, no time stamp, no stack', () => {
  const printed = [
    "\u001b[1;31m2026-11-20 08:50:04.682450969 [E:onnxruntime:, sequential_executor.cc:671 ExecuteKernel] Non-zero status code returned while running Conv node. Name:'c' Status Message: bad channels\u001b[m",
    '',
    '<--- Last few GCs --->',
    '[5166:0x36d0fbd0]    18212 ms: Mark-Compact (reduce) 3.4 (4.7) -> 3.4 (4.7) MB',
    '<--- JS stacktrace --->',
    'FATAL ERROR: v8::ArrayBuffer::New Allocation failed - process out of memory',
    '----- Native stack trace -----',
    '',
    ' 1: 0xb78db3 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]',
    ' 2: 0xee8300 v8::Utils::ReportOOMFailure(v8::internal::Isolate*) [node]',
  ].join('\n');
  expect(lastWords(printed)).toBe(
    'Conv node "c": bad channels | FATAL ERROR: v8::ArrayBuffer::New Allocation failed - process out of memory',
  );
  expect(lastWords('\n  \n')).toBe('');
});
