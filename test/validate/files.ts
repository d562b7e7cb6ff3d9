import fs from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import onnxProto from 'onnx-proto';
import { writeNpy } from '../../src/feeds/index.ts';
import { type Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { type ValidateConfig, validateDefaults } from '../../src/validate/index.ts';

const { onnx } = onnxProto;

export function float32(dims: readonly number[], values: readonly number[]): Tensor {
  return tensorFrom('float32', dims, Float32Array.from(values));
}

export function int64(values: readonly number[]): Tensor {
  return tensorFrom('int64', [values.length], BigInt64Array.from(values, BigInt));
}

/** Writes a `.npz` of arrays, by name. */
export function writeNpz(file: string, arrays: Readonly<Record<string, Tensor>>): void {
  const members = Object.entries(arrays).map(([name, tensor]) => [`${name}.npy`, writeNpy(tensor)]);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, zipSync(Object.fromEntries(members) as Record<string, Uint8Array>));
}

/** Writes an ONNX test data set with another implementation of protobuf than ours. */
export function writeTestDataSet(
  folder: string,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
): void {
  fs.mkdirSync(folder, { recursive: true });
  for (const [kind, tensors] of [
    ['input', inputs],
    ['output', outputs],
  ] as const) {
    for (const [at, tensor] of tensors.entries()) {
      const floatData = Array.from(tensor.toFloat64());
      const fields = { dims: [...tensor.dims], dataType: 1, floatData };
      const bytes = onnx.TensorProto.encode(onnx.TensorProto.fromObject(fields)).finish();
      fs.writeFileSync(path.join(folder, `${kind}_${at}.pb`), bytes);
    }
  }
}

export function configFor(reference: string, fields: Partial<ValidateConfig> = {}): ValidateConfig {
  return { ...validateDefaults, reference, threads: 1, ...fields };
}
