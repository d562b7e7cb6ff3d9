import { foreignBytes } from '../../support/protobuf.ts';

/** Parts that models with one defect are made of. */

export type Part = Readonly<Record<string, unknown>>;

export const elementTypes = { float32: 1, int64: 7, bool: 9, float16: 10, bfloat16: 16 };

export type Elements = keyof typeof elementTypes;
export type Dims = readonly (number | string)[];

export function type(elements: Elements = 'float32', dims: Dims = [2, 3]): Part {
  const dim = dims.map((each) =>
    typeof each === 'number' ? { dim_value: each } : { dim_param: each },
  );
  return { tensor_type: { elem_type: elementTypes[elements], shape: { dim } } };
}

export function value(name: string, elements: Elements = 'float32', dims: Dims = [2, 3]): Part {
  return { name, type: type(elements, dims) };
}

export function node(
  op_type: string,
  input: readonly string[],
  output: readonly string[],
  rest: Part = {},
): Part {
  return { op_type, input, output, ...rest };
}

export const int = (name: string, i: number): Part => ({ name, type: 2, i });
export const graphAttribute = (name: string, g: Part): Part => ({ name, type: 5, g });
export const reference = (name: string, to: string): Part => ({ name, type: 2, ref_attr_name: to });

export const relu = node('Relu', ['x'], ['y']);
export const add = node('Add', ['x', 'w'], ['y']);
export const raw = new Uint8Array(new Float32Array(6).buffer);
export const weight = { name: 'w', data_type: 1, dims: [2, 3], raw_data: raw };

/** `y = Relu(x)` of float32[2, 3], with other parts as given. */
export function model(graph: Part = {}, parts: Part = {}): Uint8Array {
  return foreignBytes('ModelProto', {
    ir_version: 10,
    opset_import: [{ version: 17 }],
    graph: { name: 'g', input: [value('x')], output: [value('y')], node: [relu], ...graph },
    ...parts,
  });
}

export const withNode = (one: Part, parts: Part = {}): Uint8Array => model({ node: [one] }, parts);
export const withOpset = (version: number, ...others: readonly Part[]): Part => ({
  opset_import: [{ version }, ...others],
});
export const microsoft = withOpset(17, { domain: 'com.microsoft', version: 1 });

export const softmax = (...attribute: readonly Part[]): Part =>
  node('Softmax', ['x'], ['y'], { attribute });

const text = (name: string, s: string): Part => ({ name, type: 3, s: Buffer.from(s) });

export const gelu = (approximate: string): Part =>
  node('Gelu', ['x'], ['y'], { attribute: [text('approximate', approximate)] });

export const sampling = (mode: string, version: number): Uint8Array =>
  model(
    {
      input: [value('x', 'float32', [1, 1, 4, 4]), value('grid', 'float32', [1, 2, 2, 2])],
      node: [node('GridSample', ['x', 'grid'], ['y'], { attribute: [text('mode', mode)] })],
      output: [value('y', 'float32', [1, 1, 2, 2])],
    },
    withOpset(version),
  );

export const constant = (...attribute: readonly Part[]): Uint8Array =>
  model({ node: [node('Constant', [], ['w'], { attribute }), add] });
export const valueAttribute = { name: 'value', type: 4, t: weight };

export const branch = (...nodes: readonly Part[]): Part => ({
  name: 'b',
  node: nodes,
  output: [{ name: 't' }],
});

/** `y = If(c)` with this as its then branch. */
export function choice(then_branch: Part): Uint8Array {
  const attribute = [
    graphAttribute('then_branch', then_branch),
    graphAttribute('else_branch', {
      name: 'e',
      node: [node('Relu', ['x'], ['e'])],
      output: [{ name: 'e' }],
    }),
  ];
  return model({
    input: [value('c', 'bool', []), value('x')],
    node: [node('If', ['c'], ['y'], { attribute })],
    output: [value('y', 'float32', ['a', 'b'])],
  });
}

export const innerRelu = node('Relu', ['a'], ['b']);
export const functionOf = (nodes: readonly Part[], rest: Part = {}): Part => ({
  name: 'f',
  domain: 'l',
  input: ['a'],
  output: ['b'],
  node: nodes,
  ...withOpset(17, { domain: 'l', version: 1 }),
  ...rest,
});

/** `y = f(x)`, with such functions. */
export function calling(functions: readonly Part[], call: Part = {}, opset = 17): Uint8Array {
  const one = { ...node('f', ['x'], ['y'], { domain: 'l' }), ...call };
  return withNode(one, { functions, ...withOpset(opset, { domain: 'l', version: 1 }) });
}

export function sparse(
  indices: readonly number[],
  dims: readonly number[],
  values: Part = {},
): Part {
  const count = indices.length;
  const list = new Uint8Array(BigInt64Array.from(indices, BigInt).buffer);
  return {
    values: {
      name: 'w',
      data_type: 1,
      dims: [count],
      raw_data: new Uint8Array(count * 4),
      ...values,
    },
    indices: { name: 'i', data_type: 7, dims: [count], raw_data: list },
    dims,
  };
}

export const sparseConstant = (sparse_tensor: Part): Uint8Array =>
  constant({ name: 'sparse_value', type: 11, sparse_tensor });

export const intWeight = (...elements: readonly number[]): Part => ({
  name: 'w',
  data_type: 7,
  dims: [elements.length],
  int64_data: elements,
});

export function chain(length: number): Part[] {
  return Array.from({ length }, (_, at) =>
    functionOf([at === 0 ? innerRelu : node(`f${at - 1}`, ['a'], ['b'], { domain: 'l' })], {
      name: `f${at}`,
    }),
  );
}

export const convolution = (elements: Elements): Uint8Array =>
  model(
    {
      input: [value('x', elements, [1, 1, 4, 4]), value('w', elements, [1, 1, 1, 1])],
      node: [node('Conv', ['x', 'w'], ['y'])],
      output: [value('y', elements, [1, 1, 4, 4])],
    },
    withOpset(22),
  );

export const recurrent = (layout: number): Uint8Array =>
  model({
    input: [
      value('x', 'float32', [2, 2, 4]),
      value('w', 'float32', [1, 5, 4]),
      value('r', 'float32', [1, 5, 5]),
    ],
    node: [
      node('RNN', ['x', 'w', 'r'], ['y'], {
        attribute: [int('hidden_size', 5), int('layout', layout)],
      }),
    ],
    output: [value('y', 'float32', layout === 0 ? [2, 1, 2, 5] : [2, 2, 1, 5])],
  });

export const reshape = (rows: number): Uint8Array =>
  model({
    initializer: [intWeight(rows, 2)],
    node: [node('Reshape', ['x', 'w'], ['y'])],
    output: [value('y', 'float32', ['rows', 2])],
  });

/** `y = Reshape(v, Shape(x))`, which is of 2 rows and 3 columns. */
export const reshapedAs = (columns: number): Uint8Array =>
  model({
    input: [value('x'), value('v', 'float32', [6])],
    node: [node('Shape', ['x'], ['s']), node('Reshape', ['v', 's'], ['y'])],
    output: [value('y', 'float32', [2, columns])],
  });

/** A sum behind an operator that ONNX does not know. */
export const afterMicrosoft = (columns: number): Uint8Array =>
  model(
    {
      input: [value('x'), value('v', 'float32', [2, columns])],
      node: [
        node('Gelu', ['x'], ['t'], { domain: 'com.microsoft' }),
        node('Add', ['t', 'v'], ['y']),
      ],
      output: [value('y', 'float32', ['a', 'b'])],
    },
    microsoft,
  );

export const ints = (name: string, list: readonly number[]): Part => ({
  name,
  type: 7,
  ints: list,
});

/** The greater of two neighbours in each row of `x`, as `t`. */
const poolingParts = (pads: readonly number[]): Part => ({
  initializer: [{ ...intWeight(0), name: 'at' }],
  node: [
    node('Unsqueeze', ['x', 'at'], ['u']),
    node('MaxPool', ['u'], ['m'], { attribute: [ints('kernel_shape', [2]), ints('pads', pads)] }),
    node('Squeeze', ['m', 'at'], ['t']),
  ],
});

export const pooling = (pads: readonly number[]): Uint8Array =>
  model({ ...poolingParts(pads), output: [value('t', 'float32', ['a', 'b'])] });

export const poolingBranch = (pads: readonly number[]): Uint8Array =>
  choice({ ...branch(), ...poolingParts(pads) });

export const sound = model();
export const soundConstant = constant(valueAttribute);
export const soundCall = calling([functionOf([innerRelu])]);
export const soundSparse = sparseConstant(sparse([1, 4], [2, 3]));
export const soundChoice = choice(branch(node('Relu', ['x'], ['t'])));
