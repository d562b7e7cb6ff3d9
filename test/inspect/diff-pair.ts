import type { Model } from '../../src/graph/index.ts';
import { type DiffReport, diffModels } from '../../src/inspect/diff/index.ts';
import { openModel } from '../../src/onnx/index.ts';
import { writeModel } from '../support/write-model.ts';

/** What differs between two model files. */
export async function diffFiles(
  before: string,
  after: string,
  readWeights = true,
): Promise<DiffReport> {
  const [a, b] = [openModel(before), openModel(after)];
  try {
    return await diffModels(a, b, { readWeights });
  } finally {
    a.close();
    b.close();
  }
}

/** What differs between two models, once they are written. */
export async function diffBuilt(
  before: Model,
  after: Model,
  readWeights = true,
): Promise<DiffReport> {
  return diffFiles(writeModel(before), writeModel(after), readWeights);
}

/** What differs between a model file and an edited copy of it. */
export async function diffEdited(file: string, edit: (model: Model) => void): Promise<DiffReport> {
  const open = openModel(file);
  try {
    edit(open.model);
    return await diffFiles(file, writeModel(open.model));
  } finally {
    open.close();
  }
}

/** The names of the classes that have something in them. */
export function classesOf(report: DiffReport): string[] {
  const { weights, ...lists } = report;
  const names = Object.entries(lists)
    .filter(([, value]) => Array.isArray(value) && value.length > 0)
    .map(([name]) => name);
  return [...names, ...(weights.changed.length > 0 ? ['weights'] : [])].toSorted();
}
