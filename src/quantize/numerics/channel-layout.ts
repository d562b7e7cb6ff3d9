/**
 * How the elements of a weight, taken in the order in which they are stored, belong to channels.
 * Each channel has a scale and a zero point of its own.
 *
 * - `columns`: element i belongs to channel i mod `channels`: the last axis is the channel.
 * - `runs`: each channel is `length` elements in a row: the first axis is the channel. One run of
 *   everything is one channel for the whole tensor.
 */
export type ChannelLayout =
  | { readonly kind: 'columns'; readonly channels: number }
  | { readonly kind: 'runs'; readonly channels: number; readonly length: number };
