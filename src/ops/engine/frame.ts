import type { Attribute, Node, Value } from '../../graph/index.ts';
import type { Elements, InferredType } from '../types.ts';

/**
 * What is known of the values of one execution: of the main graph and its subgraphs, or of one call
 * of a function, whose body means something else at each call.
 */
export class Frame {
  readonly types: Map<Value, InferredType> = new Map();
  readonly elements: Map<Value, Elements> = new Map();
  /** Of each node here that calls a function of the model, what is known inside that call. */
  readonly calls: Map<Node, Frame> = new Map();
  /** Versions of operator sets that the graph's nodes mean. */
  readonly opsets: ReadonlyMap<string, number>;
  /** What the caller gives for the function's attributes; null outside functions. */
  readonly attributes: ReadonlyMap<string, Attribute> | null;
  readonly depth: number;

  constructor(
    opsets: ReadonlyMap<string, number>,
    attributes: ReadonlyMap<string, Attribute> | null = null,
    depth = 0,
  ) {
    this.opsets = opsets;
    this.attributes = attributes;
    this.depth = depth;
  }

  /**
   * A node with the caller's attributes in place of references to them; the node itself when it has
   * none. References to what the caller leaves out are dropped, as the specification says.
   */
  resolve(node: Node): Node {
    const { attributes } = this;
    if (!node.attributes.some((each) => each.type === 'reference')) return node;
    const resolved = node.attributes.flatMap((each) => {
      if (each.type !== 'reference') return [each];
      const given = attributes?.get(each.referenceName);
      return given === undefined ? [] : [{ ...given, name: each.name }];
    });
    // A view: everything but the attributes is the node's own.
    return Object.create(node, { attributes: { value: resolved, enumerable: true } }) as Node;
  }
}
