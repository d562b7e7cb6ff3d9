import type { ClassAgreement } from './class-agreement.ts';

const rowsOfClasses = /logit|prob|softmax/i;
const flatClasses = /logit|prob|softmax|class|score/i;

/** Whether an output can be taken for class scores: its rows are probabilities, or its name says so. */
export function looksLikeClasses(
  name: string,
  dims: readonly (number | null)[],
  agreement: ClassAgreement,
): boolean {
  return agreement.isProbabilities || (dims.length === 2 ? flatClasses : rowsOfClasses).test(name);
}
