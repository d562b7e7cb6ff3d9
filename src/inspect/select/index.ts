export { parseSelection } from './parse-selection.ts';
export { type SelectReport, selectFrom } from './select-from.ts';
export type { Selection } from './selection.ts';
