import { decodeEntries } from './decode-tensor.ts';
import type { RawMessage } from './message.ts';
import { MessagePatch } from './patch.ts';
import { Rope } from './rope.ts';

/** Sets a list of keys and values; entries that stay are copied through. */
export function patchEntries(
  patch: MessagePatch,
  original: RawMessage | null,
  field: string,
  entries: readonly (readonly [string, string])[],
): void {
  const before = original === null ? [] : decodeEntries(original, field);
  const isSame =
    before.length === entries.length &&
    entries.every(([key, value], at) => before[at]?.[0] === key && before[at][1] === value);
  if (isSame) return;
  const messages = original?.messages(field) ?? [];
  const ropes = entries.map(([key, value]): Rope => {
    const earlier = messages.find((message) => message.text('key') === key) ?? null;
    return new MessagePatch('StringStringEntryProto', earlier)
      .text('key', key)
      .text('value', value)
      .build();
  });
  patch.payloads(field, ropes);
}
