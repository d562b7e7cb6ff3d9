import {
  type Attribute,
  attributeFrom,
  buildModel,
  type Dimension,
  type Graph,
  type GraphBuilder,
  type Model,
  type Value,
} from '../../../src/graph/index.ts';
import type { OperatorSchema, SchemaAttribute } from '../../../src/schemas/index.ts';
import { type DataType, type Tensor, tensorFrom } from '../../../src/tensor/index.ts';
import type { SeededRandom } from '../../support/random.ts';

/*
 * Models of one node that are as wrong as a file can make them: sizes that no tensor has, missing and
 * surplus inputs, attributes of any value and type.
 */

const elementTypes: readonly DataType[] = [
  'float32',
  'float16',
  'int64',
  'int32',
  'bool',
  'uint8',
  'int4',
  'string',
  'complex64',
];

const sizes: readonly Dimension[] = [
  0,
  1,
  1,
  2,
  3,
  4,
  7,
  64,
  'n',
  'n',
  '2*n + 1',
  null,
  2 ** 53 - 1,
];

const integers = [0n, 1n, 1n, 2n, 3n, -1n, -2n, 7n, 1000n, 2n ** 31n, 2n ** 63n - 1n, -(2n ** 63n)];

const fractions = [0, 1, -1, 0.5, 1e30, Number.NaN, Number.POSITIVE_INFINITY];

/** What operators take: words of their specifications, and others. */
const words = [
  '',
  'SAME_UPPER',
  'VALID',
  'NOTSET',
  'linear',
  'cubic',
  'bidirectional',
  'reverse',
  'ij,jk->ik',
  '...i,...i->',
  'i->ii,',
  'float32',
  'BRANCH_LEQ',
  '\u0000',
];

/** A model with one node of the operator, given what `random` makes up. */
export function randomModel(random: SeededRandom, schema: OperatorSchema, opset: number): Model {
  const { domain } = schema;
  const imports = { '': domain === '' ? opset : 22, ...(domain !== '' && { [domain]: opset }) };
  const irVersion = random.pick([3, 8, 10]);
  return buildModel({ opset: imports, irVersion }, (b) => {
    const most = Math.min(schema.maxInputs, schema.minInputs + 3);
    const isOdd = random.below(8) === 0;
    const count = isOdd
      ? random.below(12)
      : random.below(most - schema.minInputs + 1) + schema.minInputs;
    const inputs = Array.from({ length: count }, (_, at) => randomInput(random, b, `x${at}`));
    const outputs = Math.min(schema.maxOutputs, 4);
    const names = Array.from({ length: isOdd ? random.below(6) : outputs }, (_, at) => `y${at}`);
    const attributes = [...schema.attributes.values()]
      .filter((each) => each.isRequired || random.below(2) === 0)
      .flatMap((each) => randomAttribute(random, b, each));
    const node = b.graph.addNode({
      opType: schema.name,
      domain,
      inputs,
      outputs: names,
      attributes,
    });
    for (const value of node.outputs) {
      if (value === null) continue;
      if (random.below(4) === 0) b.output(value, random.pick(elementTypes), randomShape(random));
      else b.output(value);
    }
  });
}

function randomInput(random: SeededRandom, b: GraphBuilder, name: string): Value | null {
  const kind = random.below(10);
  if (kind === 0) return null;
  if (kind < 4) return b.initializer(randomConstant(random), name);
  if (kind === 4) {
    const element = { kind: 'tensor', elementType: 'float32', shape: randomShape(random) } as const;
    if (random.below(2) === 0) return b.input(name, { kind: 'sequence', element });
    return b.input(name, { kind: 'optional', element });
  }
  if (kind === 5) return b.node('Shape', [b.input(name, 'float32', randomShape(random))]);
  const rank = random.below(6) === 0 ? null : randomShape(random);
  return b.input(name, random.pick(elementTypes), rank);
}

function randomShape(random: SeededRandom): Dimension[] {
  return Array.from({ length: random.below(6) }, () => random.pick(sizes));
}

function randomConstant(random: SeededRandom): Tensor {
  const dims = Array.from({ length: random.below(3) }, () => random.below(5));
  const count = dims.reduce((product, size) => product * size, 1);
  const isWhole = random.below(3) > 0;
  if (isWhole) {
    const values = Array.from({ length: count }, () => random.pick(integers));
    return tensorFrom('int64', dims, BigInt64Array.from(values));
  }
  const values = Array.from({ length: count }, () => random.pick(fractions));
  return tensorFrom('float32', dims, Float32Array.from(values));
}

function randomAttribute(
  random: SeededRandom,
  b: GraphBuilder,
  { name, type }: SchemaAttribute,
): Attribute[] {
  const wanted = random.below(10) === 0 ? random.pick(['int', 'floats', 'string'] as const) : type;
  const list = <Each>(make: () => Each): Each[] => Array.from({ length: random.below(5) }, make);
  const text = (): Uint8Array => new TextEncoder().encode(random.pick(words));
  switch (wanted) {
    case 'int':
      return [{ name, type: 'int', value: random.pick(integers) }];
    case 'ints':
      return [{ name, type: 'ints', value: list(() => random.pick(integers)) }];
    case 'float':
      return [{ name, type: 'float', value: random.pick(fractions) }];
    case 'floats':
      return [{ name, type: 'floats', value: list(() => random.pick(fractions)) }];
    case 'string':
      return [{ name, type: 'string', value: text() }];
    case 'strings':
      return [{ name, type: 'strings', value: list(text) }];
    case 'tensor':
      return [attributeFrom(name, randomConstant(random))];
    case 'graph':
      return [attributeFrom(name, randomGraph(random, b))];
    case 'type':
      return [
        {
          name,
          type: 'type',
          value: { kind: 'tensor', elementType: 'float32', shape: randomShape(random) },
        },
      ];
    default:
      return [{ name, type: 'undefined' }];
  }
}

/** A body that gives back what it is given, in another order or with a new axis. */
function randomGraph(random: SeededRandom, b: GraphBuilder): Graph {
  return b.subgraph('body', (inner) => {
    const { names } = b.graph.model;
    const inputs = Array.from({ length: random.below(4) }, () => {
      const type = random.pick(elementTypes);
      return inner.input(
        names.allocate('in'),
        type,
        random.below(2) === 0 ? null : randomShape(random),
      );
    });
    const [outer] = b.graph.inputs;
    const all = [...inputs, ...(outer === undefined ? [] : [outer])];
    for (let at = random.below(4); at > 0 && all.length > 0; at -= 1) {
      const value = random.pick(all);
      const op = random.pick(['Identity', 'Unsqueeze', 'Shape', 'Not', 'Flatten']);
      inner.output(inner.node(op, [value], op === 'Unsqueeze' ? { axes: [0] } : {}));
    }
  });
}
