import { functionKey, type Graph, type Model } from '../../graph/index.ts';
import type { Frame } from '../../ops/index.ts';

/** Bodies of the model's own functions, by what tells functions apart. */
export function functionBodies(model: Model): Map<string, Graph> {
  return new Map(model.functions.map((each) => [functionKey(each), each.body]));
}

/** Where inference keeps what it knows of the values of a graph. */
export type FrameOf = (graph: Graph) => Frame;

/**
 * Finds the frame of a graph: of the body of a function, which means something else at each call,
 * that of the call that runs last.
 */
export function framesOf(model: Model, main: Frame): FrameOf {
  if (model.functions.length === 0) return () => main;
  const bodies = functionBodies(model);
  const frames = new Map<Graph, Frame>();
  const add = (frame: Frame): void => {
    for (const [{ domain, opType, overload }, inner] of frame.calls) {
      const body = bodies.get(functionKey({ domain, name: opType, overload }));
      if (body !== undefined) frames.set(body, inner);
      add(inner);
    }
  };
  add(main);
  return (graph) => frames.get(rootOf(graph)) ?? main;
}

function rootOf(graph: Graph): Graph {
  let root = graph;
  while (root.parent !== null) root = root.parent;
  return root;
}
