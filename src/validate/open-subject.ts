import { type ForeignValue, readForeign } from '../formats/index.ts';
import { buildModel, type Model, tensorType, type ValueType } from '../graph/index.ts';
import { FileSource, openModel } from '../onnx/index.ts';
import { isOrtFormat } from '../parity/index.ts';
import { dataTypes } from '../tensor/index.ts';

/** A model that is validated: what is known of it before it runs. */
export interface Subject {
  /** Of a model in ORT format, its inputs and outputs only, around one node that stands for the rest. */
  readonly model: Model;
  readonly sizeBytes: number;
  readonly isOrt: boolean;
  close(): void;
}

/**
 * Opens a model in ONNX or ORT format.
 *
 * @throws MlkitError FILE_*, MODEL_MALFORMED and their like when it cannot be read.
 */
export async function openSubject(path: string): Promise<Subject> {
  if (isOrtFormat(path)) return openOrt(path);
  const open = openModel(path);
  return { model: open.model, sizeBytes: open.sizeBytes, isOrt: false, close: () => open.close() };
}

async function openOrt(path: string): Promise<Subject> {
  const source = new FileSource(path, 'cannot read the model');
  try {
    const file = await readForeign(source, 'ort');
    const model = interfaceModel(file?.inputs ?? [], file?.outputs ?? []);
    return { model, sizeBytes: source.size, isOrt: true, close: () => undefined };
  } finally {
    source.close();
  }
}

function interfaceModel(inputs: readonly ForeignValue[], outputs: readonly ForeignValue[]): Model {
  return buildModel({ opset: { '': 1, mlkit: 1 } }, (builder) => {
    const { graph } = builder;
    const names = outputs.map(({ name }) => name);
    const made = builder.nodes(
      'OrtModel',
      inputs.map((each) => graph.addInput(each.name, typeOf(each))),
      {},
      { domain: 'mlkit', outputs: names },
    );
    for (const [at, value] of made.entries()) {
      const described = outputs[at];
      if (described !== undefined) graph.setType(value, typeOf(described));
      graph.addOutput(value);
    }
  });
}

/** Null: it is no tensor, or the file does not say. */
function typeOf({ type, shape }: ForeignValue): ValueType | null {
  const info = Object.values(dataTypes).find(({ name }) => name === type);
  return info === undefined ? null : tensorType(info.name, shape);
}
