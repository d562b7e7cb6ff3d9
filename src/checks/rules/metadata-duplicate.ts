import type { Check } from '../check.ts';

export const metadataDuplicate: Check<'metadata-duplicate'> = {
  codes: ['metadata-duplicate'],
  severity: 'error',
  summary: 'a key of the metadata is there twice',
  run({ model }) {
    const keys = new Set<string>();
    const repeated = new Set<string>();
    for (const [key] of model.metadata) (keys.has(key) ? repeated : keys).add(key);
    return [...repeated].map((key) => ({
      code: 'metadata-duplicate',
      at: {},
      message: `the metadata has "${key}" more than once`,
      fix: 'Keep one of them.',
      spec: 'error',
      runtime: 'accepts',
    }));
  },
};
