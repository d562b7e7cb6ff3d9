import type { FunctionDefinition, Model, Node } from '../../graph/index.ts';

/** The functions of a model by what nodes call them. */
export class FunctionIndex {
  readonly #functions = new Map<string, FunctionDefinition>();

  constructor(model: Model) {
    for (const each of model.functions) {
      this.#functions.set(key(each.domain, each.name, each.overload), each);
    }
  }

  /** The function that a node calls; undefined where it is an operator. */
  calledBy({ domain, opType, overload }: Node): FunctionDefinition | undefined {
    return this.#functions.size === 0
      ? undefined
      : this.#functions.get(key(domain, opType, overload));
  }
}

function key(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain, name, overload]);
}
