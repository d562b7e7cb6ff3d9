import { graphOrigin } from '../../onnx/index.ts';
import type { Check } from '../check.ts';
import { nameList } from '../name-list.ts';

/** Source: https://onnx.ai/onnx/repo-docs/ExternalData.html; `basepath` is of older versions. */
const known: ReadonlySet<string> = new Set([
  'basepath',
  'checksum',
  'length',
  'location',
  'offset',
]);
/** onnxruntime notes with these where it has put weights in the order of its kernels. */
const runtimeKey = /^prepacked/;

export const externalKeyUnknown: Check<'external-key-unknown'> = {
  codes: ['external-key-unknown'],
  severity: 'warning',
  summary: 'entries of external_data that nobody reads',
  run({ graphs }) {
    const keys = new Set<string>();
    const constants: { readonly name: string; readonly path: string }[] = [];
    for (const { graph, path } of graphs) {
      for (const { value, message } of graphOrigin(graph)?.initializers ?? []) {
        if (value.initializer?.storage.kind !== 'external') continue;
        const odd = message
          .messages('external_data')
          .map((entry) => entry.text('key'))
          .filter((key) => !known.has(key) && !runtimeKey.test(key));
        message.release();
        for (const key of odd) keys.add(key);
        if (odd.length > 0) constants.push({ name: value.name, path });
      }
    }
    const [first] = constants;
    if (first === undefined) return [];
    return [
      {
        code: 'external-key-unknown',
        at: { graph: first.path, value: first.name },
        message: `external_data has the keys ${nameList([...keys])}, which ONNX does not define, for ${nameList(constants.map((each) => each.name))}`,
        fix: 'Check how they are spelled; what they say has no effect.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};
