import type { FunctionDefinition, Graph, Model, Node, OpsetImport, Value } from '../graph/index.ts';
import { formatType, tensorType } from '../graph/index.ts';
import { type AttributeContext, writeAttributes } from './print-attribute.ts';
import { tensorLiteral, textLiteral, typeToken } from './print-constant.ts';
import { commentText, isIdentifier, metadataText, nameToken, quotedToken } from './print-token.ts';
import { type Noted, plain, TextWriter } from './print-writer.ts';

export interface PrintOptions {
  /**
   * How many elements a tensor or a list may have to be shown, default 16. Larger ones are left
   * empty with a remark, and no bytes of them are read. A single string is cut at 64 bytes for each
   * of them.
   */
  readonly maxElements?: number;
}

/**
 * A model in ONNX textual syntax, for a person to read. ONNX's parser reads it back, but for what
 * the syntax has no words for (sparse constants, documentation and metadata of nodes, names that are
 * no identifiers where it wants one) or what is not shown; comments tell of both. Control
 * characters are shown as escapes, so the text is safe to print.
 *
 * Source: https://onnx.ai/onnx/repo-docs/Syntax.html
 */
export function printModel(model: Model, options: PrintOptions = {}): string {
  const writer = new TextWriter();
  const { maxElements } = withDefaults(options);
  const field = (key: string, value: string): Noted[] => {
    if (value === '') return [];
    const { text, notes } = textLiteral(value, maxElements);
    return [{ text: `${key}: ${text}`, notes }];
  };
  writer.write('<');
  writer.block([
    plain(`ir_version: ${model.irVersion}`),
    plain(`opset_import: ${opsetsText(model.opsets)}`),
    ...field('producer_name', model.producerName),
    ...field('producer_version', model.producerVersion),
    ...field('domain', model.domain),
    ...(model.modelVersion === 0n ? [] : [plain(`model_version: ${model.modelVersion}`)]),
    ...field('doc_string', model.docString),
    ...metadataField(model, maxElements),
  ]);
  writer.write('>');
  writer.endLine();
  writeGraph(writer, model.graph, nameToken(model.graph.name), maxElements);
  for (const definition of model.functions) {
    writer.endLine();
    writeFunction(writer, definition, maxElements);
  }
  return writer.toString();
}

/** A graph in ONNX textual syntax; as {@link printModel}. */
export function printGraph(graph: Graph, options: PrintOptions = {}): string {
  const writer = new TextWriter();
  writeGraph(writer, graph, nameToken(graph.name), withDefaults(options).maxElements);
  return writer.toString();
}

/** A node in ONNX textual syntax, with its subgraphs; as {@link printModel}. */
export function printNode(node: Node, options: PrintOptions = {}): string {
  const writer = new TextWriter();
  writeNode(writer, node, withDefaults(options).maxElements);
  return writer.toString();
}

function attributeContext(writer: TextWriter, maxElements: number): AttributeContext {
  return {
    maxElements,
    writeGraph: (graph, name) => writeGraph(writer, graph, name, maxElements),
  };
}

function withDefaults(options: PrintOptions): Required<PrintOptions> {
  return { maxElements: 16, ...options };
}

function opsetsText(opsets: readonly OpsetImport[]): string {
  return `[${opsets.map((each) => `${quotedToken(each.domain)} : ${each.version}`).join(', ')}]`;
}

function metadataField(model: Model, maxElements: number): Noted[] {
  if (model.metadata.length === 0) return [];
  const words = model.metadata.flat().map((each) => textLiteral(each, maxElements));
  const pairs = words.map(({ text }, at) => text + (at % 2 === 0 ? ': ' : ', ')).join('');
  const notes = [...new Set(words.flatMap((each) => each.notes))];
  return [{ text: `metadata_props: [${pairs.slice(0, -2)}]`, notes }];
}

function writeFunction(writer: TextWriter, definition: FunctionDefinition, limit: number): void {
  const { body, docString } = definition;
  writer.write('<');
  writer.block([
    plain(`domain: ${quotedToken(definition.domain)}`),
    ...(definition.overload === '' ? [] : [plain(`overload: ${quotedToken(definition.overload)}`)]),
    plain(`opset_import: ${opsetsText(definition.opsets)}`),
    ...(docString === '' ? [] : [prefixed('doc_string: ', textLiteral(docString, limit))]),
  ]);
  writer.write('>');
  writer.endLine();
  if (definition.metadata.length > 0) writer.note(`metadata ${metadataText(definition.metadata)}`);
  writer.write(nameToken(definition.name));
  writeAttributes(
    writer,
    definition.attributeNames,
    definition.attributeDefaults,
    attributeContext(writer, limit),
  );
  writer.write(' ');
  writeBody(writer, body, limit);
}

function writeGraph(writer: TextWriter, graph: Graph, name: string, limit: number): void {
  if (graph.docString !== '') writer.note(`doc: ${commentText(graph.docString)}`);
  if (graph.metadata.length > 0) writer.note(`metadata ${metadataText(graph.metadata)}`);
  writer.write(`${name} `);
  writeBody(writer, graph, limit);
}

/** Everything of a graph from its inputs on. */
function writeBody(writer: TextWriter, graph: Graph, limit: number): void {
  writer.list('(', graph.inputs.map(valuePart), ')');
  writer.list(' => (', graph.outputs.map(valuePart), ')');
  const described = describedValues(graph).map(valuePart);
  const constants = graph.initializers
    .filter((value) => value.initializer !== null)
    .map((value) => constantPart(value, limit));
  const sparse = graph.initializers.filter((value) => value.sparseInitializer !== null);
  if (described.length + constants.length + sparse.length > 0) {
    writer.write(' <');
    for (const value of sparse) writer.note(sparseText(value));
    writer.block([...constants, ...described]);
    writer.write('>');
  }
  writer.write(' {');
  writer.indented(() => {
    for (const node of graph.nodes) {
      writeNode(writer, node, limit);
      writer.endLine();
    }
  });
  writer.write('}');
}

/** The values that are described apart, because they are neither inputs, outputs nor constants. */
function describedValues(graph: Graph): Value[] {
  const outputs = new Set(graph.outputs);
  return [...graph.values()].filter(
    (value) =>
      !value.isInput &&
      !outputs.has(value) &&
      value.initializer === null &&
      value.sparseInitializer === null &&
      (value.type !== null || value.docString !== '' || value.metadata.length > 0),
  );
}

function valuePart(value: Value): Noted {
  const type = typeToken(value.type);
  const notes: string[] = [];
  if (type === null && value.type !== null)
    notes.push(`type ${commentText(formatType(value.type))}`);
  if (value.docString !== '') notes.push(`doc: ${commentText(value.docString)}`);
  if (value.metadata.length > 0) notes.push(`metadata ${metadataText(value.metadata)}`);
  const name = nameToken(value.name);
  return { text: type === null ? name : `${type} ${name}`, notes };
}

function constantPart(value: Value, limit: number): Noted {
  const tensor = value.initializer;
  if (tensor === null) return plain('');
  const type = typeToken(tensorType(tensor.elementType, tensor.dims)) ?? '';
  const { text, notes } = tensorLiteral(tensor, limit);
  return { text: `${type} ${nameToken(value.name)} = ${text}`, notes };
}

function sparseText(value: Value): string {
  const sparse = value.sparseInitializer;
  if (sparse === null) return '';
  const type = formatType(tensorType(sparse.values.elementType, sparse.dims));
  const stored = sparse.values.dims.join('x');
  return `sparse constant ${nameToken(value.name)}: ${type}, ${stored} elements stored`;
}

function writeNode(writer: TextWriter, node: Node, limit: number): void {
  if (node.name !== '') writer.write(`[${nameToken(node.name)}] `);
  const domain = node.domain === '' ? [] : node.domain.split('.');
  const overload = node.overload === '' ? '' : `:${wordToken(node.overload)}`;
  const operator = [...domain, node.opType].map(wordToken).join('.') + overload;
  writer.write(`${namesText(node.outputs)} = ${operator}`);
  const hasSubgraph = node.subgraphs.length > 0;
  const inputs = ` (${namesText(node.inputs)})`;
  if (hasSubgraph) writer.write(inputs);
  writeAttributes(writer, [], node.attributes, attributeContext(writer, limit));
  if (!hasSubgraph) writer.write(inputs);
  if (node.docString !== '') writer.note(`doc: ${commentText(node.docString)}`);
  if (node.metadata.length > 0) writer.note(`metadata ${metadataText(node.metadata)}`);
}

function namesText(values: readonly (Value | null)[]): string {
  return values.map((value) => nameToken(value?.name ?? '')).join(', ');
}

/** A word that the syntax wants to be an identifier; quotes show that it is none. */
function wordToken(word: string): string {
  return isIdentifier(word) ? word : nameToken(word);
}

function prefixed(prefix: string, part: Noted): Noted {
  return { text: prefix + part.text, notes: part.notes };
}
