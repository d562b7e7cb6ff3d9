/** What the name of a symbolic dimension says about it; null: nothing. */
export type DimensionRole = 'batch' | 'past' | 'sequence' | 'image' | 'audio' | 'channels' | null;

/*
 * Names that exporters and people give. In order: `past_sequence_length` is a past before it is a
 * sequence, `num_batches` a batch. Beams are as many as rows.
 */
const patterns: readonly (readonly [RegExp, Exclude<DimensionRole, null>])[] = [
  [/past|cache_len|kv_len/i, 'past'],
  [/batch|beam|^(n|b|bs)$|num_?rows|initial/i, 'batch'],
  [/num_?samples|waveform|audio|pcm/i, 'audio'],
  [/seq|len|time|frame|token|step|^(t|l|s)$|words|chars|context/i, 'sequence'],
  [/height|width|^(h|w)$|img_?(h|w)|rows|cols/i, 'image'],
  [/channel|^c$/i, 'channels'],
];

/** Reads a role out of the name of a dimension. */
export function dimensionRole(symbol: string): DimensionRole {
  return patterns.find(([pattern]) => pattern.test(symbol))?.[1] ?? null;
}
