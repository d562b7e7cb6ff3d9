import type { Fix, FixChange } from './fix.ts';

const name = 'keep-last-metadata';

export const keepLastMetadata: Fix = {
  name,
  mends: ['metadata-duplicate'],
  summary: 'of metadata entries with one key, keeps the last, which readers keep too',
  run(model) {
    const last = new Map(model.metadata.map((entry) => [entry[0], entry]));
    if (last.size === model.metadata.length) return [];
    const changes: FixChange[] = model.metadata
      .filter((entry) => last.get(entry[0]) !== entry)
      .map(([key]) => ({
        pass: name,
        node: null,
        action: 'removed',
        reason: `an entry "${key}" of the metadata; a later one has the same key`,
      }));
    model.metadata = model.metadata.filter((entry) => last.get(entry[0]) === entry);
    return changes;
  },
};
