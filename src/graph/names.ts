import { MlkitError } from '../errors.ts';

/**
 * The names that are taken in one model: values, nodes, initializers, in all graphs. One allocator
 * for all of them, so that a new name can neither collide nor shadow.
 */
export class NameAllocator {
  readonly #taken: Set<string>;
  readonly #lastSuffix = new Map<string, number>();

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  has(name: string): boolean {
    return this.#taken.has(name);
  }

  reserve(name: string): void {
    this.#taken.add(name);
  }

  /** `base` itself when it is free, else `base_1`, `base_2` and so on. The result is taken. */
  allocate(base: string): string {
    let name = base;
    let suffix = this.#lastSuffix.get(base) ?? 0;
    while (this.#taken.has(name)) {
      suffix += 1;
      name = `${base}_${suffix}`;
    }
    this.#lastSuffix.set(base, suffix);
    this.#taken.add(name);
    return name;
  }
}

/** The error of giving a value a name that it cannot have. */
export function nameTaken(name: string): MlkitError {
  return name === ''
    ? new MlkitError('USAGE', 'a value cannot have an empty name')
    : new MlkitError('USAGE', `the name "${name}" is taken in this model`, {
        hint: 'Choose another name.',
      });
}
