import { compareText, operatorName } from '../../checks/index.ts';
import { type FunctionDefinition, functionKey, type Model, walkGraphs } from '../../graph/index.ts';
import { attributeKey, Interner, type MatchSettings, Pairing, Side } from '../../matching/index.ts';
import { type OpenModel, throwIfAborted } from '../../onnx/index.ts';
import { attributeText } from './attribute-text.ts';
import { compareFunctionMetadata, compareMetadata } from './compare-metadata.ts';
import { compareWeights, type WeightServices } from './compare-weights.ts';
import { diffGraphs } from './diff-graphs.ts';
import { Differences, type PlacedNode } from './findings.ts';
import type {
  DiffReport,
  DiffSide,
  Equivalence,
  LoneConstant,
  NodeGroup,
  WeightsReport,
} from './report.ts';

/**
 * What differs between two models: what they say of themselves, what callers see, names, attributes,
 * operators, weights, nodes, functions and subgraphs. Nodes are matched by structure first, so that
 * names may differ, and by names where structure does not decide.
 *
 * Linear in the number of nodes and edges but for a few sorts. Of weights a piece of each model is in
 * memory at a time; constants in typed fields of protobuf are decoded whole, one pair at a time.
 *
 * @throws MlkitError INTERRUPTED. What cannot be read is in the report.
 */
export async function diffModels(
  before: OpenModel,
  after: OpenModel,
  services: WeightServices,
): Promise<DiffReport> {
  const settings: MatchSettings = {
    before: new Side(before.model),
    after: new Side(after.model),
    pairing: new Pairing(),
    interner: new Interner(),
    readWeights: services.readWeights,
  };
  const found = new Differences();
  compareMetadata(before.model, after.model, found);
  diffGraphs(
    { graph: before.model.graph, path: 'main' },
    { graph: after.model.graph, path: 'main' },
    settings,
    found,
  );
  throwIfAborted(services.signal);
  diffFunctions(before.model, after.model, settings, found);
  const weights = await compareWeights(found.constants, before, after, services);
  const equivalence = equivalenceOf(found, weights);
  const isUndecided = weights.notRead + weights.unreadable.length > 0;
  const isSame = equivalence !== 'different';
  return {
    before: describe(before, settings.before),
    after: describe(after, settings.after),
    equivalence,
    verdict: isSame ? (isUndecided ? 'inconclusive' : 'same') : 'different',
    isSame,
    matchedNodes: found.matchedNodes,
    metadata: found.metadata,
    annotations: [...found.annotations].map(([what, differing]) => ({ what, differing })),
    inputs: found.inputs,
    outputs: found.outputs,
    renamed: found.renamed,
    attributes: found.attributes,
    replaced: found.replaced,
    rewired: found.rewired,
    versions: [...found.versions].map(([key, each]) => ({
      op: key.split(' ', 1)[0] ?? '',
      ...each,
    })),
    weights,
    moved: found.moved,
    reordered: found.reordered,
    nodesRemoved: grouped(found.nodesRemoved),
    nodesAdded: grouped(found.nodesAdded),
    constantsRemoved: largestFirst(found.constantsRemoved),
    constantsAdded: largestFirst(found.constantsAdded),
    functionsRemoved: found.functionsRemoved,
    functionsAdded: found.functionsAdded,
  };
}

function diffFunctions(
  before: Model,
  after: Model,
  settings: MatchSettings,
  found: Differences,
): void {
  const others = new Map(after.functions.map((each) => [functionKey(each), each]));
  for (const definition of before.functions) {
    const name = functionName(definition);
    const key = functionKey(definition);
    const other = others.get(key);
    if (other === undefined) {
      found.functionsRemoved.push(name);
      continue;
    }
    others.delete(key);
    compareFunctionMetadata(name, definition, other, found);
    compareSignature(name, definition, other, found);
    const path = `function ${name}`;
    diffGraphs({ graph: definition.body, path }, { graph: other.body, path }, settings, found);
  }
  for (const definition of others.values()) found.functionsAdded.push(functionName(definition));
}

/** The attributes that a function takes. */
function compareSignature(
  name: string,
  before: FunctionDefinition,
  after: FunctionDefinition,
  { attributes }: Differences,
): void {
  const graph = `function ${name}`;
  const required = (definition: FunctionDefinition): string =>
    definition.attributeNames.toSorted().join(', ');
  const [one, other] = [required(before), required(after)];
  if (one !== other) {
    const change = { attribute: 'attributes that callers must give', before: one, after: other };
    attributes.push({ graph, node: graph, ...change });
  }
  const left = new Map(before.attributeDefaults.map((each) => [each.name, each]));
  const right = new Map(after.attributeDefaults.map((each) => [each.name, each]));
  for (const attribute of new Set([...left.keys(), ...right.keys()])) {
    const [a, b] = [left.get(attribute), right.get(attribute)];
    if (a !== undefined && b !== undefined && attributeKey(a) === attributeKey(b)) continue;
    attributes.push({
      graph,
      node: graph,
      attribute,
      before: a === undefined ? null : attributeText(a),
      after: b === undefined ? null : attributeText(b),
    });
  }
}

function functionName({ domain, name, overload }: FunctionDefinition): string {
  return `${domain}.${name}${overload === '' ? '' : `:${overload}`}`;
}

function equivalenceOf(found: Differences, weights: WeightsReport): Equivalence {
  const deep = [
    found.inputs,
    found.outputs,
    found.attributes,
    found.replaced,
    found.rewired,
    [...found.versions],
    weights.changed,
    found.nodesRemoved,
    found.nodesAdded,
    found.functionsRemoved,
    found.functionsAdded,
  ];
  if (deep.some((list) => list.length > 0)) return 'different';
  const shallow = [
    found.metadata,
    [...found.annotations],
    found.renamed,
    found.moved,
    found.reordered,
    // Constants that nodes read are told by what reads them.
    found.constantsRemoved,
    found.constantsAdded,
  ];
  return shallow.some((list) => list.length > 0) ? 'same-graph' : 'identical';
}

function describe({ path, sizeBytes, model }: OpenModel, side: Side): DiffSide {
  let nodes = 0;
  let constants = 0;
  for (const { graph } of walkGraphs(model)) {
    nodes += side.nodes(graph).length;
    constants += side.constants(graph).length;
  }
  return { path, sizeBytes, nodes, constants };
}

/** By operator, those with most nodes first. */
function grouped(nodes: readonly PlacedNode[]): NodeGroup[] {
  const groups = new Map<string, { graph: string; node: string }[]>();
  for (const { graph, node } of nodes) {
    const op = operatorName(node);
    const entry = { graph, node: node.label };
    const group = groups.get(op);
    if (group === undefined) groups.set(op, [entry]);
    else group.push(entry);
  }
  return [...groups]
    .toSorted((a, b) => b[1].length - a[1].length || compareText(a[0], b[0]))
    .map(([op, entries]) => ({ op, nodes: entries }));
}

function largestFirst(constants: readonly LoneConstant[]): LoneConstant[] {
  return constants.toSorted((a, b) => elementsOf(b) - elementsOf(a));
}

function elementsOf({ shape }: LoneConstant): number {
  return shape.reduce<number>((product, size) => product * Number(size ?? 0), 1);
}
