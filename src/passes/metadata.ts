import type { Change, Pass } from './pass.ts';

export interface SetMetadataSettings {
  /** Values of the model's metadata by key. */
  readonly entries: ReadonlyMap<string, string>;
}

/** Sets entries of the model's own metadata (`metadata_props`); others stay, in their order. */
export const setMetadata: Pass<SetMetadataSettings> = {
  name: 'set-metadata',
  summary: "sets entries of the model's metadata",
  run(model, { entries }) {
    const changes: Change[] = [];
    for (const [key, value] of entries) {
      const before = model.metadata.filter(([each]) => each === key);
      if (before.length === 1 && before[0]?.[1] === value) continue;
      // The place of the first of them is kept; a broken file may have several.
      const at = model.metadata.findIndex(([each]) => each === key);
      const others = model.metadata.filter(([each], index) => each !== key || index === at);
      model.metadata =
        at < 0
          ? [...others, [key, value]]
          : others.map((entry) => (entry[0] === key ? [key, value] : entry));
      changes.push({
        pass: setMetadata.name,
        node: null,
        action: 'rewritten',
        reason: before.length === 0 ? `"${key}" is set` : `"${key}" has another value`,
      });
    }
    return changes;
  },
};
