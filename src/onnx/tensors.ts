import { type Model, walkGraphs } from '../graph/index.ts';
import type { Tensor } from '../tensor/index.ts';

/** Every dense and sparse constant of a model, those in attributes included, with its kind. */
export function* tensorsOf(
  model: Model,
): Iterable<{ readonly tensor: Tensor; readonly isInitializer: boolean }> {
  for (const { graph } of walkGraphs(model)) {
    for (const value of graph.initializers) {
      if (value.initializer !== null) yield { tensor: value.initializer, isInitializer: true };
      if (value.sparseInitializer !== null) {
        yield { tensor: value.sparseInitializer.values, isInitializer: false };
        yield { tensor: value.sparseInitializer.indices, isInitializer: false };
      }
    }
    for (const node of graph.nodes) {
      for (const attribute of node.attributes) {
        if (attribute.type === 'tensor') yield { tensor: attribute.value, isInitializer: false };
        else if (attribute.type === 'tensors') {
          for (const tensor of attribute.value) yield { tensor, isInitializer: false };
        } else if (attribute.type === 'sparse-tensor') {
          yield { tensor: attribute.value.values, isInitializer: false };
          yield { tensor: attribute.value.indices, isInitializer: false };
        }
      }
    }
  }
}
