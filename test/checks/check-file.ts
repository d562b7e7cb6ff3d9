import { type FactSettings, ModelFacts, runChecks } from '../../src/checks/index.ts';
import type { Model } from '../../src/graph/index.ts';
import { openModel } from '../../src/onnx/index.ts';
import type { Finding } from '../../src/report/index.ts';
import { foreignBytes } from '../support/protobuf.ts';
import { writeModel } from '../support/write-model.ts';

/** What is wrong with a file, constants of all sizes measured. */
export function checkFile(file: string, settings: FactSettings = { measureAll: true }): Finding[] {
  const open = openModel(file);
  try {
    return runChecks(new ModelFacts(open, settings));
  } finally {
    open.close();
  }
}

/** What is wrong with a model once it is written. */
export function check(
  model: Model | Uint8Array,
  dataFiles: Readonly<Record<string, Uint8Array>> = {},
): Finding[] {
  return checkFile(writeModel(model, dataFiles));
}

export function codesOf(findings: readonly Finding[]): string[] {
  return findings.map((each) => each.code);
}

interface ForeignTensor {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** A model, written by another library, that has these constants and returns them. */
export function constantsModel(...initializer: readonly ForeignTensor[]): Uint8Array {
  return foreignBytes('ModelProto', {
    ir_version: 8,
    opset_import: [{ version: 17 }],
    graph: {
      name: 'g',
      initializer,
      node: [{ op_type: 'Concat', input: initializer.map((each) => each.name), output: ['y'] }],
      output: [{ name: 'y' }],
    },
  });
}

/** A float32 constant that names its place in a data file. */
export function externalTensor(
  name: string,
  count: number,
  entries: readonly (readonly [string, string | number])[],
): ForeignTensor {
  const external_data = entries.map(([key, value]) => ({ key, value: `${value}` }));
  return { name, data_type: 1, dims: [count], data_location: 1, external_data };
}

/** The entries of `external_data` for a place in a file. */
export function place(
  location: string,
  offset: number,
  length: number,
): (readonly [string, string | number])[] {
  return [
    ['location', location],
    ['offset', offset],
    ['length', length],
  ];
}
