import type { Node } from '../../graph/index.ts';
import type { CostCall } from '../../ops/index.ts';
import { evaluate, product, type Size, symbolsOf } from '../../symbolic/index.ts';

/** What is asked of one group of variables. */
export interface SizeQuestion {
  /** Names that the variables of the group have in the symbolic inference. */
  readonly names: ReadonlySet<string>;
  /** Sizes that all variables have now, by these names. */
  readonly sizeOf: (name: string) => number | undefined;
}

/** Sizes beyond this are no answer. */
const greatest = 1 << 20;

/** Most answers; those that come first explain more. */
const mostAnswers = 24;

/** Sizes for which two expressions are held against each other. */
const comparedSizes = [
  ...Array.from({ length: 128 }, (_, at) => at + 1),
  160,
  192,
  224,
  256,
  320,
].concat(384, 448, 512, 600, 640, 1024, 2048, 4096, 8192, 16000, 16384);

/**
 * Reads off a node that does not work what sizes would make it work: those that make one of the sizes
 * around it equal to a number that stands there (a size of a weight, an attribute, an element of a
 * shape, a number of the message), or just as great, and those that make two of its sizes equal.
 */
export class NodeSolver {
  /** Symbolic sizes of its inputs, the counts of their elements, and elements of shapes. */
  readonly #expressions: readonly Size[];
  readonly #numbers: readonly number[];
  readonly #named: readonly number[];
  /** Whether there are sizes that inference could not follow: any variable may matter. */
  readonly isBlurred: boolean;

  /**
   * @param symbolic What is known of the node whatever sizes the variables have.
   * @param numeric What is known of it with those that do not work.
   */
  constructor(symbolic: CostCall, numeric: CostCall, message: string) {
    const { inputCount } = symbolic;
    const inputs = Array.from({ length: inputCount }, (_, at) => at);
    const shapes = inputs.map((at) => symbolic.shape(at));
    const elements = inputs.map((at) => symbolic.known(at) ?? []);
    const sizes = shapes.flatMap((shape) => (shape === null ? [] : [...shape, product(shape)]));
    const all = [...sizes, ...elements.flat()].filter((size) => typeof size !== 'number');
    this.#expressions = [...new Map(all.map((size) => [size.key, size])).values()];
    const names = new Set(this.#expressions.flatMap((size) => [...symbolsOf(size)]));
    this.isBlurred =
      [...names].some((name) => /^\?(~|\d)/.test(name)) ||
      inputs.some((at) => symbolic.has(at) && shapes[at] === null);
    this.#named = numbersIn(message);
    this.#numbers = numbersAt(numeric, this.#named);
  }

  /** Whether the group has a say in what is wrong. */
  concerns({ names }: SizeQuestion): boolean {
    return this.isBlurred || this.#with(names).length > 0;
  }

  /** Whether the message names a size that the group decides. */
  names({ names, sizeOf }: SizeQuestion): boolean {
    return this.#with(names).some((size) => {
      const value = evaluate(size, sizeOf);
      return value !== null && this.#named.includes(value);
    });
  }

  /** Sizes for the variables of the group, all the same, likely ones first. */
  answers(question: SizeQuestion): number[] {
    const { names, sizeOf } = question;
    const own = this.#with(names);
    const at = (expression: Size, size: number): number | null =>
      evaluate(expression, (name) => (names.has(name) ? size : sizeOf(name)));
    const equal: number[] = [];
    const above: number[] = [];
    for (const expression of own) {
      for (const wanted of this.#numbers) {
        const least = leastSize((size) => at(expression, size), wanted);
        if (least === null) continue;
        (at(expression, least) === wanted ? equal : above).push(least);
      }
    }
    const others = this.#expressions;
    const paired = own.flatMap((one) =>
      others
        .filter((other) => other !== one)
        .flatMap((other) =>
          comparedSizes.filter((size) => at(one, size) === at(other, size)).slice(0, 2),
        ),
    );
    const plain = this.isBlurred ? this.#numbers : [];
    const found = new Set([...equal, ...paired, ...above, ...plain]);
    // Empty tensors go through nearly anything, and say nothing of it.
    found.delete(0);
    return [...found].slice(0, mostAnswers);
  }

  #with(names: ReadonlySet<string>): Size[] {
    return this.#expressions.filter((size) => [...symbolsOf(size)].some((name) => names.has(name)));
  }
}

/** The least size for which a growing expression is at least `wanted`; null: none. */
function leastSize(valueAt: (size: number) => number | null, wanted: number): number | null {
  let [low, high] = [0, greatest];
  if ((valueAt(high) ?? Number.NEGATIVE_INFINITY) < wanted) return null;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const value = valueAt(middle);
    if (value === null) return null;
    if (value >= wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

function numbersIn(message: string): number[] {
  return [...message.matchAll(/(?<![\w.])\d+(?![\w.])/g)].map(([text]) => Number(text));
}

/** Numbers that say what a size should be, those that the message names first. */
function numbersAt(facts: CostCall, named: readonly number[]): number[] {
  const { node, inputCount } = facts;
  const inputs = Array.from({ length: inputCount }, (_, at) => at);
  const shapes = inputs.flatMap((at) => plain(facts.shape(at) ?? []));
  const lists = inputs.map((at) => facts.numbers(at) ?? []).filter(({ length }) => length <= 16);
  const targets = lists.flatMap((list) => [
    ...list,
    list.reduce((all, size) => (size > 0 ? all * size : all), 1),
    list.reduce((all, size) => all + size, 0),
  ]);
  const attributes = node.attributes.flatMap(({ name }) => integersOf(node, name));
  const group = integersOf(node, 'group')[0] ?? 1;
  const grouped = group > 1 ? shapes.map((size) => size * group) : [];
  const found = [...named, ...shapes, ...grouped, ...targets, ...attributes];
  const whole = [...new Set(found)].filter((size) => Number.isSafeInteger(size) && size >= 0);
  // An index needs one entry more than it says.
  const beyond = [...named, ...targets].map((size) => size + 1);
  return [...new Set([...whole, ...beyond.filter((size) => size > 0)])].slice(0, 64);
}

function plain(sizes: readonly Size[]): number[] {
  return sizes.filter((size) => typeof size === 'number');
}

function integersOf(node: Node, name: string): number[] {
  const attribute = node.attribute(name);
  if (attribute?.type === 'int') return [Number(attribute.value)];
  if (attribute?.type !== 'ints' || attribute.value.length > 8) return [];
  return [...attribute.value].map(Number);
}
