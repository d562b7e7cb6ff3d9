import path from 'node:path';

/** The files that a part is written to. */
export interface ReproPaths {
  readonly candidatePath: string;
  readonly referencePath: string;
  readonly inputsPath: string;
}

/** `repro.onnx`, `repro-reference.onnx` and `repro-inputs.npz`. */
export function reproPaths(output: string): ReproPaths {
  const extension = path.extname(output);
  const base = output.slice(0, output.length - extension.length);
  return {
    candidatePath: output,
    referencePath: `${base}-reference${extension === '' ? '.onnx' : extension}`,
    inputsPath: `${base}-inputs.npz`,
  };
}
