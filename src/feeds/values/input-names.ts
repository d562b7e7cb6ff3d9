/** What the name of an integer or boolean input says about its values; null: nothing. */
export type InputRole =
  | 'mask'
  | 'padding mask'
  | 'positions'
  | 'segments'
  | 'sample rate'
  | 'lengths'
  | 'sizes'
  | 'flag off'
  | 'beams'
  | null;

const patterns: readonly (readonly [RegExp, Exclude<InputRole, null>])[] = [
  // PyTorch's padding masks are true where there is nothing.
  [/padding_?mask/i, 'padding mask'],
  [/mask/i, 'mask'],
  [/position|pos_?ids/i, 'positions'],
  [/token_?type|segment|type_?ids/i, 'segments'],
  [/^sr$|sample_?rate|sampling_?rate/i, 'sample rate'],
  [/train/i, 'flag off'],
  [/beam_?(idx|ind)/i, 'beams'],
  [/len(gth|s|$|_)/i, 'lengths'],
  [/size|height|width|shape/i, 'sizes'],
];

/** Reads a role out of the name of an input. */
export function inputRole(name: string): InputRole {
  return patterns.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
