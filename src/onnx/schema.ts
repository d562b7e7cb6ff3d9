// Made by bench/generate-schema.js: field numbers and types of the ONNX protobuf messages.
// Facts from onnx.proto and onnx-data.proto of ONNX 1.23.1 (IR version 14), https://github.com/onnx/onnx.

export type ScalarType =
  | 'string'
  | 'bytes'
  | 'int64'
  | 'int32'
  | 'uint64'
  | 'float'
  | 'double'
  | 'enum';

export interface FieldSchema {
  readonly number: number;
  readonly type: ScalarType | 'message';
  readonly repeated?: true;
  /** Set where `type` is `message`. */
  readonly message?: MessageName;
}

export type MessageName =
  | 'AttributeProto'
  | 'ValueInfoProto'
  | 'NodeProto'
  | 'IntIntListEntryProto'
  | 'NodeDeviceConfigurationProto'
  | 'ShardingSpecProto'
  | 'ShardedDimProto'
  | 'SimpleShardedDimProto'
  | 'TrainingInfoProto'
  | 'ModelProto'
  | 'DeviceConfigurationProto'
  | 'StringStringEntryProto'
  | 'TensorAnnotation'
  | 'GraphProto'
  | 'TensorProto'
  | 'TensorProtoSegment'
  | 'SparseTensorProto'
  | 'TensorShapeProto'
  | 'TensorShapeProtoDimension'
  | 'TypeProto'
  | 'TypeProtoTensor'
  | 'TypeProtoSequence'
  | 'TypeProtoMap'
  | 'TypeProtoOptional'
  | 'TypeProtoSparseTensor'
  | 'TypeProtoOpaque'
  | 'OperatorSetIdProto'
  | 'FunctionProto'
  | 'SequenceProto'
  | 'MapProto'
  | 'OptionalProto';

export const schema: Readonly<Record<MessageName, Readonly<Record<string, FieldSchema>>>> = {
  AttributeProto: {
    name: { number: 1, type: 'string' },
    f: { number: 2, type: 'float' },
    i: { number: 3, type: 'int64' },
    s: { number: 4, type: 'bytes' },
    t: { number: 5, type: 'message', message: 'TensorProto' },
    g: { number: 6, type: 'message', message: 'GraphProto' },
    floats: { number: 7, type: 'float', repeated: true },
    ints: { number: 8, type: 'int64', repeated: true },
    strings: { number: 9, type: 'bytes', repeated: true },
    tensors: { number: 10, type: 'message', repeated: true, message: 'TensorProto' },
    graphs: { number: 11, type: 'message', repeated: true, message: 'GraphProto' },
    doc_string: { number: 13, type: 'string' },
    tp: { number: 14, type: 'message', message: 'TypeProto' },
    type_protos: { number: 15, type: 'message', repeated: true, message: 'TypeProto' },
    type: { number: 20, type: 'enum' },
    ref_attr_name: { number: 21, type: 'string' },
    sparse_tensor: { number: 22, type: 'message', message: 'SparseTensorProto' },
    sparse_tensors: { number: 23, type: 'message', repeated: true, message: 'SparseTensorProto' },
  },
  ValueInfoProto: {
    name: { number: 1, type: 'string' },
    type: { number: 2, type: 'message', message: 'TypeProto' },
    doc_string: { number: 3, type: 'string' },
    metadata_props: {
      number: 4,
      type: 'message',
      repeated: true,
      message: 'StringStringEntryProto',
    },
  },
  NodeProto: {
    input: { number: 1, type: 'string', repeated: true },
    output: { number: 2, type: 'string', repeated: true },
    name: { number: 3, type: 'string' },
    op_type: { number: 4, type: 'string' },
    attribute: { number: 5, type: 'message', repeated: true, message: 'AttributeProto' },
    doc_string: { number: 6, type: 'string' },
    domain: { number: 7, type: 'string' },
    overload: { number: 8, type: 'string' },
    metadata_props: {
      number: 9,
      type: 'message',
      repeated: true,
      message: 'StringStringEntryProto',
    },
    device_configurations: {
      number: 10,
      type: 'message',
      repeated: true,
      message: 'NodeDeviceConfigurationProto',
    },
  },
  IntIntListEntryProto: {
    key: { number: 1, type: 'int64' },
    value: { number: 2, type: 'int64', repeated: true },
  },
  NodeDeviceConfigurationProto: {
    configuration_id: { number: 1, type: 'string' },
    sharding_spec: { number: 2, type: 'message', repeated: true, message: 'ShardingSpecProto' },
    pipeline_stage: { number: 3, type: 'int32' },
  },
  ShardingSpecProto: {
    tensor_name: { number: 1, type: 'string' },
    device: { number: 2, type: 'int64', repeated: true },
    index_to_device_group_map: {
      number: 3,
      type: 'message',
      repeated: true,
      message: 'IntIntListEntryProto',
    },
    sharded_dim: { number: 4, type: 'message', repeated: true, message: 'ShardedDimProto' },
  },
  ShardedDimProto: {
    axis: { number: 1, type: 'int64' },
    simple_sharding: {
      number: 2,
      type: 'message',
      repeated: true,
      message: 'SimpleShardedDimProto',
    },
  },
  SimpleShardedDimProto: {
    dim_value: { number: 1, type: 'int64' },
    dim_param: { number: 2, type: 'string' },
    num_shards: { number: 3, type: 'int64' },
  },
  TrainingInfoProto: {
    initialization: { number: 1, type: 'message', message: 'GraphProto' },
    algorithm: { number: 2, type: 'message', message: 'GraphProto' },
    initialization_binding: {
      number: 3,
      type: 'message',
      repeated: true,
      message: 'StringStringEntryProto',
    },
    update_binding: {
      number: 4,
      type: 'message',
      repeated: true,
      message: 'StringStringEntryProto',
    },
  },
  ModelProto: {
    ir_version: { number: 1, type: 'int64' },
    producer_name: { number: 2, type: 'string' },
    producer_version: { number: 3, type: 'string' },
    domain: { number: 4, type: 'string' },
    model_version: { number: 5, type: 'int64' },
    doc_string: { number: 6, type: 'string' },
    graph: { number: 7, type: 'message', message: 'GraphProto' },
    opset_import: { number: 8, type: 'message', repeated: true, message: 'OperatorSetIdProto' },
    metadata_props: {
      number: 14,
      type: 'message',
      repeated: true,
      message: 'StringStringEntryProto',
    },
    training_info: { number: 20, type: 'message', repeated: true, message: 'TrainingInfoProto' },
    functions: { number: 25, type: 'message', repeated: true, message: 'FunctionProto' },
    configuration: {
      number: 26,
      type: 'message',
      repeated: true,
      message: 'DeviceConfigurationProto',
    },
  },
  DeviceConfigurationProto: {
    name: { number: 1, type: 'string' },
    num_devices: { number: 2, type: 'int32' },
    device: { number: 3, type: 'string', repeated: true },
  },
  StringStringEntryProto: {
    key: { number: 1, type: 'string' },
    value: { number: 2, type: 'string' },
  },
  TensorAnnotation: {
    tensor_name: { number: 1, type: 'string' },
    quant_parameter_tensor_names: {
      number: 2,
      type: 'message',
      repeated: true,
      message: 'StringStringEntryProto',
    },
  },
  GraphProto: {
    node: { number: 1, type: 'message', repeated: true, message: 'NodeProto' },
    name: { number: 2, type: 'string' },
    initializer: { number: 5, type: 'message', repeated: true, message: 'TensorProto' },
    doc_string: { number: 10, type: 'string' },
    input: { number: 11, type: 'message', repeated: true, message: 'ValueInfoProto' },
    output: { number: 12, type: 'message', repeated: true, message: 'ValueInfoProto' },
    value_info: { number: 13, type: 'message', repeated: true, message: 'ValueInfoProto' },
    quantization_annotation: {
      number: 14,
      type: 'message',
      repeated: true,
      message: 'TensorAnnotation',
    },
    sparse_initializer: {
      number: 15,
      type: 'message',
      repeated: true,
      message: 'SparseTensorProto',
    },
    metadata_props: {
      number: 16,
      type: 'message',
      repeated: true,
      message: 'StringStringEntryProto',
    },
  },
  TensorProto: {
    dims: { number: 1, type: 'int64', repeated: true },
    data_type: { number: 2, type: 'int32' },
    segment: { number: 3, type: 'message', message: 'TensorProtoSegment' },
    float_data: { number: 4, type: 'float', repeated: true },
    int32_data: { number: 5, type: 'int32', repeated: true },
    string_data: { number: 6, type: 'bytes', repeated: true },
    int64_data: { number: 7, type: 'int64', repeated: true },
    name: { number: 8, type: 'string' },
    raw_data: { number: 9, type: 'bytes' },
    double_data: { number: 10, type: 'double', repeated: true },
    uint64_data: { number: 11, type: 'uint64', repeated: true },
    doc_string: { number: 12, type: 'string' },
    external_data: {
      number: 13,
      type: 'message',
      repeated: true,
      message: 'StringStringEntryProto',
    },
    data_location: { number: 14, type: 'enum' },
    metadata_props: {
      number: 16,
      type: 'message',
      repeated: true,
      message: 'StringStringEntryProto',
    },
  },
  TensorProtoSegment: {
    begin: { number: 1, type: 'int64' },
    end: { number: 2, type: 'int64' },
  },
  SparseTensorProto: {
    values: { number: 1, type: 'message', message: 'TensorProto' },
    indices: { number: 2, type: 'message', message: 'TensorProto' },
    dims: { number: 3, type: 'int64', repeated: true },
  },
  TensorShapeProto: {
    dim: { number: 1, type: 'message', repeated: true, message: 'TensorShapeProtoDimension' },
  },
  TensorShapeProtoDimension: {
    dim_value: { number: 1, type: 'int64' },
    dim_param: { number: 2, type: 'string' },
    denotation: { number: 3, type: 'string' },
  },
  TypeProto: {
    tensor_type: { number: 1, type: 'message', message: 'TypeProtoTensor' },
    sequence_type: { number: 4, type: 'message', message: 'TypeProtoSequence' },
    map_type: { number: 5, type: 'message', message: 'TypeProtoMap' },
    denotation: { number: 6, type: 'string' },
    opaque_type: { number: 7, type: 'message', message: 'TypeProtoOpaque' },
    sparse_tensor_type: { number: 8, type: 'message', message: 'TypeProtoSparseTensor' },
    optional_type: { number: 9, type: 'message', message: 'TypeProtoOptional' },
  },
  TypeProtoTensor: {
    elem_type: { number: 1, type: 'int32' },
    shape: { number: 2, type: 'message', message: 'TensorShapeProto' },
  },
  TypeProtoSequence: {
    elem_type: { number: 1, type: 'message', message: 'TypeProto' },
  },
  TypeProtoMap: {
    key_type: { number: 1, type: 'int32' },
    value_type: { number: 2, type: 'message', message: 'TypeProto' },
  },
  TypeProtoOptional: {
    elem_type: { number: 1, type: 'message', message: 'TypeProto' },
  },
  TypeProtoSparseTensor: {
    elem_type: { number: 1, type: 'int32' },
    shape: { number: 2, type: 'message', message: 'TensorShapeProto' },
  },
  TypeProtoOpaque: {
    domain: { number: 1, type: 'string' },
    name: { number: 2, type: 'string' },
  },
  OperatorSetIdProto: {
    domain: { number: 1, type: 'string' },
    version: { number: 2, type: 'int64' },
  },
  FunctionProto: {
    name: { number: 1, type: 'string' },
    input: { number: 4, type: 'string', repeated: true },
    output: { number: 5, type: 'string', repeated: true },
    attribute: { number: 6, type: 'string', repeated: true },
    node: { number: 7, type: 'message', repeated: true, message: 'NodeProto' },
    doc_string: { number: 8, type: 'string' },
    opset_import: { number: 9, type: 'message', repeated: true, message: 'OperatorSetIdProto' },
    domain: { number: 10, type: 'string' },
    attribute_proto: { number: 11, type: 'message', repeated: true, message: 'AttributeProto' },
    value_info: { number: 12, type: 'message', repeated: true, message: 'ValueInfoProto' },
    overload: { number: 13, type: 'string' },
    metadata_props: {
      number: 14,
      type: 'message',
      repeated: true,
      message: 'StringStringEntryProto',
    },
  },
  SequenceProto: {
    name: { number: 1, type: 'string' },
    elem_type: { number: 2, type: 'int32' },
    tensor_values: { number: 3, type: 'message', repeated: true, message: 'TensorProto' },
    sparse_tensor_values: {
      number: 4,
      type: 'message',
      repeated: true,
      message: 'SparseTensorProto',
    },
    sequence_values: { number: 5, type: 'message', repeated: true, message: 'SequenceProto' },
    map_values: { number: 6, type: 'message', repeated: true, message: 'MapProto' },
    optional_values: { number: 7, type: 'message', repeated: true, message: 'OptionalProto' },
  },
  MapProto: {
    name: { number: 1, type: 'string' },
    key_type: { number: 2, type: 'int32' },
    keys: { number: 3, type: 'int64', repeated: true },
    string_keys: { number: 4, type: 'bytes', repeated: true },
    values: { number: 5, type: 'message', message: 'SequenceProto' },
  },
  OptionalProto: {
    name: { number: 1, type: 'string' },
    elem_type: { number: 2, type: 'int32' },
    tensor_value: { number: 3, type: 'message', message: 'TensorProto' },
    sparse_tensor_value: { number: 4, type: 'message', message: 'SparseTensorProto' },
    sequence_value: { number: 5, type: 'message', message: 'SequenceProto' },
    map_value: { number: 6, type: 'message', message: 'MapProto' },
    optional_value: { number: 7, type: 'message', message: 'OptionalProto' },
  },
};
