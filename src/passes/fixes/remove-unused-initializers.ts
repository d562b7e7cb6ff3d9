import { type Graph, type Value, walkGraphs } from '../../graph/index.ts';
import { graphOrigin } from '../../onnx/index.ts';
import { haveSameBytes } from '../../tensor/index.ts';
import type { Fix, FixChange } from './fix.ts';

const name = 'remove-unused-initializers';

export const removeUnusedInitializers: Fix = {
  name,
  mends: ['initializer-unused', 'initializer-duplicate'],
  // Where names are not as they should be, what seems unread may be what was meant.
  unless: ['output-undefined', 'value-undefined'],
  summary: 'removes constants that nothing reads',
  run: (model) => [...walkGraphs(model)].flatMap(({ graph }) => removeIn(graph)),
};

function removeIn(graph: Graph): FixChange[] {
  const annotated = annotationParameters(graph);
  const unread = graph.initializers.filter(
    (value) => value.uses.size === 0 && !annotated.has(value),
  );
  // From IR 4 on these are inputs that callers may give; before, every constant had to be one.
  const isOffered = (value: Value): boolean => value.isInput && graph.model.irVersion >= 4;
  const offered = unread.filter(isOffered);
  const changes = unread.filter((value) => !isOffered(value)).map((value) => remove(value, graph));
  const [first] = offered;
  if (first === undefined) return changes;
  const others = offered.length === 1 ? '' : ` (and ${offered.length - 1} more like it)`;
  const reason = `the constant "${first.name}"${others} is unread, and an input that callers may give`;
  return [...changes, { ...about(first), action: 'blocked', reason }];
}

function about(value: Value): Pick<FixChange, 'pass' | 'node' | 'value'> {
  return { pass: name, node: null, value: value.name };
}

function remove(value: Value, graph: Graph): FixChange {
  const holder = graph.value(value.name);
  if (holder !== undefined && holder !== value && !isSame(holder, value)) {
    const reason = `two constants are named "${value.name}" and differ; runtimes read the last`;
    return { ...about(value), action: 'blocked', reason };
  }
  if (value.isInput) graph.removeInput(value);
  graph.removeInitializer(value);
  const reason = `the constant "${value.name}", which is unread`;
  return { ...about(value), action: 'removed', reason };
}

function isSame(a: Value, b: Value): boolean {
  const [one, other] = [a.initializer, b.initializer];
  if (one === null || other === null) return false;
  const isAlike = one.elementType === other.elementType && one.dims.join() === other.dims.join();
  return isAlike && one.storage.strings === undefined && haveSameBytes(one, other);
}

/** Scales and zero points that quantization annotations name. */
function annotationParameters(graph: Graph): ReadonlySet<Value | null> {
  return new Set((graphOrigin(graph)?.annotations ?? []).flatMap((each) => each.parameters));
}
