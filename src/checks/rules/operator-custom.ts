import type { Check } from '../check.ts';
import { nameList } from '../name-list.ts';

/** Operator sets that Microsoft's onnxruntime-extensions package brings. */
const extensionDomains = ['ai.onnx.contrib', 'com.microsoft.extensions'];

export const operatorCustom: Check<'operator-custom'> = {
  codes: ['operator-custom'],
  severity: 'warning',
  summary: 'operators that somebody must register with the runtime',
  run({ customOperators }) {
    if (customOperators.length === 0) return [];
    const isExtension = customOperators.every((name) =>
      extensionDomains.some((domain) => name.startsWith(`${domain}.`)),
    );
    return [
      {
        code: 'operator-custom',
        at: {},
        message: `neither ONNX, onnxruntime nor the model itself defines ${nameList(customOperators)}`,
        fix: isExtension
          ? 'They come with onnxruntime-extensions, which must be registered with the runtime.'
          : 'The library that defines them must be registered with the runtime.',
        spec: 'ok',
        runtime: 'rejects',
      },
    ];
  },
};
