import {
  type FunctionDefinition,
  type GraphVisit,
  type Model,
  type Node,
  walkGraphs,
} from '../graph/index.ts';
import type { DataFolder } from '../onnx/index.ts';
import { type Constant, findConstants } from './constants.ts';
import { type DataFileUse, findDataFiles } from './data-files.ts';
import { findCustomOperators } from './operators.ts';
import { reachedFunctions } from './reached-functions.ts';

/** A node, and the graph that it is in. */
export interface NodeVisit extends GraphVisit {
  readonly node: Node;
}

/** What is checked; an `OpenModel` is one. */
export interface CheckedModel {
  readonly model: Model;
  /** Size of the model file, without its data files; null when there is no file yet. */
  readonly sizeBytes: number | null;
  /** Where its data files are. */
  readonly folder: DataFolder;
}

export interface FactSettings {
  /**
   * Whether to measure large constants too, of which those in typed fields (int32_data and so on)
   * must be read for it. Default: no weights are read.
   */
  readonly measureAll?: boolean;
}

/**
 * What checks ask of a model, each found out once and when it is asked for. The model must not be
 * edited as long as its facts are in use.
 */
export class ModelFacts {
  readonly model: Model;
  readonly sizeBytes: number | null;
  readonly measureAll: boolean;
  readonly #folder: DataFolder;
  #graphs: readonly GraphVisit[] | null = null;
  #nodes: readonly NodeVisit[] | null = null;
  #constants: readonly Constant[] | null = null;
  #dataFiles: readonly DataFileUse[] | null = null;
  #customOperators: readonly string[] | null = null;
  #reachedFunctions: ReadonlySet<FunctionDefinition> | null = null;

  constructor({ model, sizeBytes, folder }: CheckedModel, settings: FactSettings = {}) {
    this.model = model;
    this.sizeBytes = sizeBytes;
    this.measureAll = settings.measureAll ?? false;
    this.#folder = folder;
  }

  /** Every graph: main, then function bodies, each before its subgraphs. */
  get graphs(): readonly GraphVisit[] {
    this.#graphs ??= [...walkGraphs(this.model)];
    return this.#graphs;
  }

  /** Every node, in the order of the graphs. */
  get nodes(): readonly NodeVisit[] {
    this.#nodes ??= this.graphs.flatMap(({ graph, path, definition }) =>
      graph.nodes.map((node) => ({ graph, path, definition, node })),
    );
    return this.#nodes;
  }

  /** Every constant in file order: initializers, and tensors in attributes of nodes. */
  get constants(): readonly Constant[] {
    this.#constants ??= findConstants(this.graphs);
    return this.#constants;
  }

  /** The data files that constants name, by location. They are looked for and not read. */
  get dataFiles(): readonly DataFileUse[] {
    this.#dataFiles ??= findDataFiles(this.constants, this.#folder);
    return this.#dataFiles;
  }

  /** Names of operators that neither ONNX, onnxruntime nor the model itself defines, sorted. */
  get customOperators(): readonly string[] {
    this.#customOperators ??= findCustomOperators(this.model, this.nodes);
    return this.#customOperators;
  }

  /** Functions of the model that its main graph calls, directly or through others. */
  get reachedFunctions(): ReadonlySet<FunctionDefinition> {
    this.#reachedFunctions ??= reachedFunctions(this.model);
    return this.#reachedFunctions;
  }
}
