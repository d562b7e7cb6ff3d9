import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import {
  type AttributeInput,
  buildModel,
  tensorType,
  type ValueType,
} from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/index.ts';
import {
  cpuKernelTypes,
  findSchema,
  hasCpuKernel,
  type KernelAnswer,
  type OperatorSchema,
} from '../../src/schemas/index.ts';
import type { DataType } from '../../src/tensor/index.ts';

function schemaOf(domain: string, name: string, opset: number): OperatorSchema {
  const schema = findSchema(domain, name, opset);
  if (schema === null) throw new Error(`${name} is unknown`);
  return schema;
}

function answer(name: string, opset: number, bound: Record<string, string>): KernelAnswer {
  return hasCpuKernel(schemaOf('', name, opset), opset, new Map(Object.entries(bound)));
}

/** An operator, the types of its inputs and outputs, and what its type parameters then stand for. */
interface Sample {
  readonly operator: string;
  readonly opset: number;
  readonly inputs: readonly DataType[];
  readonly output: DataType;
  readonly bound: Readonly<Record<string, DataType>>;
  readonly attributes?: Readonly<Record<string, AttributeInput>>;
  readonly domain?: string;
  readonly expected: KernelAnswer;
}

function unary(
  operator: string,
  opset: number,
  type: DataType,
  expected: KernelAnswer,
  domain = '',
): Sample {
  return { operator, opset, inputs: [type], output: type, bound: { T: type }, domain, expected };
}

function binary(
  operator: string,
  opset: number,
  type: DataType,
  expected: KernelAnswer,
  output = type,
): Sample {
  const bound = output === type ? { T: type } : { T: type, T1: output };
  return { operator, opset, inputs: [type, type], output, bound, expected };
}

const samples: readonly Sample[] = [
  unary('Relu', 14, 'float32', 'yes'),
  unary('Relu', 13, 'float64', 'yes'),
  unary('Relu', 14, 'int32', 'yes'),
  unary('Relu', 14, 'int64', 'no'),
  unary('Relu', 14, 'float16', 'with-casts'),
  unary('Relu', 14, 'bfloat16', 'no'),
  unary('Elu', 22, 'float64', 'no'),
  unary('Gelu', 20, 'float32', 'yes'),
  unary('Gelu', 20, 'float64', 'no'),
  unary('Mish', 18, 'float64', 'function'),
  unary('HardSwish', 22, 'float32', 'function'),
  unary('Neg', 13, 'bfloat16', 'no'),
  unary('Abs', 13, 'uint8', 'yes'),
  unary('Identity', 16, 'bfloat16', 'yes'),
  unary('QuickGelu', 1, 'bfloat16', 'no', 'com.microsoft'),
  unary('QuickGelu', 1, 'float64', 'function', 'com.microsoft'),
  binary('MatMul', 13, 'float32', 'yes'),
  binary('MatMul', 13, 'int32', 'yes'),
  binary('MatMul', 13, 'bfloat16', 'no'),
  binary('MatMul', 9, 'float16', 'with-casts'),
  binary('Add', 14, 'int8', 'yes'),
  binary('Add', 13, 'bfloat16', 'no'),
  binary('Sub', 7, 'uint32', 'yes'),
  binary('And', 7, 'bool', 'yes', 'bool'),
  binary('Less', 13, 'float16', 'with-casts', 'bool'),
  binary('Less', 13, 'bfloat16', 'no', 'bool'),
  binary('GreaterOrEqual', 16, 'bfloat16', 'no', 'bool'),
  // There is a kernel for version 1, which does not say that it is good for version 22.
  {
    operator: 'MaxRoiPool',
    opset: 22,
    inputs: ['float32', 'float32'],
    output: 'float32',
    bound: { T: 'float32' },
    attributes: { pooled_shape: [1, 1] },
    expected: 'no',
  },
  {
    operator: 'MaxRoiPool',
    opset: 21,
    inputs: ['float32', 'float32'],
    output: 'float32',
    bound: { T: 'float32' },
    attributes: { pooled_shape: [1, 1] },
    expected: 'yes',
  },
  // Without an input of float16 nothing is converted.
  {
    operator: 'EyeLike',
    opset: 9,
    inputs: ['float32'],
    output: 'float16',
    bound: { T1: 'float32', T2: 'float16' },
    attributes: { dtype: 10 },
    expected: 'no',
  },
  {
    operator: 'EyeLike',
    opset: 9,
    inputs: ['float16'],
    output: 'float32',
    bound: { T1: 'float16', T2: 'float32' },
    attributes: { dtype: 1 },
    expected: 'with-casts',
  },
  // Kernels for certain pairs of types only.
  {
    operator: 'OneHot',
    opset: 11,
    inputs: ['int64', 'int64', 'float32'],
    output: 'float32',
    bound: { T1: 'int64', T2: 'int64', T3: 'float32' },
    expected: 'yes',
  },
  {
    operator: 'OneHot',
    opset: 11,
    inputs: ['int8', 'int8', 'bool'],
    output: 'bool',
    bound: { T1: 'int8', T2: 'int8', T3: 'bool' },
    expected: 'no',
  },
  {
    operator: 'Cast',
    opset: 21,
    inputs: ['int4'],
    output: 'float8e4m3fn',
    bound: { T1: 'int4', T2: 'float8e4m3fn' },
    attributes: { to: 17 },
    expected: 'yes',
  },
];

/** What the runtime itself makes of the sample. */
async function ask(sample: Sample): Promise<'runs' | 'runs with casts' | 'refused'> {
  const { operator, opset, inputs, output, attributes = {}, domain = '' } = sample;
  const type = (dtype: DataType): ValueType => tensorType(dtype, null);
  const opsets = domain === '' ? { '': opset } : { '': 21, [domain]: opset };
  const model = buildModel({ opset: opsets, irVersion: 10 }, (b) => {
    const given = inputs.map((dtype, at) => b.input(`x${at}`, type(dtype)));
    b.output(b.node(operator, given, attributes, { domain }), type(output));
  });
  try {
    const session = await InferenceSession.create((await encodeModel(model)).toBytes(), {
      graphOptimizationLevel: 'disabled',
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
    });
    await session.release();
    return 'runs';
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Node's binding has no name for every type; the session was made by then.
    if (message.startsWith('Unsupported data type')) return 'runs';
    if (/find an implementation|find kernel|parameter .* is invalid/.test(message))
      return 'refused';
    throw error;
  }
}

describe('the installed runtime agrees', () => {
  test.each(samples)('$operator-$opset $bound: $expected', async (sample) => {
    const { operator, opset, bound, domain = '', expected } = sample;
    const schema = schemaOf(domain, operator, opset);
    expect(hasCpuKernel(schema, opset, new Map(Object.entries(bound)))).toBe(expected);
    expect(await ask(sample)).toBe(expected === 'no' ? 'refused' : 'runs');
  });
});

describe('what fits', () => {
  test('a parameter without a value does not count', () => {
    expect(answer('Conv', 11, {})).toBe('yes');
    expect(answer('LSTM', 14, { T: 'float32' })).toBe('yes');
    expect(answer('LSTM', 14, { T: 'float32', T1: 'int32' })).toBe('yes');
  });

  test('a type that is not known leaves it open, unless any would do', () => {
    expect(answer('Conv', 11, { T: '?' })).toBe('unknown');
    expect(answer('Not', 1, { T: '?' })).toBe('yes');
    expect(answer('GatherND', 13, { T: '?' })).toBe('unknown');
    expect(answer('ConvInteger', 10, { T1: 'uint8', T2: '?', T3: 'int32' })).toBe('yes');
    expect(answer('GatherND', 13, { T: 'complex64' })).toBe('no');
  });

  test('constants never need a kernel', () => {
    expect(answer('Constant', 13, { T: 'float8e4m3fn' })).toBe('yes');
  });

  test('it may depend on optional inputs', () => {
    expect(answer('Clip', 13, { T: 'int16' })).toBe('unknown');
  });

  test('a version that the runtime does not have is answered for the one that it takes', () => {
    const newest = schemaOf('', 'Attention', 25);
    expect(newest).toMatchObject({ since: 25, isInRuntime: false });
    expect(hasCpuKernel(newest, 25, new Map([['T1', 'float32']]))).toBe('yes');
    expect(hasCpuKernel(schemaOf('ai.onnx.preview', 'FlexAttention', 1), 1, new Map())).toBe('no');
  });

  test('subgraphs hold values of any type', () => {
    expect(answer('If', 16, { B: 'bool', V: 'optional(seq(float32))' })).toBe('yes');
    expect(answer('Loop', 13, { I: 'int64', B: 'bool', V: 'string' })).toBe('yes');
    expect(answer('If', 13, { B: 'bool', V: 'complex64' })).toBe('no');
  });
});

describe('the types that kernels take', () => {
  function typesOf(domain: string, name: string, opset: number, input: number): string[] {
    const schema = schemaOf(domain, name, opset);
    const parameter = schema.inputs[input];
    if (parameter === undefined) throw new RangeError(`${name} has no input ${input}`);
    return [...cpuKernelTypes(schema, opset, parameter)].toSorted();
  }

  test('are those of all kernels together', () => {
    expect(typesOf('', 'Conv', 22, 0)).toEqual(['float32']);
    expect(typesOf('', 'MatMul', 13, 0)).toEqual([
      'float32',
      'float64',
      'int32',
      'int64',
      'uint32',
      'uint64',
    ]);
    expect(typesOf('', 'QLinearConv', 10, 0)).toEqual(['int8', 'uint8']);
  });

  test('are named by the parameter, or by the input', () => {
    expect(typesOf('', 'GatherND', 13, 1)).toEqual(['int64']);
    expect(typesOf('com.microsoft', 'MatMulNBits', 1, 0)).toEqual(['float16', 'float32']);
  });

  test('are none where there is no kernel', () => {
    expect(typesOf('', 'Mish', 18, 0)).toEqual([]);
    expect(typesOf('ai.onnx.preview', 'FlexAttention', 1, 0)).toEqual([]);
  });
});
