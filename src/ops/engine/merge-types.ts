import { hasAnonymous, type Size } from '../../symbolic/index.ts';
import type { InferredType, Sizes, TensorType } from '../types.ts';

/** What two descriptions of one value disagree in. */
export interface Disagreement {
  readonly about: 'type' | 'shape';
  readonly message: string;
}

/**
 * What follows from the graph and what the file declares, put together: of each size, what says
 * more. Where they disagree, what follows from the graph.
 */
export function mergeTypes(
  inferred: InferredType | null,
  declared: InferredType | null,
  disagree: (what: Disagreement) => void,
): InferredType | null {
  if (inferred === null || inferred.kind === 'unknown') return declared ?? inferred;
  if (declared === null || declared.kind === 'unknown') return inferred;
  if (isTensor(inferred) && isTensor(declared)) return mergeTensors(inferred, declared, disagree);
  if (inferred.kind !== declared.kind) {
    disagree({ about: 'type', message: `${kindText(inferred)}, declared ${kindText(declared)}` });
    return inferred;
  }
  if (inferred.kind === 'sequence' || inferred.kind === 'optional') {
    const { element } = declared as typeof inferred;
    return { kind: inferred.kind, element: mergeTypes(inferred.element, element, disagree) };
  }
  if (inferred.kind === 'map') {
    const other = declared as typeof inferred;
    const keyType = mergeElementTypes(inferred.keyType, other.keyType, disagree);
    return { kind: 'map', keyType, value: mergeTypes(inferred.value, other.value, disagree) };
  }
  return inferred;
}

function isTensor(type: InferredType): type is TensorType {
  return type.kind === 'tensor' || type.kind === 'sparse-tensor';
}

function kindText(type: InferredType): string {
  if (isTensor(type)) return `a ${type.kind} of ${type.elementType ?? 'any type'}`;
  return /^[aeiou]/u.test(type.kind) ? `an ${type.kind}` : `a ${type.kind}`;
}

function mergeTensors(
  inferred: TensorType,
  declared: TensorType,
  disagree: (what: Disagreement) => void,
): TensorType {
  // The runtime can keep a sparse constant sparse; only the file says that it does.
  return {
    kind: declared.kind,
    elementType: mergeElementTypes(inferred.elementType, declared.elementType, disagree),
    shape: mergeShapes(inferred.shape, declared.shape, disagree),
  };
}

function mergeElementTypes<Type extends string>(
  inferred: Type | null,
  declared: Type | null,
  disagree: (what: Disagreement) => void,
): Type | null {
  if (inferred === null || declared === null) return inferred ?? declared;
  if (inferred !== declared) {
    disagree({ about: 'type', message: `${inferred}, declared ${declared}` });
  }
  return inferred;
}

function mergeShapes(
  inferred: Sizes | null,
  declared: Sizes | null,
  disagree: (what: Disagreement) => void,
): Sizes | null {
  if (inferred === null || declared === null) return inferred ?? declared;
  if (inferred.length !== declared.length) {
    const message = `of rank ${inferred.length}, declared ${declared.length}`;
    disagree({ about: 'shape', message });
    return inferred;
  }
  return inferred.map((size, at) => {
    const other = declared[at] ?? size;
    if (typeof size === 'number' && typeof other === 'number' && size !== other) {
      disagree({ about: 'shape', message: `${size} along axis ${at}, declared ${other}` });
    }
    return moreKnown(size, other);
  });
}

/** Of two sizes that are one, the one that says more; the first, if both say as much. */
export function moreKnown(a: Size, b: Size): Size {
  if (typeof a === 'number') return a;
  if (typeof b === 'number') return b;
  return hasAnonymous(a) && !hasAnonymous(b) ? b : a;
}
