import { allowedTypes, parameterAt } from '../../schemas/index.ts';
import type { GraphCheck } from '../graph-facts.ts';
import { isExperimental, placeOf } from './verdict.ts';

export const sparseUse: GraphCheck<'sparse-use'> = {
  codes: ['sparse-use'],
  severity: 'error',
  summary: 'a sparse constant is read by an operator that takes dense tensors',
  run({ nodes }) {
    return nodes.flatMap((placed) => {
      const { node, schema, calls } = placed;
      if (schema === null || calls !== null || node.domain === 'com.microsoft') return [];
      if (isExperimental(placed)) return [];
      return node.inputs.flatMap((value, at) => {
        const elementType = value?.sparseInitializer?.values.elementType ?? null;
        const parameter = parameterAt(schema.inputs, at);
        if (!value || elementType === null || parameter === null) return [];
        if (allowedTypes(schema, parameter).has(`sparse(${elementType})`)) return [];
        return [
          {
            code: 'sparse-use' as const,
            at: { ...placeOf(placed), value: value.name },
            message: `${node.label} reads the sparse constant "${value.name}"; ${schema.name} takes dense tensors, which only onnxruntime makes of it`,
            fix: 'Store the constant dense, or bring it in by a Constant node with sparse_value.',
            spec: 'error' as const,
            runtime: 'accepts' as const,
          },
        ];
      });
    });
  },
};
