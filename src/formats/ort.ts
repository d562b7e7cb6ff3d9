import type { Dimension } from '../graph/index.ts';
import { dataTypeFromCode } from '../tensor/index.ts';
import { FindingList } from './finding-list.ts';
import { FlatBuffer, type FlatTable } from './flatbuffer.ts';
import type { ForeignFile, ForeignTensor, ForeignValue } from './foreign-file.ts';
import { OperatorCounts } from './operator-counts.ts';
import { type ByteSource, malformed, overLimit } from './source.ts';
import { tensorBytes } from './tensor-bytes.ts';

/** Subgraphs in subgraphs; protobuf allows some 30. */
const deepestGraph = 64;
const mostNodes = 4_000_000;

/**
 * What is in a model in ORT format: the graph's inputs, outputs and operators, and its constants
 * with types and shapes. Their bytes are not read.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/flatbuffers/schema/ort.fbs
 *
 * @throws MlkitError MODEL_MALFORMED, LIMIT_EXCEEDED when it cannot be read.
 */
export function readOrt(source: ByteSource): ForeignFile {
  const session = new FlatBuffer(source).root();
  const model = session.table(1);
  const graph = model?.table(7) ?? null;
  if (model === null || graph === null) throw malformed(source, 'it holds no graph');
  const findings = new FindingList();
  const reader = new OrtReader(source, findings);
  reader.countNodes(graph, 0);
  const tensors = graph.tables(0).map((tensor) => reader.tensor(tensor));
  const constants = new Set(tensors.map(({ name }) => name));
  const values = new Map(graph.tables(1).map((value) => [value.text(0), value.table(2)]));
  const describe = (name: string): ForeignValue => valueOf(name, values.get(name) ?? null);
  return {
    format: 'ort',
    version: session.text(0),
    metadata: metadataOf(model),
    inputs: graph
      .texts(5)
      .filter((name) => !constants.has(name))
      .map(describe),
    outputs: graph.texts(6).map(describe),
    operators: reader.operators.toRecord(),
    tensors,
    findings: findings.toArray(),
  };
}

function metadataOf(model: FlatTable): Record<string, string> {
  const texts: [string, string][] = [['ir_version', model.int64(0).toString()]];
  for (const opset of model.tables(1)) {
    const domain = opset.text(0);
    texts.push([`opset ${domain === '' ? 'ai.onnx' : domain}`, opset.int64(1).toString()]);
  }
  const producer = `${model.text(2)} ${model.text(3)}`.trim();
  if (producer !== '') texts.push(['producer', producer]);
  if (model.text(4) !== '') texts.push(['domain', model.text(4)]);
  if (model.int64(5) !== 0n) texts.push(['model_version', model.int64(5).toString()]);
  if (model.text(6) !== '') texts.push(['doc_string', model.text(6)]);
  const own = model.tables(9).map((entry): [string, string] => [entry.text(0), entry.text(1)]);
  return Object.fromEntries([...texts, ...own]);
}

class OrtReader {
  readonly operators: OperatorCounts = new OperatorCounts();
  readonly #source: ByteSource;
  readonly #findings: FindingList;
  #nodes = 0;

  constructor(source: ByteSource, findings: FindingList) {
    this.#source = source;
    this.#findings = findings;
  }

  /** Those of the graphs in its attributes, too. */
  countNodes(graph: FlatTable, depth: number): void {
    if (depth > deepestGraph) {
      throw overLimit(this.#source, `its graphs nest deeper than ${deepestGraph}`);
    }
    for (const node of graph.tables(2)) {
      this.#nodes += 1;
      if (this.#nodes > mostNodes) throw overLimit(this.#source, `it has over ${mostNodes} nodes`);
      const domain = node.text(2);
      const operator = (domain === '' || domain === 'ai.onnx' ? '' : `${domain}.`) + node.text(5);
      this.operators.add(operator);
      for (const attribute of node.tables(10)) {
        const inner = attribute.table(7);
        if (inner !== null) this.countNodes(inner, depth + 1);
        for (const each of attribute.tables(12)) this.countNodes(each, depth + 1);
      }
    }
  }

  tensor(tensor: FlatTable): ForeignTensor {
    const name = tensor.text(0);
    const dtype = dataTypeFromCode(tensor.int32(3))?.name ?? null;
    const shape = tensor.int64s(2).map(Number);
    const stored = tensor.count(4, 1);
    const need = dtype === 'string' ? null : tensorBytes(dtype, shape);
    // Large ones may lie in a file of their own; then there are no bytes here.
    const isElsewhere = stored === 0 && tensor.has(6);
    if (dtype !== 'string' && !isElsewhere && stored !== need) {
      const takes = need === null ? 'no possible number of' : `${need}`;
      const message = `"${name}" has ${stored} bytes; ${dtype ?? '?'}[${shape.join(', ')}] takes ${takes} bytes`;
      this.#findings.add('error', 'tensor-size', message, name);
    }
    return { name, dtype, shape, bytes: isElsewhere ? need : stored };
  }
}

/** Kinds of types, by their place in the union of the schema. */
const tensorKind = 1;
const sequenceKind = 2;
const mapKind = 3;

function valueOf(name: string, type: FlatTable | null): ForeignValue {
  if (type?.uint8(1) === tensorKind) {
    const tensor = type.table(2);
    return { name, type: elementType(tensor, 0), shape: shapeOf(tensor?.table(1) ?? null) };
  }
  return { name, type: typeText(type, 0), shape: null };
}

function elementType(table: FlatTable | null, field: number): string | null {
  return dataTypeFromCode(table?.int32(field) ?? 0)?.name ?? null;
}

/** `seq(float32)`, `map(int64, float32)`; null where it is not known. */
function typeText(type: FlatTable | null, depth: number): string | null {
  const inner = type?.table(2) ?? null;
  if (type === null || inner === null || depth > deepestGraph) return null;
  switch (type.uint8(1)) {
    case tensorKind:
      return elementType(inner, 0);
    case sequenceKind:
      return `seq(${typeText(inner.table(0), depth + 1) ?? '?'})`;
    case mapKind:
      return `map(${elementType(inner, 0) ?? '?'}, ${typeText(inner.table(1), depth + 1) ?? '?'})`;
    default:
      return null;
  }
}

function shapeOf(shape: FlatTable | null): Dimension[] | null {
  return (
    shape?.tables(0).map((dimension): Dimension => {
      const value = dimension.table(0);
      const kind = value?.uint8(0);
      if (kind === 1) return Number(value?.int64(1) ?? 0n);
      return kind === 2 ? (value?.text(2) ?? null) : null;
    }) ?? null
  );
}
