import { MlkitError } from '../errors.ts';
import type { Tensor } from '../tensor/index.ts';
import type { Attribute } from './attribute.ts';
import type { Graph } from './graph.ts';
import type { Use, Value } from './value.ts';

export interface NodeFields {
  readonly opType: string;
  readonly domain?: string;
  readonly overload?: string;
  /** Absent: the model's allocator names it after its operator. */
  readonly name?: string;
  readonly inputs: readonly (Value | null)[];
  /**
   * Names of new outputs, which must be free; empty text leaves an optional output out. A value of
   * the graph instead of a name is taken over from the node that produced it so far, and keeps its
   * name and uses.
   */
  readonly outputs: readonly (string | Value)[];
  readonly attributes?: readonly Attribute[];
  readonly docString?: string;
}

/**
 * One operation. Inputs and outputs are values; null stands for an optional one left out.
 *
 * Only its graph changes it.
 */
export class Node {
  readonly graph: Graph;
  readonly opType: string;
  /** Operator set; the empty string is ai.onnx (the reader turns `ai.onnx` into it). */
  readonly domain: string;
  /** Tells functions of one name apart (IR 10). */
  readonly overload: string;
  readonly name: string;
  readonly inputs: readonly (Value | null)[] = [];
  readonly outputs: readonly (Value | null)[] = [];
  readonly attributes: readonly Attribute[] = [];
  readonly docString: string = '';
  readonly metadata: readonly (readonly [string, string])[] = [];
  /** @internal Belongs to the reader that made the graph. */
  readonly origin: unknown;
  /** @internal The uses that its inputs are, by index, so that they can be taken back. */
  readonly inputUses: (Use | null)[] = [];
  /** @internal Position in the graph's list. */
  readonly next: Node | null = null;
  /** @internal */
  readonly previous: Node | null = null;
  /** @internal Whether the graph still has it. */
  readonly attached: boolean = false;

  /** @internal Use the graph's methods. */
  constructor(
    graph: Graph,
    fields: {
      opType: string;
      domain?: string;
      overload?: string;
      name?: string;
      origin?: unknown;
    },
  ) {
    this.graph = graph;
    this.opType = fields.opType;
    this.domain = fields.domain ?? '';
    this.overload = fields.overload ?? '';
    this.name = fields.name ?? '';
    this.origin = fields.origin;
  }

  /** `Conv "conv1"`, `com.microsoft.Gelu #12`: for messages. */
  get label(): string {
    const op = this.domain === '' ? this.opType : `${this.domain}.${this.opType}`;
    if (this.name !== '') return `${op} "${this.name}"`;
    const output = this.outputs.find((value) => value !== null);
    return output ? `${op} → "${output.name}"` : op;
  }

  /** The graphs that its attributes hold (If, Loop, Scan), in order. */
  get subgraphs(): Graph[] {
    return this.attributes.flatMap(graphsOf);
  }

  attribute(name: string): Attribute | undefined {
    return this.attributes.find((attribute) => attribute.name === name);
  }

  /**
   * An integer attribute. Values beyond ±(2^53 - 1), which ONNX uses for "to the end", are clamped.
   *
   * @throws MlkitError MODEL_INVALID when the attribute has another type.
   */
  int(name: string, fallback: number): number {
    const attribute = this.typed(name, 'int');
    return attribute === undefined ? fallback : clampToSafe(attribute.value);
  }

  /** A list of integers, clamped as {@link int}; undefined when absent. */
  ints(name: string): number[] | undefined {
    return this.typed(name, 'ints')?.value.map(clampToSafe);
  }

  float(name: string, fallback: number): number {
    return this.typed(name, 'float')?.value ?? fallback;
  }

  /** A string attribute, decoded from UTF-8. */
  string(name: string, fallback: string): string {
    const attribute = this.typed(name, 'string');
    return attribute === undefined ? fallback : new TextDecoder().decode(attribute.value);
  }

  tensor(name: string): Tensor | undefined {
    return this.typed(name, 'tensor')?.value;
  }

  private typed<Type extends Attribute['type']>(
    name: string,
    type: Type,
  ): Extract<Attribute, { type: Type }> | undefined {
    const attribute = this.attribute(name);
    if (attribute === undefined) return undefined;
    if (attribute.type !== type) {
      throw new MlkitError(
        'MODEL_INVALID',
        `attribute "${name}" of ${this.label} is ${attribute.type}; it should be ${type}`,
      );
    }
    return attribute as Extract<Attribute, { type: Type }>;
  }
}

/** The graphs that an attribute holds, in order. */
export function graphsOf(attribute: Attribute): readonly Graph[] {
  if (attribute.type === 'graph') return [attribute.value];
  return attribute.type === 'graphs' ? attribute.value : [];
}

function clampToSafe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return Number.MAX_SAFE_INTEGER;
  if (value < BigInt(Number.MIN_SAFE_INTEGER)) return Number.MIN_SAFE_INTEGER;
  return Number(value);
}
