import type { ForeignFile, ForeignTensor, ForeignValue } from './foreign-file.ts';
import { asArray, asObject, asText, type Json, type JsonObject, parseJson } from './json.ts';
import { OperatorCounts } from './operator-counts.ts';
import { GlobalList } from './pickle-globals.ts';
import { type Pt2Tensor, pt2TensorOf } from './pt2-tensor.ts';
import { type ByteSource, malformed, overLimit, utf8 } from './source.ts';
import { isPickleName, TorchArchive } from './torch-archive.ts';

/** Nodes of a program, those of its inner graphs too; the largest have some hundred thousand. */
const mostNodes = 4_000_000;

/**
 * What is in an exported program of torch (`.pt2`): inputs, outputs and operators of its graph, and
 * its weights with types and shapes. Of an archive with several programs, the first.
 *
 * Source: https://docs.pytorch.org/docs/stable/export/pt2_archive.html;
 * https://github.com/pytorch/pytorch/blob/main/torch/_export/serde/schema.py
 *
 * @throws MlkitError MODEL_MALFORMED, LIMIT_EXCEEDED when it cannot be read.
 */
export function readPt2(source: ByteSource): ForeignFile {
  const archive = new TorchArchive(source);
  const { findings } = archive;
  const programs = archive.paths(/^(models\/[^/]+|serialized_exported_program)\.json$/);
  const [path = '', ...others] = programs;
  if (others.length > 0) {
    const message = `it holds ${programs.length} programs; this is about ${path}`;
    findings.add('info', 'program-several', message);
  }
  const program = readJson(archive, path);
  const graphModule = asObject(program.get('graph_module'));
  const graph = asObject(graphModule?.get('graph'));
  const signature = asObject(graphModule?.get('signature'));
  if (graph === null || signature === null) {
    throw malformed(source, `${path} has no graph, or no signature`);
  }
  const name = /([^/]+)\.json$/.exec(path)?.[1] ?? '';
  const values = asObject(graph.get('tensor_values'));
  const globals = new GlobalList();
  const weights = ['weights', 'constants'].flatMap((kind) =>
    readWeights(archive, `data/${kind}/`, `${name}_${kind}_config.json`, globals),
  );
  for (const entry of archive.entries.filter((each) => isPickleName(each.name))) {
    archive.scan(entry, globals);
  }
  const version = asObject(program.get('schema_version'));
  return {
    format: 'pt2',
    version: [version?.get('major'), version?.get('minor')].map(plainText).join('.'),
    metadata: metadataOf(program, archive),
    inputs: userValues(signature.get('input_specs'), 'user_input', values),
    outputs: userValues(signature.get('output_specs'), 'user_output', values),
    operators: countOperators(graph, source),
    tensors: weights.length > 0 ? weights : declaredWeights(signature, values),
    globals: globals.toArray(findings),
    findings: findings.toArray(),
  };
}

function readJson(archive: TorchArchive, path: string): JsonObject {
  const entry = archive.entry(path);
  if (entry === undefined) throw malformed(archive.source, 'it holds no program');
  const content = archive.open(entry);
  const json = asObject(parseJson(content, utf8(content.read(0, content.size))));
  if (json === null) throw malformed(content, 'it is no JSON object');
  return json;
}

function metadataOf(program: JsonObject, archive: TorchArchive): Record<string, string> {
  const texts: [string, string][] = [];
  const torch = asText(program.get('torch_version'));
  if (torch !== null) texts.push(['torch_version', torch]);
  const verifiers = asArray(program.get('verifiers')) ?? [asText(program.get('dialect'))];
  const dialects = verifiers.filter((each) => typeof each === 'string');
  if (dialects.length > 0) texts.push(['dialect', dialects.join(', ')]);
  for (const [domain, version] of asObject(program.get('opset_version')) ?? []) {
    texts.push([`opset ${domain}`, plainText(version)]);
  }
  for (const [symbol, range] of asObject(program.get('range_constraints')) ?? []) {
    const from = plainText(asObject(range)?.get('min_val'));
    texts.push([`range of ${symbol}`, `${from} to ${plainText(asObject(range)?.get('max_val'))}`]);
  }
  return { ...Object.fromEntries(texts), ...archive.notes(['archive_version', 'byteorder']) };
}

function plainText(value: Json | undefined): string {
  return value === null || value === undefined || typeof value === 'object' ? '?' : String(value);
}

/** What a caller gives or gets, by the specs of one kind. */
function userValues(
  specs: Json | undefined,
  kind: string,
  values: JsonObject | null,
): ForeignValue[] {
  return (asArray(specs) ?? []).flatMap((spec): ForeignValue[] => {
    const user = asObject(asObject(spec)?.get(kind));
    if (user === null) return [];
    const [form, argument] = [...(asObject(user.get('arg')) ?? [])][0] ?? [];
    const name =
      asText(asObject(argument)?.get('name')) ?? asText(asObject(argument)?.get('as_name'));
    if (form === 'as_tensor' && name !== null) return [tensorValue(name, values)];
    // Numbers and the like that the program was exported with.
    const words = (form ?? 'as_?').replace(/^as_/, '');
    return [{ name: name ?? plainText(argument), type: words, shape: null }];
  });
}

function tensorValue(name: string, values: JsonObject | null): ForeignValue {
  const { dtype, dimensions } = pt2TensorOf(values?.get(name));
  return { name, type: dtype, shape: dimensions };
}

/** Operators of the graph and of the graphs that its nodes hold. */
function countOperators(graph: JsonObject, source: ByteSource): Record<string, number> {
  const counts = new OperatorCounts();
  const waiting: (Json | undefined)[] = [graph.get('nodes')];
  let seen = 0;
  while (waiting.length > 0) {
    for (const item of asArray(waiting.pop()) ?? []) {
      seen += 1;
      if (seen > mostNodes) throw overLimit(source, `its program has over ${mostNodes} nodes`);
      const node = asObject(item);
      const target = asText(node?.get('target'));
      if (target !== null)
        counts.add(target.replace(/^torch\.ops\./, '').replace(/^_(?=operator\.)/, ''));
      waiting.push(...innerNodes(node));
    }
  }
  return counts.toRecord();
}

/** Lists of nodes of the graphs that a node has as inputs. */
function innerNodes(node: JsonObject | null): Json[] {
  return (asArray(node?.get('inputs')) ?? []).flatMap((input): Json[] => {
    const inner = asObject(asObject(asObject(input)?.get('arg'))?.get('as_graph'));
    const nodes = asObject(inner?.get('graph'))?.get('nodes');
    return nodes === undefined ? [] : [nodes];
  });
}

/** Tensors of a list of weights or constants; none where the archive has no such list. */
function readWeights(
  archive: TorchArchive,
  folder: string,
  list: string,
  globals: GlobalList,
): ForeignTensor[] {
  if (!archive.has(folder + list)) return [];
  const config = asObject(readJson(archive, folder + list).get('config'));
  const places = new Map<string, string>();
  return [...(config ?? [])].map(([name, value]): ForeignTensor => {
    const weight = asObject(value);
    const path = folder + (asText(weight?.get('path_name')) ?? '');
    const tensor = pt2TensorOf(weight?.get('tensor_meta'));
    if (weight?.get('use_pickle') === true) scanWeight(archive, path, globals);
    else checkWeight(archive, path, name, tensor);
    const place = path + tensor.place;
    const sameAs = places.get(place);
    if (sameAs === undefined) places.set(place, name);
    const { dtype, shape, bytes } = tensor;
    return { name, dtype, shape, bytes, ...(sameAs !== undefined && { sameAs }) };
  });
}

/** Looks through a weight that is kept as a pickle; those named so are looked through anyway. */
function scanWeight(archive: TorchArchive, path: string, globals: GlobalList): void {
  const entry = archive.entry(path);
  if (entry !== undefined && !isPickleName(path)) archive.scan(entry, globals);
}

/** Whether the file of a weight is there and as large as the weight needs. */
function checkWeight(archive: TorchArchive, path: string, name: string, tensor: Pt2Tensor): void {
  const entry = archive.entry(path);
  const { neededBytes } = tensor;
  if (entry === undefined) {
    const message = `the data of "${name}" are not in the archive`;
    archive.findings.add('error', 'storage-missing', message, name);
  } else if (neededBytes === null || neededBytes > entry.sizeBytes) {
    const needed = neededBytes === null ? 'no possible number' : `${neededBytes}`;
    const message = `the data of "${name}" have ${entry.sizeBytes} bytes, and ${needed} are needed`;
    archive.findings.add('error', 'tensor-size', message, name);
  }
}

/** What the signature says of weights, for files that keep their data in another way. */
function declaredWeights(signature: JsonObject, values: JsonObject | null): ForeignTensor[] {
  return (asArray(signature.get('input_specs')) ?? []).flatMap((spec): ForeignTensor[] => {
    const [kind = '', body] = [...(asObject(spec) ?? [])][0] ?? [];
    const weight = asObject(body);
    const name = asText(weight?.get(`${kind}_name`) ?? weight?.get('tensor_constant_name'));
    const argument = asText(asObject(weight?.get('arg'))?.get('name'));
    if (name === null || argument === null) return [];
    const { dtype, shape, bytes } = pt2TensorOf(values?.get(argument));
    return [{ name, dtype, shape, bytes }];
  });
}
