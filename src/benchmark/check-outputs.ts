import { MlkitError } from '../errors.ts';
import { formatType, type Model, type Value, type ValueType } from '../graph/index.ts';

/**
 * What is to be said of the outputs that a run computes and that stay in the runtime, as the binding
 * passes tensors only; one text for each.
 *
 * @throws MlkitError MODEL_UNSUPPORTED where that is all of them: a run that gives nothing back cannot
 *   be asked for.
 */
export function checkOutputs(path: string, { graph: { outputs } }: Model): string[] {
  const kept = outputs.filter((value) => !isPassable(value.type));
  const [first] = kept;
  if (first === undefined) return [];
  if (kept.length === outputs.length) {
    throw new MlkitError('MODEL_UNSUPPORTED', `cannot run ${path}: ${described(first)}`, {
      hint: hintFor(first.type),
    });
  }
  return kept.map((value) => `${described(value)}: it is computed, but not read`);
}

/** Without a type, which is against the rules, only the runtime knows. */
function isPassable(type: ValueType | null): boolean {
  if (type === null || type.kind === 'unknown') return true;
  return type.kind === 'tensor' && type.elementType !== 'int4' && type.elementType !== 'uint4';
}

function described({ name, type }: Value): string {
  return `output "${name}" is ${formatType(type)}, which onnxruntime-node cannot pass`;
}

function hintFor(type: ValueType | null): string {
  const isListOfMaps = type?.kind === 'sequence' && type.element?.kind === 'map';
  return isListOfMaps
    ? "Export it without ZipMap, so that it gives a matrix (skl2onnx: options={'zipmap': False})."
    : 'Cut the model before that output, where it is still a tensor.';
}
