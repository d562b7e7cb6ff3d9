import type { Model } from '../graph/index.ts';
import { type DataFolder, openModel, tensorsOf } from '../onnx/index.ts';
import { checkOutputs } from './check-outputs.ts';
import type { BenchmarkConfig } from './config.ts';
import { type BatchData, planData } from './plan-data.ts';

/** A model to measure, and what it is fed with. */
export interface Subject {
  readonly path: string;
  /** Of the file itself. */
  readonly sizeBytes: number;
  /** With its external data files. */
  readonly modelBytes: number;
  /** Names and types of its inputs, to tell whether two models take the same data. */
  readonly signature: string;
  readonly data: readonly BatchData[];
  /** Outputs that are not read, each with why. */
  readonly outputNotes: readonly string[];
}

/**
 * Reads what has to be known of a model before it is run.
 *
 * @param other Measured along with it; its data are used where the inputs are the same.
 * @throws MlkitError as `openModel`, `checkOutputs` and `planData`.
 */
export function loadSubject(path: string, config: BenchmarkConfig, other?: Subject): Subject {
  const { model, sizeBytes, folder, close } = openModel(path);
  try {
    const outputNotes = checkOutputs(path, model);
    const signature = signatureOf(model);
    const data =
      other?.signature === signature ? other.data : planData(model, { ...config, modelPath: path });
    const modelBytes = sizeBytes + dataBytes(model, folder);
    return { path, sizeBytes, modelBytes, signature, data, outputNotes };
  } finally {
    close();
  }
}

function signatureOf(model: Model): string {
  return model.graph.inputs
    .map(({ name, type }) => JSON.stringify([name, type?.kind === 'tensor' && type.elementType]))
    .toSorted()
    .join();
}

/** Bytes of the external data files, each counted once. */
function dataBytes(model: Model, folder: DataFolder): number {
  const locations = new Set<string>();
  for (const { tensor } of tensorsOf(model)) {
    const { external } = tensor.storage;
    if (external !== undefined) locations.add(external.location);
  }
  return [...locations].reduce((sum, each) => sum + folder.describe(each).sizeBytes, 0);
}
