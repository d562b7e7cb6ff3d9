import { type Size, sameSize } from '../../symbolic/index.ts';
import type { Known } from '../rule.ts';
import { type Element, type Elements, type InferredType, type Sizes, tensorOf } from '../types.ts';

/** What is to be said of a size that is a or b, which are not certainly the same. */
export type JoinSizes = (a: Size, b: Size) => Size;

/** What is true of a value that is of one type or of the other; null: nothing is. */
export function joinTypes(
  a: InferredType | null,
  b: InferredType | null,
  joinSizes: JoinSizes,
): InferredType | null {
  if (a === null || b === null) return null;
  if (a.kind === 'tensor' && b.kind === 'tensor') {
    const elementType = a.elementType === b.elementType ? a.elementType : null;
    return tensorOf(elementType, joinShapes(a.shape, b.shape, joinSizes));
  }
  if (a.kind === 'optional' || b.kind === 'optional') {
    // What is no optional counts as one that holds it.
    const element = joinTypes(heldBy(a), heldBy(b), joinSizes);
    return { kind: 'optional', element };
  }
  if (a.kind === 'sequence' && b.kind === 'sequence') {
    return { kind: 'sequence', element: joinTypes(a.element, b.element, joinSizes) };
  }
  return isSameForm(a, b) ? a : null;
}

function heldBy(type: InferredType): InferredType | null {
  return type.kind === 'optional' ? type.element : type;
}

/** Of maps, sparse tensors and opaque types, only what is wholly the same is kept. */
function isSameForm(a: InferredType, b: InferredType): boolean {
  return a.kind === b.kind && JSON.stringify(a) === JSON.stringify(b);
}

function joinShapes(a: Sizes | null, b: Sizes | null, joinSizes: JoinSizes): Sizes | null {
  if (a === null || b === null || a.length !== b.length) return null;
  return a.map((size, axis) => {
    const other = b[axis] ?? size;
    return sameSize(size, other) ? size : joinSizes(size, other);
  });
}

/** The elements that a tensor has in either case. */
export function joinElements(a: Elements | null, b: Elements | null): Elements | null {
  if (a === null || b === null) return null;
  const isSameShape =
    a.dims.length === b.dims.length && a.dims.every((size, axis) => size === b.dims[axis]);
  if (!isSameShape) return null;
  const values = a.values.map((value, at): Element => {
    const other = b.values[at] ?? null;
    return value !== null && other !== null && sameSize(value, other) ? value : null;
  });
  return values.some((value) => value !== null) ? { dims: a.dims, values } : null;
}

/** What is known of a value that is one or the other. */
export function joinKnown(a: Known, b: Known, joinSizes: JoinSizes): Known {
  return {
    type: joinTypes(a.type, b.type, joinSizes),
    elements: joinElements(a.elements, b.elements),
  };
}

/** The type with each size replaced. */
export function mapSizes(
  type: InferredType | null,
  map: (size: Size) => Size,
): InferredType | null {
  if (type === null) return null;
  if (type.kind === 'tensor' || type.kind === 'sparse-tensor') {
    return { ...type, shape: type.shape?.map(map) ?? null };
  }
  if (type.kind === 'sequence' || type.kind === 'optional') {
    return { kind: type.kind, element: mapSizes(type.element, map) };
  }
  return type;
}
