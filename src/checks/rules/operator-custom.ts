import type { Check } from '../check.ts';
import { nameList } from '../name-list.ts';

/** Operator sets that Microsoft's onnxruntime-extensions package brings. */
const extensionDomains = ['ai.onnx.contrib', 'com.microsoft.extensions'];

export const operatorCustom: Check<'operator-custom'> = {
  codes: ['operator-custom'],
  severity: 'warning',
  summary: 'operators that somebody must register with the runtime',
  run({ customOperators, model }) {
    // Of domains with functions in the model, a function is missing.
    const own = new Set(model.functions.map((each) => each.domain));
    const names = customOperators.filter((name) => !own.has(name.slice(0, name.lastIndexOf('.'))));
    if (names.length === 0) return [];
    const isExtension = names.every((name) =>
      extensionDomains.some((domain) => name.startsWith(`${domain}.`)),
    );
    return [
      {
        code: 'operator-custom',
        at: {},
        message: `neither ONNX, onnxruntime nor the model itself defines ${nameList(names)}`,
        fix: isExtension
          ? 'They come with onnxruntime-extensions, which must be registered with the runtime.'
          : 'The library that defines them must be registered with the runtime.',
        spec: 'ok',
        runtime: 'rejects',
      },
    ];
  },
};
