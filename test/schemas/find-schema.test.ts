import { describe, expect, test } from 'vitest';
import {
  allowedTypes,
  findSchema,
  isRuntimeOnlyOperator,
  knownDomains,
  type OperatorSchema,
  operatorsOf,
  parameterAt,
  schemaVersions,
} from '../../src/schemas/index.ts';

function schemaOf(domain: string, name: string, opset: number): OperatorSchema {
  const schema = findSchema(domain, name, opset);
  if (schema === null) throw new Error(`${domain}:${name} has no version ${opset}`);
  return schema;
}

/** `T: float16 float32`, one a line. */
function constraintsOf(schema: OperatorSchema): Record<string, string> {
  return Object.fromEntries(
    [...schema.typeConstraints].map(([name, types]) => [name, [...types].toSorted().join(' ')]),
  );
}

const floats = 'float16 float32 float64';

describe('the tables', () => {
  // As onnx 1.23.1 (onnx.defs.get_all_schemas_with_history) and onnxruntime 1.30.0 count them.
  test.each([
    ['', 203, 629],
    ['ai.onnx.ml', 19, 25],
    ['ai.onnx.preview', 1, 1],
    ['ai.onnx.preview.training', 4, 4],
    ['com.microsoft', 127, 127],
  ])('hold all of %j', (domain, operators, versions) => {
    const names = operatorsOf(domain);
    expect(names).toHaveLength(operators);
    expect(names.flatMap((name) => schemaVersions(domain, name))).toHaveLength(versions);
  });

  test('have every domain that is known, and no other', () => {
    expect(knownDomains.filter((domain) => operatorsOf(domain).length === 0)).toEqual([]);
    expect(operatorsOf('com.example')).toEqual([]);
  });

  test('are well-formed in every version', () => {
    const problems: string[] = [];
    for (const domain of knownDomains) {
      for (const name of operatorsOf(domain)) {
        for (const since of schemaVersions(domain, name)) {
          problems.push(...problemsOf(schemaOf(domain, name, since), since));
        }
      }
    }
    expect(problems).toEqual([]);
  });
});

function problemsOf(schema: OperatorSchema, since: number): string[] {
  const where = `${schema.domain}:${schema.name}-${since}`;
  const problems: string[] = [];
  if (schema.since !== since) problems.push(`${where} is ${schema.since}`);
  for (const each of [...schema.inputs, ...schema.outputs]) {
    const types = allowedTypes(schema, each);
    for (const type of types) {
      const isText =
        /^((seq|optional|sparse)\()*([a-z]+[0-9a-z]*|map\((int64|string), \w+\))\)*$/.test(type);
      if (!isText) problems.push(`${where} ${each.name}: ${type}`);
    }
    if (types.size === 0) problems.push(`${where} ${each.name} has no type`);
    // ONNX calls the outputs of Split-1 `outputs...`.
    if (!/^\w+(\.\.\.)?$/.test(each.name)) problems.push(`${where} has a parameter ${each.name}`);
  }
  for (const [name, each] of schema.attributes) {
    if (name !== each.name || !/^\w+$/.test(name)) problems.push(`${where} attribute ${name}`);
    if (each.isRequired && each.default !== undefined) problems.push(`${where} ${name} is both`);
    if (Number.isNaN(each.default)) problems.push(`${where} ${name} has no number`);
  }
  if (schema.minInputs > schema.maxInputs) problems.push(`${where} inputs`);
  if (schema.minOutputs > schema.maxOutputs) problems.push(`${where} outputs`);
  return problems;
}

describe('looking up', () => {
  test('gives the newest version that the operator set has', () => {
    expect(schemaVersions('', 'Softmax')).toEqual([1, 11, 13]);
    expect([1, 10, 11, 12, 13, 28].map((opset) => schemaOf('', 'Softmax', opset).since)).toEqual([
      1, 1, 11, 11, 13, 13,
    ]);
    expect(findSchema('', 'LayerNormalization', 16)).toBeNull();
    expect(findSchema('', 'LayerNormalization', 17)?.since).toBe(17);
    expect(findSchema('', 'Conv', 0)).toBeNull();
  });

  test('gives the same object each time', () => {
    expect(findSchema('', 'Conv', 17)).toBe(findSchema('', 'Conv', 12));
  });

  test('takes ai.onnx for the empty domain', () => {
    expect(findSchema('ai.onnx', 'Conv', 17)).toBe(findSchema('', 'Conv', 17));
    expect(findSchema('ai.onnx', 'Conv', 17)?.domain).toBe('');
    expect(operatorsOf('ai.onnx')).toEqual(operatorsOf(''));
  });

  test('keeps domains apart', () => {
    expect(schemaOf('com.microsoft', 'Attention', 1).minInputs).toBe(2);
    expect(schemaOf('', 'Attention', 23).minInputs).toBe(3);
    expect(findSchema('ai.onnx.ml', 'Conv', 5)).toBeNull();
    expect(findSchema('com.microsoft.nchwc', 'Conv', 1)).toBeNull();
  });

  test('knows nothing by the names of built-in properties', () => {
    expect(findSchema('', 'constructor', 17)).toBeNull();
    expect(findSchema('__proto__', 'toString', 17)).toBeNull();
    expect(schemaVersions('', '')).toEqual([]);
  });

  test.each(
    ['ATen', 'Affine', 'ConstantFill', 'Crop', 'DynamicSlice', 'GRUUnit', 'GivenTensorFill'].concat(
      ['ImageScaler', 'ParametricSoftplus', 'Scale', 'ScaledTanh'],
    ),
  )('has no schema of the experimental %s', (name) => {
    expect(findSchema('', name, 1)).toBeNull();
    expect(findSchema('', name, 28)).toBeNull();
  });

  test('tells the operators that onnxruntime adds to ai.onnx', () => {
    expect(isRuntimeOnlyOperator('', 'SimplifiedLayerNormalization')).toBe(true);
    expect(isRuntimeOnlyOperator('ai.onnx', 'Affine')).toBe(true);
    expect(isRuntimeOnlyOperator('', 'Conv')).toBe(false);
    expect(isRuntimeOnlyOperator('com.microsoft', 'Affine')).toBe(false);
    expect(isRuntimeOnlyOperator('', 'ATen')).toBe(false);
  });

  test('gives deprecated versions as such', () => {
    const deprecated = operatorsOf('').flatMap((name) =>
      schemaVersions('', name)
        .filter((since) => schemaOf('', name, since).isDeprecated)
        .map((since) => `${name}-${since}`),
    );
    expect(deprecated).toEqual(['GroupNormalization-18', 'Scatter-11', 'Upsample-10']);
    expect(schemaOf('', 'Upsample', 9).isDeprecated).toBe(false);
  });
});

// Read off the operators' pages, https://onnx.ai/onnx/operators/.
describe('by hand', () => {
  test('Conv-11', () => {
    const conv = schemaOf('', 'Conv', 17);
    expect(conv).toMatchObject({ since: 11, minInputs: 2, maxInputs: 3, isFunction: false });
    expect(conv.inputs.map((each) => `${each.name}:${each.type} ${each.option}`)).toEqual([
      'X:T single',
      'W:T single',
      'B:T optional',
    ]);
    expect(constraintsOf(conv)).toEqual({ T: floats });
    expect(constraintsOf(schemaOf('', 'Conv', 22))).toEqual({ T: `bfloat16 ${floats}` });
    expect([...conv.attributes.values()]).toEqual([
      { name: 'auto_pad', type: 'string', isRequired: false, default: 'NOTSET' },
      { name: 'dilations', type: 'ints', isRequired: false },
      { name: 'group', type: 'int', isRequired: false, default: 1 },
      { name: 'kernel_shape', type: 'ints', isRequired: false },
      { name: 'pads', type: 'ints', isRequired: false },
      { name: 'strides', type: 'ints', isRequired: false },
    ]);
  });

  test('If has branches that must be there and outputs that may differ', () => {
    const branch = schemaOf('', 'If', 13);
    expect(branch).toMatchObject({ minInputs: 1, maxInputs: 1, minOutputs: 1 });
    expect(branch.maxOutputs).toBe(Number.POSITIVE_INFINITY);
    expect(branch.outputs[0]).toMatchObject({ option: 'variadic', isHomogeneous: false });
    expect(branch.attributes.get('then_branch')).toEqual({
      name: 'then_branch',
      type: 'graph',
      isRequired: true,
    });
    expect(branch.typeConstraints.get('V')?.has('seq(float32)')).toBe(true);
    expect(schemaOf('', 'If', 11).typeConstraints.get('V')?.has('seq(float32)')).toBe(false);
    expect(schemaOf('', 'If', 16).typeConstraints.get('V')?.has('optional(seq(float32))')).toBe(
      true,
    );
  });

  test('Loop has two optional inputs before any number of others', () => {
    const loop = schemaOf('', 'Loop', 13);
    expect(loop).toMatchObject({ minInputs: 2, minOutputs: 1 });
    expect(loop.inputs.map((each) => each.option)).toEqual(['optional', 'optional', 'variadic']);
    expect(schemaOf('', 'Loop', 1).minInputs).toBe(3);
    expect(parameterAt(loop.inputs, 0)?.name).toBe('M');
    expect(parameterAt(loop.inputs, 7)?.name).toBe('v_initial');
  });

  test('Split takes its sizes as an attribute, then as an input, then counts outputs', () => {
    expect(schemaOf('', 'Split', 11).attributes.get('split')?.type).toBe('ints');
    const thirteen = schemaOf('', 'Split', 13);
    expect(thirteen.attributes.has('split')).toBe(false);
    expect(thirteen.inputs[1]).toEqual({
      name: 'split',
      type: 'int64',
      option: 'optional',
      isHomogeneous: true,
    });
    expect([...allowedTypes(thirteen, thirteen.inputs[1] as never)]).toEqual(['int64']);
    expect(schemaOf('', 'Split', 18).attributes.get('num_outputs')?.type).toBe('int');
  });

  test('BatchNormalization allows certain numbers of outputs', () => {
    const nine = schemaOf('', 'BatchNormalization', 9);
    expect(nine).toMatchObject({ minOutputs: 1, maxOutputs: 5, allowedOutputCounts: [1, 5] });
    expect(nine.attributes.get('epsilon')?.default).toBe(Math.fround(1e-5));
    const fourteen = schemaOf('', 'BatchNormalization', 14);
    expect(fourteen).toMatchObject({ maxOutputs: 3, allowedOutputCounts: [1, 3] });
    expect(fourteen.attributes.get('training_mode')?.default).toBe(0);
    expect(schemaOf('', 'Conv', 11).allowedOutputCounts).toBeNull();
  });

  test('defaults of every kind', () => {
    expect(schemaOf('', 'Clip', 6).attributes.get('max')?.default).toBe((2 - 2 ** -23) * 2 ** 127);
    expect(schemaOf('', 'RNN', 14).attributes.get('activations')?.default).toEqual([
      'Tanh',
      'Tanh',
    ]);
    expect(schemaOf('', 'MeanVarianceNormalization', 13).attributes.get('axes')?.default).toEqual([
      0, 2, 3,
    ]);
    expect(schemaOf('', 'TopK', 11).attributes.get('axis')?.default).toBe(-1);
    expect(schemaOf('', 'Gelu', 20).attributes.get('approximate')?.default).toBe('none');
    expect(schemaOf('ai.onnx.ml', 'LabelEncoder', 2).attributes.get('default_string')).toEqual({
      name: 'default_string',
      type: 'string',
      isRequired: false,
      default: '_Unused',
    });
  });

  test('Concat needs one of any number', () => {
    const concat = schemaOf('', 'Concat', 13);
    expect(concat).toMatchObject({ minInputs: 1, maxInputs: Number.POSITIVE_INFINITY });
    expect(concat.inputs[0]).toMatchObject({ option: 'variadic', isHomogeneous: true });
    expect(concat.attributes.get('axis')).toEqual({ name: 'axis', type: 'int', isRequired: true });
    expect(concat.typeConstraints.get('T')?.size).toBe(16);
  });

  test('TreeEnsemble-5', () => {
    const tree = schemaOf('ai.onnx.ml', 'TreeEnsemble', 5);
    expect(constraintsOf(tree)).toEqual({ T: 'float16 float32 float64' });
    expect(tree.attributes.get('nodes_splits')).toEqual({
      name: 'nodes_splits',
      type: 'tensor',
      isRequired: true,
    });
    expect(tree.attributes.get('aggregate_function')?.default).toBe(1);
    expect(schemaOf('ai.onnx.ml', 'TreeEnsembleRegressor', 5).isDeprecated).toBe(true);
    expect(schemaOf('ai.onnx.ml', 'TreeEnsembleRegressor', 4).isDeprecated).toBe(false);
  });

  test('maps and sequences of maps', () => {
    const zip = schemaOf('ai.onnx.ml', 'ZipMap', 1);
    expect(constraintsOf(zip)).toEqual({
      T: 'seq(map(int64, float32)) seq(map(string, float32))',
    });
    expect(schemaOf('ai.onnx.ml', 'CastMap', 1).typeConstraints.get('T1')).toEqual(
      new Set(['map(int64, string)', 'map(int64, float32)']),
    );
  });

  test('com.microsoft.MatMulNBits, with defaults', () => {
    const matmul = schemaOf('com.microsoft', 'MatMulNBits', 1);
    expect(matmul.inputs.map((each) => each.name)).toEqual([
      'A',
      'B',
      'scales',
      'zero_points',
      'g_idx',
      'bias',
    ]);
    expect(matmul).toMatchObject({ minInputs: 3, maxInputs: 6 });
    expect(matmul.attributes.get('bits')?.default).toBe(4);
    expect(matmul.attributes.get('K')?.isRequired).toBe(true);
    expect(matmul.typeConstraints.get('T2')).toEqual(new Set(['uint8']));
  });

  test('sparse inputs', () => {
    const matmul = schemaOf('com.microsoft', 'SparseToDenseMatMul', 1);
    expect(matmul.typeConstraints.get('T')?.has('sparse(float32)')).toBe(true);
  });

  test('functions', () => {
    expect(schemaOf('', 'Gelu', 20).isFunction).toBe(true);
    expect(schemaOf('', 'Softmax', 12).isFunction).toBe(false);
    expect(schemaOf('', 'Softmax', 13).isFunction).toBe(true);
  });
});

test('parameterAt gives null beyond what an operator takes', () => {
  const { inputs } = schemaOf('', 'Relu', 14);
  expect(parameterAt(inputs, 0)?.name).toBe('X');
  expect(parameterAt(inputs, 1)).toBeNull();
  expect(parameterAt(inputs, -1)).toBeNull();
  expect(parameterAt([], 0)).toBeNull();
});

test('looking up is a matter of well under a microsecond or two', () => {
  findSchema('', 'BatchNormalization', 9);
  const before = process.cpuUsage();
  for (let at = 0; at < 20_000; at += 1) findSchema('', 'BatchNormalization', at % 28);
  // Microseconds of this process alone, whatever else the machine does.
  expect(process.cpuUsage(before).user).toBeLessThan(200_000);
});
