import type { Attribute, AttributeType, Graph } from '../graph/index.ts';
import { graphsOf, tensorType, type ValueType } from '../graph/index.ts';
import { formatCount } from '../report/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { bytesLiteral, tensorLiteral, typeToken } from './print-constant.ts';
import { commentText, float32Token, isIdentifier, isPlainName, nameToken } from './print-token.ts';
import { type Noted, plain, type TextWriter } from './print-writer.ts';

/** What writing attributes depends on. */
export interface AttributeContext {
  readonly maxElements: number;
  readonly writeGraph: (graph: Graph, name: string) => void;
}

/** The syntax's words for the types of attributes, where they differ from ours. */
const typeWords: Partial<Record<AttributeType, string>> = {
  'sparse-tensor': 'sparse_tensor',
  'sparse-tensors': 'sparse_tensors',
  type: 'type_proto',
  types: 'type_protos',
};

/**
 * Writes ` <name: type = value, ...>`; nothing for no attributes. What the syntax cannot say becomes
 * a remark.
 *
 * @param names Names without a value, which come first: the required attributes of a function.
 */
export function writeAttributes(
  writer: TextWriter,
  names: readonly string[],
  attributes: readonly Attribute[],
  context: AttributeContext,
): void {
  const shown = attributes.filter((each) => isExpressible(each, writer, context));
  if (names.length + shown.length === 0) return;
  const writeOne = (attribute: Attribute): void => writeAttribute(attribute, writer, context);
  if (!shown.some((each) => graphsOf(each).length > 0)) {
    writer.write(` <${names.map(nameToken).join(', ')}`);
    for (const [at, attribute] of shown.entries()) {
      if (at + names.length > 0) writer.write(', ');
      writeOne(attribute);
    }
    writer.write('>');
    return;
  }
  writer.write(' <');
  writer.indented(() => {
    for (const [at, attribute] of shown.entries()) {
      writeOne(attribute);
      if (at < shown.length - 1) writer.write(',');
      writer.endLine();
    }
  });
  writer.write('>');
}

/** Whether the syntax has a place for the attribute; where not, a remark says what is left out. */
function isExpressible(
  attribute: Attribute,
  writer: TextWriter,
  { maxElements }: AttributeContext,
): boolean {
  const literal = literalOf(attribute, maxElements);
  if (isIdentifier(attribute.name) && literal !== null) return true;
  const value = literal === null || literal.text === '' ? '' : ` = ${commentText(literal.text)}`;
  writer.note(`left out: attribute ${nameToken(attribute.name)}: ${wordOf(attribute)}${value}`);
  return false;
}

function writeAttribute(attribute: Attribute, writer: TextWriter, context: AttributeContext): void {
  const { name } = attribute;
  if (attribute.docString) writer.note(`${name} doc: ${commentText(attribute.docString)}`);
  const word = wordOf(attribute);
  writer.write(word === '' ? `${name} = ` : `${name}: ${word} = `);
  const literal = literalOf(attribute, context.maxElements);
  writer.write(literal?.text ?? '');
  for (const note of literal?.notes ?? []) writer.note(`${name}: ${note}`);
  if (attribute.type === 'graphs') writer.write('[');
  for (const [at, graph] of graphsOf(attribute).entries()) {
    if (at > 0) writer.write(', ');
    // A name in quotes would be read as a string here.
    const plainName = isPlainName(graph.name) ? graph.name : plainNameFor(graph.name);
    if (plainName !== graph.name) writer.note(`the name is ${nameToken(graph.name)}`);
    context.writeGraph(graph, plainName);
  }
  if (attribute.type === 'graphs') writer.write(']');
}

/** The type in the syntax's words; empty text where it is not known. */
function wordOf(attribute: Attribute): string {
  if (attribute.type === 'undefined') return 'of unknown type';
  const type = attribute.type === 'reference' ? attribute.referenceType : attribute.type;
  return type === null ? '' : (typeWords[type] ?? type);
}

/** The value as text; empty for graphs, which are written line by line; null for the inexpressible. */
function literalOf(attribute: Attribute, maxElements: number): Noted | null {
  switch (attribute.type) {
    case 'reference':
      return plain(`@${nameToken(attribute.referenceName)}`);
    case 'int':
      return plain(String(attribute.value));
    case 'float':
      return plain(float32Token(attribute.value));
    case 'string':
      return bytesLiteral(attribute.value, maxElements);
    case 'tensor':
      return tensorValue(attribute.value, maxElements);
    case 'type':
      return typeValue(attribute.value);
    case 'graph':
    case 'graphs':
      return plain('');
    case 'sparse-tensor':
    case 'undefined':
      return null;
    default:
      return listOf(attribute, maxElements);
  }
}

type ListAttribute = Extract<
  Attribute,
  { type: 'ints' | 'floats' | 'strings' | 'tensors' | 'types' | 'sparse-tensors' }
>;

function listOf(attribute: ListAttribute, maxElements: number): Noted | null {
  switch (attribute.type) {
    case 'ints':
      return list(attribute.value, maxElements, (each) => plain(String(each)));
    case 'floats':
      return list(attribute.value, maxElements, (each) => plain(float32Token(each)));
    case 'strings':
      return list(attribute.value, maxElements, (each) => bytesLiteral(each, maxElements));
    case 'tensors':
      return list(attribute.value, maxElements, (each) => tensorValue(each, maxElements));
    case 'types':
      return list(attribute.value, maxElements, typeValue);
    case 'sparse-tensors':
      return null;
  }
}

function list<T>(
  values: readonly T[],
  maxElements: number,
  literal: (value: T) => Noted | null,
): Noted | null {
  if (values.length > maxElements) {
    return { text: '[]', notes: [`${formatCount(values.length)} values not shown`] };
  }
  const parts: Noted[] = [];
  for (const value of values) {
    const part = literal(value);
    if (part === null) return null;
    parts.push(part);
  }
  return {
    text: `[${parts.map((part) => part.text).join(', ')}]`,
    notes: [...new Set(parts.flatMap((part) => part.notes))],
  };
}

function tensorValue(tensor: Tensor, maxElements: number): Noted {
  const type = typeToken(tensorType(tensor.elementType, tensor.dims)) ?? '';
  const { text, notes } = tensorLiteral(tensor, maxElements);
  // Only a plain name may stand here.
  const isNamed = isPlainName(tensor.name);
  const remarks =
    tensor.name === '' || isNamed ? notes : [`named ${nameToken(tensor.name)}`, ...notes];
  const equals = text.startsWith('[') ? '= ' : '';
  return { text: `${type}${isNamed ? ` ${tensor.name}` : ''} ${equals}${text}`, notes: remarks };
}

function typeValue(type: ValueType): Noted | null {
  const text = typeToken(type);
  return text === null ? null : plain(text);
}

function plainNameFor(name: string): string {
  const cleaned = name.replace(/[^A-Za-z0-9_]/g, '_');
  return isPlainName(cleaned) ? cleaned : `graph_${cleaned}`;
}
