import { formatType, type Graph, type Value, walkGraphs } from '../../graph/index.ts';
import { graphOrigin } from '../../onnx/index.ts';
import { type ContradictionKind, declaredType, inferTypes } from '../../ops/index.ts';
import type { Fix, FixChange } from './fix.ts';

const name = 'refresh-types';

export const refreshTypes: Fix = {
  name,
  mends: ['value-info-unused', 'type-declared', 'shape-declared', 'shape-computed'],
  summary: 'declares what follows from the graph where something else is declared',
  run(model) {
    const visits = [...walkGraphs(model)];
    const leftovers = visits.flatMap(({ graph, path }) => dropLeftovers(graph, path));
    const inference = inferTypes(model);
    // What follows from a node that cannot be is no better than what was declared.
    const isSound = inference.contradictions.every(
      ({ kind, isOptional }) => isOptional || isDeclaration(kind),
    );
    if (!isSound) return leftovers;
    const changes = new Map<Value, FixChange>();
    for (const { graph: path, node, value: valueName, kind } of inference.contradictions) {
      if (!isDeclaration(kind) || valueName === undefined || node === undefined) continue;
      for (const { graph } of visits.filter((each) => each.path === path)) {
        const value = graph.value(valueName);
        // In a function types differ from call to call, and inputs are what callers agreed on.
        const isMade = (value?.producer ?? null) !== null;
        if (value === undefined || !isMade || changes.has(value)) continue;
        if (graph.kind === 'function') continue;
        const inferred = inference.typeOf(value);
        changes.set(value, declare(value, graph, inferred && declaredType(inferred)));
      }
    }
    return [...leftovers, ...changes.values()];
  },
};

function isDeclaration(kind: ContradictionKind): boolean {
  return kind === 'declared-type' || kind === 'declared-shape';
}

function declare(value: Value, graph: Graph, type: Value['type']): FixChange {
  const before = value.type;
  graph.setType(value, type);
  return {
    pass: name,
    node: value.producer?.label ?? null,
    value: value.name,
    action: 'rewritten',
    reason: `"${value.name}" was declared ${formatType(before)} and is ${formatType(type)}`,
  };
}

/** Entries of value_info that name no value which this graph can see. */
function dropLeftovers(graph: Graph, path: string): FixChange[] {
  const origin = graphOrigin(graph);
  if (origin === null) return [];
  const { valueInfos } = origin;
  const kept = valueInfos.filter(
    ({ value, message }) => value !== null || graph.resolve(message.text('name')) !== undefined,
  );
  const count = valueInfos.length - kept.length;
  if (count === 0) return [];
  // What the writer finds here is what it writes.
  graph.origin = { ...origin, valueInfos: kept };
  const what = count === 1 ? '1 entry' : `${count} entries`;
  const reason = `${what} of value_info in ${path} about values that are not there`;
  return [{ pass: name, node: null, action: 'removed', reason }];
}
