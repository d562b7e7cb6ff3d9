import type {
  FormalParameter,
  OperatorSchema,
  SchemaAttribute,
  SchemaAttributeType,
} from './schema.ts';
import { parseTypeSets } from './type-set.ts';

const attributeTypes: Readonly<Record<string, SchemaAttributeType>> = {
  f: 'float',
  i: 'int',
  s: 'string',
  t: 'tensor',
  g: 'graph',
  p: 'sparse-tensor',
  y: 'type',
  'f*': 'floats',
  'i*': 'ints',
  's*': 'strings',
  't*': 'tensors',
  'g*': 'graphs',
  'p*': 'sparse-tensors',
  'y*': 'types',
};

/**
 * All versions of an operator, oldest first, from its line in the generated table.
 *
 * Format: the name and then each version, parted by tabs. A version is
 * `since|inputs|outputs|types|attributes`, and a part that is the same as in the version before is
 * `=`. In detail:
 *
 * - `13dfn` is version 13: `d` deprecated, `f` defined by a function, `n` not in the runtime;
 * - `X:T` is a parameter, `B:T?` an optional one, `rest:T*1` a variadic one of at least one value,
 *   and `rest:T*1~` one whose values may differ in type; after outputs `#1,5` are the counts allowed;
 * - `T=12` says that T stands for the types of set 12;
 * - `axis:i` is an attribute, `axis:i!` one that must be there, `axis:i=-1` one with a default;
 *   in texts `+` stands for a blank.
 */
export function parseSchemas(domain: string, line: string): OperatorSchema[] {
  const [name = '', ...versions] = line.split('\t');
  let before: readonly string[] = [];
  return versions.map((version) => {
    const parts = version.split('|').map((part, at) => (part === '=' ? (before[at] ?? '') : part));
    before = parts;
    const [head = '', inputs = '', outputText = '', types = '', attributes = ''] = parts;
    const [outputs = '', counts] = outputText.split('#');
    const ins = parseParameters(inputs);
    const outs = parseParameters(outputs);
    return {
      domain,
      name,
      since: Number.parseInt(head, 10),
      isDeprecated: head.includes('d'),
      inputs: ins.parameters,
      outputs: outs.parameters,
      minInputs: ins.least,
      maxInputs: ins.most,
      minOutputs: outs.least,
      maxOutputs: outs.most,
      allowedOutputCounts: counts === undefined ? null : counts.split(',').map(Number),
      typeConstraints: parseTypeSets(types),
      attributes: parseAttributes(attributes),
      isFunction: head.includes('f'),
      isInRuntime: !head.includes('n'),
    };
  });
}

interface ParameterList {
  readonly parameters: readonly FormalParameter[];
  readonly least: number;
  readonly most: number;
}

function parseParameters(text: string): ParameterList {
  const parameters: FormalParameter[] = [];
  let least = 0;
  let most = 0;
  if (text === '') return { parameters, least, most };
  for (const part of text.split(' ')) {
    const [name = '', rest = ''] = part.split(':');
    const variadic = rest.indexOf('*');
    if (variadic >= 0) {
      const isHomogeneous = !rest.endsWith('~');
      parameters.push({ name, type: rest.slice(0, variadic), option: 'variadic', isHomogeneous });
      least = most + Number.parseInt(rest.slice(variadic + 1), 10);
      most = Number.POSITIVE_INFINITY;
    } else if (rest.endsWith('?')) {
      parameters.push({ name, type: rest.slice(0, -1), option: 'optional', isHomogeneous: true });
      most += 1;
    } else {
      parameters.push({ name, type: rest, option: 'single', isHomogeneous: true });
      most += 1;
      least = most;
    }
  }
  return { parameters, least, most };
}

function parseAttributes(text: string): ReadonlyMap<string, SchemaAttribute> {
  const attributes = new Map<string, SchemaAttribute>();
  if (text === '') return attributes;
  for (const part of text.split(' ')) {
    const colon = part.indexOf(':');
    const name = part.slice(0, colon);
    const [code = '', value] = part.slice(colon + 1).split('=');
    const isRequired = code.endsWith('!');
    const type = attributeTypes[isRequired ? code.slice(0, -1) : code];
    if (type === undefined) throw new RangeError(`${part} is no attribute`);
    attributes.set(name, {
      name,
      type,
      isRequired,
      ...(value !== undefined && { default: parseDefault(type, value) }),
    });
  }
  return attributes;
}

function parseDefault(
  type: SchemaAttributeType,
  text: string,
): number | string | readonly number[] | readonly string[] {
  const list = text === '' ? [] : text.split(',');
  switch (type) {
    case 'float':
      return Math.fround(Number(text));
    case 'floats':
      return list.map((each) => Math.fround(Number(each)));
    case 'int':
      return Number(text);
    case 'ints':
      return list.map(Number);
    case 'strings':
      return list.map((each) => each.replaceAll('+', ' '));
    default:
      return text.replaceAll('+', ' ');
  }
}
