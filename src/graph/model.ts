import type { Attribute } from './attribute.ts';
import { Graph } from './graph.ts';
import { NameAllocator } from './names.ts';
import { walkGraphs } from './walk.ts';

export interface OpsetImport {
  /** The empty string is ai.onnx. */
  domain: string;
  version: number;
}

/** A function that the model defines for itself (FunctionProto, IR 8). */
export interface FunctionDefinition {
  name: string;
  domain: string;
  overload: string;
  /** The body. Its inputs and outputs are the function's. */
  readonly body: Graph;
  /** Attributes that a caller must give. */
  attributeNames: readonly string[];
  /** Attributes that a caller may leave out, with their defaults. */
  attributeDefaults: readonly Attribute[];
  opsets: readonly OpsetImport[];
  docString: string;
  metadata: readonly (readonly [string, string])[];
  /** Belongs to the reader that made it. */
  readonly origin?: unknown;
}

/** A model: a main graph, functions, and what the file says about itself. */
export class Model {
  irVersion = 0;
  /** In file order. A broken file may name a domain twice: as in runtimes, the last one counts. */
  opsets: readonly OpsetImport[] = [];
  producerName = '';
  producerVersion = '';
  domain = '';
  modelVersion = 0n;
  docString = '';
  metadata: readonly (readonly [string, string])[] = [];
  readonly graph: Graph;
  functions: readonly FunctionDefinition[] = [];
  /** @internal Belongs to the reader that made the model. */
  origin: unknown = undefined;
  #names: NameAllocator | null = null;

  constructor() {
    this.graph = new Graph(this, 'main', null);
  }

  /** Version of an operator set, or undefined when the model does not import it. */
  opset(domain: string): number | undefined {
    return this.opsets.findLast((each) => each.domain === domain)?.version;
  }

  /** Imports an operator set, or changes the version of one that is imported. */
  setOpset(domain: string, version: number): void {
    this.opsets =
      this.opset(domain) !== undefined
        ? this.opsets.map((each) => (each.domain === domain ? { domain, version } : each))
        : [...this.opsets, { domain, version }];
  }

  /** The allocator of names for new nodes and values. Cost: one walk over the model, once. */
  get names(): NameAllocator {
    this.#names ??= new NameAllocator(namesOf(this));
    return this.#names;
  }
}

function* namesOf(model: Model): Iterable<string> {
  for (const { graph } of walkGraphs(model)) {
    for (const value of graph.values()) yield value.name;
    for (const node of graph.nodes) yield node.name;
  }
}
