import { functionCases } from './cases/function-cases.ts';
import { graphCases } from './cases/graph-cases.ts';
import { nodeCases } from './cases/node-cases.ts';
import type { OperatorCase } from './cases/operator-case.ts';
import { typeCases } from './cases/type-cases.ts';

export const operatorCases: readonly OperatorCase[] = [
  ...graphCases,
  ...functionCases,
  ...nodeCases,
  ...typeCases,
];
