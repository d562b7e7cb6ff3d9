import type { Tensor } from '../tensor/index.ts';
import type { Graph } from './graph.ts';
import type { Node } from './node.ts';
import type { ValueType } from './shape.ts';

/** One place where a value is read: an input of a node, or an output of a graph. */
export type Use =
  | { readonly kind: 'input'; readonly node: Node; readonly index: number }
  | { readonly kind: 'output'; readonly graph: Graph; readonly index: number };

/** A constant given by its non-zero elements (SparseTensorProto). */
export interface SparseTensor {
  /** The non-zero elements, rank 1, length NNZ. Carries the name. */
  readonly values: Tensor;
  /** int64 indices: [NNZ] linear, or [NNZ, rank]. */
  readonly indices: Tensor;
  /** The dense shape. */
  readonly dims: readonly number[];
  /** Belongs to the reader that made it. */
  readonly origin?: unknown;
}

const noUses: ReadonlySet<Use> = new Set();

/**
 * Something that nodes read: a graph input, a constant, or an output of a node. It belongs to the
 * graph that defines it and may be read in that graph's subgraphs too; such captures are uses.
 *
 * Only its graph changes it.
 */
export class Value {
  readonly name: string;
  readonly graph: Graph;
  /** The node whose output this is. */
  readonly producer: Node | null = null;
  /** Which output of the producer; 0 where there is none. */
  readonly producerIndex: number = 0;
  /** Whether it is an input of its graph (a constant may be both: an input with a default). */
  readonly isInput: boolean = false;
  /** The constant that it stands for, when it is an initializer. */
  readonly initializer: Tensor | null = null;
  readonly sparseInitializer: SparseTensor | null = null;
  readonly type: ValueType | null = null;
  readonly docString: string = '';
  readonly metadata: readonly (readonly [string, string])[] = [];
  readonly uses: ReadonlySet<Use> = noUses;
  /** @internal Belongs to the reader that made the graph. */
  readonly origin: unknown = undefined;

  /** @internal Use the graph's methods. */
  constructor(graph: Graph, name: string) {
    this.graph = graph;
    this.name = name;
  }

  /** Whether anything gives it a value. False for a name that the file uses and never defines. */
  get isDefined(): boolean {
    return (
      this.producer !== null ||
      this.isInput ||
      this.initializer !== null ||
      this.sparseInitializer !== null
    );
  }

  /** Whether some graph, its own or a subgraph, returns it. */
  get isOutput(): boolean {
    for (const use of this.uses) if (use.kind === 'output') return true;
    return false;
  }

  /**
   * The constant that the value always has, or null: an initializer that callers cannot override,
   * or the output of a Constant node with a tensor.
   */
  get constant(): Tensor | null {
    if (this.initializer !== null) return this.isInput ? null : this.initializer;
    const producer = this.producer;
    if (producer?.opType !== 'Constant' || producer.domain !== '') return null;
    const attribute = producer.attribute('value');
    return attribute?.type === 'tensor' ? attribute.value : null;
  }
}
