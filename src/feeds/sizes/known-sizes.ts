import type { Model, Node, Value } from '../../graph/index.ts';
import type { Inference } from '../../ops/index.ts';
import { parseSize } from '../../symbolic/index.ts';
import { dataTypes } from '../../tensor/index.ts';
import { sizeOfFormula } from './expression.ts';
import { type FrameOf, framesOf } from './frames.ts';

/** A shape in which every size is known; null: unknown. */
export type Sizes = readonly number[] | null;

/** What is known of the inputs of a node. */
export interface NodeSizes {
  readonly node: Node;
  /** Shape of input `index`; null when it is left out, or any size of it is unknown. */
  readonly sizes: (index: number) => Sizes;
  /** Size of input `index` along an axis, counted from the end when negative; null when unknown. */
  readonly sizeAt: (index: number, axis: number) => number | null;
  /** Rank of input `index`; null when unknown. */
  readonly rank: (index: number) => number | null;
  /** Elements of a small input that are known before the model runs. */
  readonly numbers: (index: number) => readonly number[] | null;
}

/** What follows for the values of a model from the sizes of its inputs, as plain numbers. */
export class KnownSizes {
  readonly #inference: Inference;
  readonly #symbols: ReadonlyMap<string, number>;
  readonly #frameOf: FrameOf;

  /** @param symbols Sizes of symbolic dimensions, for shapes that the model declares inside. */
  constructor(model: Model, inference: Inference, symbols: ReadonlyMap<string, number>) {
    this.#inference = inference;
    this.#symbols = symbols;
    this.#frameOf = framesOf(model, inference.main);
  }

  /** The shape of a value, where all of it is known. */
  sizesOf(value: Value): Sizes {
    const sizes = this.#partly(value);
    return sizes?.every((size) => size !== null) === true ? sizes : null;
  }

  /** Whether a value is a tensor of integers. */
  isInteger(value: Value): boolean {
    const type = this.#inference.typeOf(value, this.#frameOf(value.graph));
    if (type?.kind !== 'tensor' || type.elementType === null) return false;
    const { kind } = dataTypes[type.elementType];
    return kind === 'int' || kind === 'uint';
  }

  /** What is known of a node's inputs. */
  contextOf(node: Node): NodeSizes {
    const partly = (index: number): readonly (number | null)[] | null => {
      const value = node.inputs[index];
      return value ? this.#partly(value) : null;
    };
    return {
      node,
      sizes: (index) => {
        const value = node.inputs[index];
        return value ? this.sizesOf(value) : null;
      },
      sizeAt: (index, axis) => partly(index)?.at(axis) ?? null,
      rank: (index) => partly(index)?.length ?? null,
      numbers: (index) => {
        const value = node.inputs[index];
        return value ? this.#numbersOf(value) : null;
      },
    };
  }

  #numbersOf(value: Value): readonly number[] | null {
    const elements = this.#inference.elementsOf(value, this.#frameOf(value.graph))?.values;
    return elements?.every((each) => typeof each === 'number') === true ? elements : null;
  }

  #partly(value: Value): readonly (number | null)[] | null {
    const type = this.#inference.typeOf(value, this.#frameOf(value.graph));
    const inferred = type?.kind === 'tensor' ? type.shape : null;
    const declared = this.#declared(value);
    if (inferred === null) return declared;
    const isSame = declared?.length === inferred.length;
    return inferred.map((size, axis) => {
      if (typeof size === 'number') return size;
      return isSame ? (declared[axis] ?? null) : null;
    });
  }

  /** The shape that the model declares, as far as its symbols have sizes. */
  #declared({ type }: Value): readonly (number | null)[] | null {
    if (type?.kind !== 'tensor' || type.shape === null) return null;
    return type.shape.map((size) => {
      if (size === null) return null;
      const formula =
        typeof size === 'number' ? size : (this.#symbols.get(size) ?? parseSize(size));
      const known = formula === null ? null : sizeOfFormula(formula, this.#symbols);
      return known === null || known < 0 ? null : known;
    });
  }
}
