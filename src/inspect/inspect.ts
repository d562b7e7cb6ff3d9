import {
  type Constant,
  checkOpenModel,
  compareText,
  type ModelCheckSettings,
  ModelFacts,
  operatorName,
  renameFindings,
  runChecks,
  sharedConstants,
} from '../checks/index.ts';
import {
  type Graph,
  type Model,
  type Node,
  type Value,
  walkGraphs,
  walkNodes,
} from '../graph/index.ts';
import type { OpenModel } from '../onnx/index.ts';
import { countBySeverity, toolInfo } from '../report/index.ts';
import { compareWith, computeTypes, describeQuantized } from './compute.ts';
import { totalConstants } from './constants.ts';
import { describeConstant, describeNode, ValueDescriptions } from './describe.ts';
import { describeDataFile } from './describe-data-file.ts';
import type { NodeReport, TensorReport } from './item-report.ts';
import { countOperators, type OperatorFacts } from './operators.ts';
import type { InspectServices, ReadStats } from './read-stats.ts';
import type { FunctionReport, InspectConfig, InspectReport, SubgraphReport } from './report.ts';
import { describeValue } from './values.ts';

type Printer = typeof import('../text/index.ts');

/**
 * What is in a model. No weights are read, unless `stats` is asked for; then they are read once,
 * piece by piece. A model that is wrong is described as far as it goes, with findings.
 *
 * @throws MlkitError INTERRUPTED, and with `text` or `functions` MODEL_INVALID for what has no text.
 */
export async function inspectModel(
  open: OpenModel,
  config: InspectConfig,
  services: InspectServices = {},
): Promise<InspectReport> {
  const { model } = open;
  const { graph } = model;
  const facts = new ModelFacts(open, { measureAll: config.check || config.stats });
  const { constants, customOperators } = facts;
  const operators = countOperators(model);
  const externalFiles = facts.dataFiles.map((each) => describeDataFile(each, config.external));
  const printer = await loadPrinter(config);
  const stats = await statsOf(facts, config, services);
  const computed = await computeTypes(model, config, constants);
  const quantization = await describeQuantized(model, operators, constants);
  const diff = await compareWith(open, services);
  const judgement = await judge({ open, facts, stats }, config, services);
  const dataBytes = externalFiles.reduce((sum, each) => sum + (each.sizeBytes ?? 0), 0);
  const withDefault = graph.inputs.filter(hasDefault);
  return {
    schema: 1,
    kind: 'inspect',
    tool: toolInfo(),
    model: {
      path: services.name ?? open.path,
      sizeBytes: open.sizeBytes,
      dataBytes,
      totalBytes: open.sizeBytes + dataBytes,
    },
    config: {
      ...config,
      dims: Object.fromEntries(config.dims),
      inputShapes: Object.fromEntries(config.inputShapes),
      target: config.target?.version ?? null,
    },
    irVersion: model.irVersion,
    producer: [model.producerName, model.producerVersion].filter((part) => part !== '').join(' '),
    producerName: model.producerName,
    producerVersion: model.producerVersion,
    domain: model.domain,
    modelVersion: model.modelVersion,
    graphName: graph.name,
    docString: model.docString,
    opsets: opsetsOf(model.opsets),
    metadata: Object.fromEntries(model.metadata),
    inputs: graph.inputs.filter((value) => !hasDefault(value)).map(describeValue),
    inputsWithDefault: withDefault.map(describeValue),
    outputs: graph.outputs.map(describeValue),
    nodes: operators.nodes,
    operators: operators.operators,
    customOperators,
    ...totalConstants(constants),
    attributeNumbers: operators.attributeNumbers,
    subgraphs: describeSubgraphs(model),
    functions: describeFunctions(model, operators, config.functions ? printer : null),
    externalFiles,
    ...judgement,
    ...(config.nodes && { nodeList: describeNodes(model) }),
    ...((config.tensors || config.stats) && { tensors: describeTensors(constants, stats) }),
    ...computed,
    quantization,
    ...(diff !== null && { diff }),
    ...(config.text && { text: printer?.printModel(model) ?? '' }),
  };
}

interface Examined {
  readonly open: OpenModel;
  readonly facts: ModelFacts;
  readonly stats: ReadStats | null;
}

/** What is wrong with the model, and with `check` what that comes to. */
async function judge(
  { open, facts, stats }: Examined,
  config: InspectConfig,
  services: InspectServices,
): Promise<Pick<InspectReport, 'findings' | 'verdict' | 'check' | 'requirements'>> {
  const ofStats = stats?.findings ?? [];
  if (!config.check) {
    const { name = open.path } = services;
    return { findings: [...renameFindings(runChecks(facts), open.path, name), ...ofStats] };
  }
  const checked = await checkOpenModel(open, checkSettings(config, services));
  // A check of the weights finds what their statistics show, too.
  const findings = config.weights ? checked.findings : [...checked.findings, ...ofStats];
  return { ...checked, findings, verdict: countBySeverity(findings).error > 0 ? 'fail' : 'pass' };
}

function checkSettings(
  { runtime, weights, target }: InspectConfig,
  { signal, onProgress, name }: InspectServices,
): ModelCheckSettings {
  return {
    runtime,
    values: weights,
    target,
    ...(name !== undefined && { name }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  };
}

/** Most runs print no text, and need not load what does. */
async function loadPrinter(config: InspectConfig): Promise<Printer | null> {
  return config.text || config.functions ? import('../text/index.ts') : null;
}

/** Most runs read no weights, and need not load what does. */
async function statsOf(
  facts: ModelFacts,
  config: InspectConfig,
  services: InspectServices,
): Promise<ReadStats | null> {
  if (!config.stats) return null;
  const { readStats } = await import('./read-stats.ts');
  return readStats(facts, services);
}

function hasDefault(value: Value): boolean {
  return value.initializer !== null || value.sparseInitializer !== null;
}

/** Of a domain that is named twice, the last version, which is the one that counts. */
function opsetsOf(opsets: Model['opsets']): Record<string, number> {
  return Object.fromEntries(opsets.map(({ domain, version }) => [domain, version]));
}

function describeSubgraphs(model: Model): SubgraphReport[] {
  const owners = new Map<Graph, Node>();
  const subgraphs: SubgraphReport[] = [];
  for (const { graph, path } of walkGraphs(model)) {
    const owner = owners.get(graph);
    if (owner !== undefined) {
      subgraphs.push({ path, op: operatorName(owner), nodes: graph.nodeCount });
    }
    for (const node of graph.nodes) {
      for (const attribute of node.attributes) {
        if (attribute.type === 'graph') owners.set(attribute.value, node);
        else if (attribute.type === 'graphs') {
          for (const inner of attribute.value) owners.set(inner, node);
        }
      }
    }
  }
  return subgraphs;
}

function describeFunctions(
  model: Model,
  operators: OperatorFacts,
  printer: Printer | null,
): FunctionReport[] {
  return model.functions.map((definition, at): FunctionReport => {
    const { body, attributeNames, attributeDefaults } = definition;
    return {
      domain: definition.domain,
      name: definition.name,
      overload: definition.overload,
      inputs: body.inputs.map((value) => value.name),
      outputs: body.outputs.map((value) => value.name),
      attributes: [...attributeNames, ...attributeDefaults.map((each) => each.name)],
      opsets: opsetsOf(definition.opsets),
      nodes: operators.functions[at]?.nodes ?? 0,
      calls: operators.functions[at]?.calls ?? 0,
      ...(printer !== null && { body: printer.printGraph(body) }),
    };
  });
}

function describeNodes(model: Model): NodeReport[] {
  const values = new ValueDescriptions(null);
  return [...walkNodes(model)].map(({ node, path }) =>
    describeNode(node, path, values.of(node.inputs), values.of(node.outputs)),
  );
}

function describeTensors(constants: readonly Constant[], stats: ReadStats | null): TensorReport[] {
  const shared = sharedConstants(constants);
  const bySize = constants.toSorted((a, b) => b.bytes - a.bytes || compareText(a.name, b.name));
  return bySize.map(
    (each): TensorReport => ({
      ...describeConstant(each, shared.get(each)),
      ...(stats !== null && { stats: stats.of.get(each) ?? null }),
    }),
  );
}
