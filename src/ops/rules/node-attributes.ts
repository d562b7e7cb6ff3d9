import type { Node } from '../../graph/index.ts';
import { type DataType, dataTypeFromCode } from '../../tensor/index.ts';

/** How many elements a list attribute has; null when there is no such list. */
export function listLength(node: Node, name: string): number | null {
  const attribute = node.attribute(name);
  if (attribute === undefined || !('value' in attribute)) return null;
  return Array.isArray(attribute.value) ? attribute.value.length : null;
}

/** How many elements the first of some list attributes that is not empty has; 0 when none is. */
export function firstLength(node: Node, ...names: string[]): number {
  for (const name of names) {
    const length = listLength(node, name);
    if (length !== null && length > 0) return length;
  }
  return 0;
}

/** The element type whose ONNX code an attribute holds; null when absent or no code that we know. */
export function typeAttribute(node: Node, name: string): DataType | null {
  return dataTypeFromCode(node.int(name, 0))?.name ?? null;
}
