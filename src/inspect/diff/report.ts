import type { Shape } from '../../graph/index.ts';
import type { ConstantPlace } from '../../matching/index.ts';

/**
 * - `identical`: nothing differs, names, metadata and the places of weights included;
 * - `same-graph`: both compute the same: only names, metadata, order or storage differ;
 * - `different`: the graphs, their weights, or what callers give and get differ.
 */
export type Equivalence = 'identical' | 'same-graph' | 'different';

/** One of the two models. */
export interface DiffSide {
  readonly path: string;
  readonly sizeBytes: number;
  /** Constant nodes are constants here, and no nodes. */
  readonly nodes: number;
  readonly constants: number;
}

/** Something that a model says of itself. */
export interface MetadataChange {
  /** `IR version`, `opset ai.onnx`, `metadata KEY` and so on. */
  readonly what: string;
  /** Null: it is not there. */
  readonly before: string | null;
  readonly after: string | null;
}

/** How many parts of a model differ in something that changes nothing. */
export interface AnnotationCount {
  /** `documentation of nodes`, `declared types of values`, `order of operands` and so on. */
  readonly what: string;
  readonly differing: number;
}

/** A difference that callers see. Before and after are types, sizes or positions as text. */
export interface InterfaceChange {
  readonly name: string;
  /** `default`: whether callers may leave it out, because a constant stands in for it. */
  readonly what: 'added' | 'removed' | 'type' | 'shape' | 'position' | 'default';
  readonly before: string | null;
  readonly after: string | null;
}

export interface Rename {
  readonly what: 'input' | 'output' | 'value' | 'constant' | 'node' | 'dimension';
  /** Path of the graph in the first model. */
  readonly graph: string;
  /** Empty for a node without a name. */
  readonly before: string;
  readonly after: string;
}

export interface AttributeChange {
  readonly graph: string;
  /** Label of the node in the first model. */
  readonly node: string;
  readonly attribute: string;
  /** Null: it is not there. */
  readonly before: string | null;
  readonly after: string | null;
}

/** A node that stands where one of another operator stood. */
export interface Replacement {
  readonly graph: string;
  readonly before: string;
  readonly after: string;
}

/** A node, or the graph as it returns, that reads something else than before. */
export interface Rewiring {
  readonly graph: string;
  /** Label of the node in the first model; null: an output of the graph. */
  readonly node: string | null;
  readonly slot: 'input' | 'output';
  readonly index: number;
  /** Names of values; null: left out. */
  readonly before: string | null;
  readonly after: string | null;
}

/** An operator whose definition is another one, because the operator set is. */
export interface VersionChange {
  readonly op: string;
  /** The operator set that brought the definition; null: no such operator is known. */
  readonly before: number | null;
  readonly after: number | null;
  readonly nodes: number;
}

export interface WeightChange {
  readonly graph: string;
  /** In the first model. */
  readonly name: string;
  /** `values`: of the same type and shape. */
  readonly what: 'values' | 'type' | 'shape';
  readonly before: { readonly dtype: string | null; readonly shape: Shape };
  readonly after: { readonly dtype: string | null; readonly shape: Shape };
  /** Null: the shapes differ. */
  readonly elements: number | null;
  /**
   * Elements that differ: of one type, in any bit; of two types, in value. Null: the elements do not
   * correspond, or were not read.
   */
  readonly differing: number | null;
  /**
   * The greatest difference of an element, of those that are numbers in both; of complex numbers, its
   * magnitude. Null: no such element was compared.
   */
  readonly maxAbsDifference: number | null;
  /** Of the elements that differ, those that are NaN in one of the two and not in the other. */
  readonly nanDiffering: number;
}

export interface WeightsReport {
  /** Pairs of constants that were compared, value by value. */
  readonly compared: number;
  readonly equal: number;
  readonly changed: readonly WeightChange[];
  /** Pairs of which only type and shape were compared. */
  readonly notRead: number;
  readonly unreadable: readonly {
    readonly graph: string;
    readonly name: string;
    readonly message: string;
  }[];
}

export interface MovedConstant {
  readonly graph: string;
  readonly name: string;
  readonly before: ConstantPlace;
  readonly after: ConstantPlace;
}

/** Nodes of one operator that only one of the models has. */
export interface NodeGroup {
  readonly op: string;
  readonly nodes: readonly { readonly graph: string; readonly node: string }[];
}

export interface LoneConstant {
  readonly graph: string;
  readonly name: string;
  readonly dtype: string | null;
  readonly shape: Shape;
  /** Whether anything reads it. */
  readonly isUsed: boolean;
}

/** What `--diff` finds. Everything is about the first model (before) and the second (after). */
export interface DiffReport {
  readonly before: DiffSide;
  readonly after: DiffSide;
  readonly equivalence: Equivalence;
  /** `same` is identical or same-graph; `inconclusive`: so far the same, but weights were not read. */
  readonly verdict: 'same' | 'different' | 'inconclusive';
  readonly isSame: boolean;
  readonly matchedNodes: number;
  readonly metadata: readonly MetadataChange[];
  readonly annotations: readonly AnnotationCount[];
  readonly inputs: readonly InterfaceChange[];
  readonly outputs: readonly InterfaceChange[];
  readonly renamed: readonly Rename[];
  readonly attributes: readonly AttributeChange[];
  readonly replaced: readonly Replacement[];
  readonly rewired: readonly Rewiring[];
  readonly versions: readonly VersionChange[];
  readonly weights: WeightsReport;
  readonly moved: readonly MovedConstant[];
  /** Graphs whose nodes come in another order. */
  readonly reordered: readonly string[];
  readonly nodesRemoved: readonly NodeGroup[];
  readonly nodesAdded: readonly NodeGroup[];
  /** Largest first. */
  readonly constantsRemoved: readonly LoneConstant[];
  readonly constantsAdded: readonly LoneConstant[];
  /** Functions of the model itself, by name. */
  readonly functionsRemoved: readonly string[];
  readonly functionsAdded: readonly string[];
}
