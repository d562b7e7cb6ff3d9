import { formatType, type Graph, type Value, type ValueType } from '../../graph/index.ts';
import { declaredType, type Inference, inferTypes } from '../../ops/index.ts';
import type { Fix, FixChange } from './fix.ts';

const name = 'declare-shapes';

export const declareShapes: Fix = {
  name,
  mends: ['value-type-missing', 'input-shape-missing', 'output-shape-missing'],
  summary: 'declares types and shapes of inputs and outputs that have none, where they are known',
  run(model) {
    const { graph } = model;
    const lacking = [...new Set([...graph.inputs, ...graph.outputs])].filter(
      (value) => value.graph === graph && isLacking(value.type),
    );
    if (lacking.length === 0) return [];
    const inference = inferTypes(model);
    return lacking.map((value) => declare(value, graph, inference));
  },
};

function declare(value: Value, graph: Graph, inference: Inference): FixChange {
  const about = { pass: name, node: value.producer?.label ?? null, value: value.name };
  const inferred = inference.typeOf(value);
  const type = inferred && declaredType(inferred);
  if (isLacking(type)) {
    const reason = value.isInput
      ? `nothing says what shape the input "${value.name}" has; only whoever made the model knows`
      : `what shape the output "${value.name}" has does not follow from the graph`;
    return { ...about, action: 'blocked', reason };
  }
  graph.setType(value, type);
  const reason = `"${value.name}" is ${formatType(type)}, as follows from the graph`;
  return { ...about, action: 'rewritten', reason };
}

/** Whether ONNX would ask for more. */
function isLacking(type: ValueType | null): boolean {
  switch (type?.kind) {
    case undefined:
    case 'unknown':
      return true;
    case 'tensor':
    case 'sparse-tensor':
      return type.elementType === null || type.shape === null;
    case 'sequence':
    case 'optional':
      return type.element === null;
    case 'map':
      return type.keyType === null || type.value === null;
    case 'opaque':
      return false;
  }
}
