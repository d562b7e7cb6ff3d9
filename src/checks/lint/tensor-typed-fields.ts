import { graphOrigin, type RawMessage } from '../../onnx/index.ts';
import { formatBytes } from '../../report/index.ts';
import { byteLengthOf, elementCountOf, type Tensor } from '../../tensor/index.ts';
import type { Check } from '../check.ts';
import { counted } from './operator-list.ts';

/** Fields whose numbers are written one by one, in as many bytes as each takes. */
const fields = ['int32_data', 'int64_data', 'uint64_data'];
/** Fewer bytes than this in all are not worth a word. */
const worthTelling = 64 * 1024;

export const tensorTypedFields: Check<'tensor-typed-fields'> = {
  codes: ['tensor-typed-fields'],
  severity: 'info',
  summary: 'weights in typed fields, which must be decoded number by number',
  run({ graphs }) {
    let [count, stored, needed] = [0, 0, 0];
    let first: { readonly name: string; readonly path: string } | null = null;
    for (const { graph, path } of graphs) {
      for (const { value, message } of graphOrigin(graph)?.initializers ?? []) {
        const { initializer } = value;
        if (initializer === null || initializer.storage.kind !== 'inline') continue;
        const bytes = bytesIn(message);
        if (bytes === 0) continue;
        first ??= { name: value.name, path };
        count += 1;
        stored += bytes;
        needed += bytesNeeded(initializer);
      }
    }
    if (first === null || Math.max(stored, needed) < worthTelling) return [];
    return [
      {
        code: 'tensor-typed-fields',
        at: { graph: first.path, value: first.name },
        message: `${counted(count, 'constant')}, the first being "${first.name}", lie in typed fields: ${formatBytes(stored)}, in raw_data ${formatBytes(needed)}, and readers must decode them number by number`,
        fix: 'Export them as raw_data.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};

function bytesIn(message: RawMessage): number {
  let bytes = 0;
  for (const field of fields) {
    for (const { start, end } of message.recordsOf(field)) bytes += end - start;
  }
  message.release();
  return bytes;
}

function bytesNeeded({ elementType, dims }: Tensor): number {
  const count = elementCountOf(dims);
  if (elementType === null || elementType === 'string' || count === null) return 0;
  return byteLengthOf(elementType, count);
}
