export { type VectorizedMap, vectorizedMap, type ZippedMaps, zippedMaps } from './map-keys.ts';
export { readNpy } from './npy.ts';
export { writeNpy } from './npy-write.ts';
export { readNpz } from './npz.ts';
export { writeNpz } from './npz-write.ts';
export { type FeedOptions, type FeedPlan, type FeedSpec, planFeeds } from './plan.ts';
export { readWholeFile } from './read-file.ts';
export { readTestDataSet, type SkippedFile, type TestDataSet } from './test-data-set.ts';
