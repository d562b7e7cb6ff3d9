import { declareShapes } from './declare-shapes.ts';
import type { Fix } from './fix.ts';
import { keepLastMetadata } from './keep-last-metadata.ts';
import { keepLastOpset } from './keep-last-opset.ts';
import { mergeDuplicates } from './merge-duplicates.ts';
import { nameDimensions } from './name-dimensions.ts';
import { nameGraphs } from './name-graphs.ts';
import { nameNodes } from './name-nodes.ts';
import { refreshTypes } from './refresh-types.ts';
import { removeDeadNodes } from './remove-dead-nodes.ts';
import { removeUnusedFunctions } from './remove-unused-functions.ts';
import { removeUnusedInitializers } from './remove-unused-initializers.ts';
import { sortNodes } from './sort-nodes.ts';

/** All fixes, in the order in which they are run: what removes comes before what infers. */
export const fixes: readonly Fix[] = [
  keepLastOpset,
  keepLastMetadata,
  nameGraphs,
  nameNodes,
  sortNodes,
  removeUnusedFunctions,
  removeDeadNodes,
  mergeDuplicates,
  removeUnusedInitializers,
  nameDimensions,
  refreshTypes,
  declareShapes,
];
