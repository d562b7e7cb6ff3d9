import { formatType, type Model, walkGraphs } from '../graph/index.ts';
import { declaredType, dimensionOf, type Elements, type Inference } from '../ops/index.ts';
import type { ValueReport } from './item-report.ts';
import { describeType } from './values.ts';

/** A value of the main graph or a subgraph, with all that follows from the graph about it. */
export interface ShapeReport extends ValueReport {
  /** Path of its graph. */
  readonly graph: string;
  /** The node that produces it; absent for inputs. */
  readonly producer?: string;
  /** Whether the file itself says as much. */
  readonly isDeclared: boolean;
  /** Elements of small tensors that shapes are made of; null for those that are not known. */
  readonly elements?: readonly (number | string | null)[];
}

/** Elements of larger tensors are not listed. */
const mostElements = 16;

/**
 * Types and shapes of all values but constants, as far as they follow; in the order of the file.
 * Bodies of functions are left out: what they work on differs from call to call.
 */
export function describeShapes(model: Model, inference: Inference): ShapeReport[] {
  const reports: ShapeReport[] = [];
  for (const { graph, path, definition } of walkGraphs(model)) {
    if (definition !== null) continue;
    const produced = graph.nodes.flatMap((node) => node.outputs);
    for (const value of [...graph.inputs, ...produced]) {
      if (value === null || value.initializer !== null || value.sparseInitializer !== null)
        continue;
      const inferred = inference.typeOf(value);
      const type = inferred && declaredType(inferred);
      const elements = elementsText(inference.elementsOf(value));
      reports.push({
        graph: path,
        ...describeType(value.name, type),
        ...(value.producer !== null && { producer: value.producer.label }),
        isDeclared: formatType(value.type) === formatType(type),
        ...(elements !== null && { elements }),
      });
    }
  }
  return reports;
}

function elementsText(elements: Elements | null): (number | string | null)[] | null {
  if (elements === null || elements.values.length > mostElements) return null;
  return elements.values.map((each) => (each === null ? null : dimensionOf(each)));
}
