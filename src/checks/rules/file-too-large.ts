import { limits } from '../../onnx/index.ts';
import type { Check } from '../check.ts';

export const fileTooLarge: Check<'file-too-large'> = {
  codes: ['file-too-large'],
  severity: 'warning',
  summary: 'the model file has 2 GiB or more, which protobuf readers refuse',
  run({ sizeBytes }) {
    if (sizeBytes === null || sizeBytes <= limits.protobufBytes) return [];
    return [
      {
        code: 'file-too-large',
        at: {},
        message: `the file has ${sizeBytes} bytes, and protobuf readers, onnxruntime's among them, take at most ${limits.protobufBytes}`,
        fix: 'Move the weights to a data file: mlkit convert --external.',
        spec: 'ok',
        runtime: 'rejects',
      },
    ];
  },
};
