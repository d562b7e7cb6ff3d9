import { MlkitError } from '../errors.ts';
import { byteLengthOf, elementCountOf, isTensor, type Tensor } from '../tensor/index.ts';
import type { WireTensor } from './protocol.ts';
import type { Feeds, ValueInfo } from './runtime.ts';

/** The model that feeds and fetches are held against. */
export interface Signature {
  readonly modelPath: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/**
 * The tensors to send, one for each input, in the order of the inputs. The runtime ignores names that
 * it does not know and says little about the rest, so everything is checked here.
 *
 * @throws MlkitError INPUT_DATA for a missing or unknown name, another type, rank or size, or bytes
 * that do not fit the shape; MODEL_UNSUPPORTED for an input that the binding cannot take.
 */
export function checkedFeeds(feeds: Feeds, model: Signature): WireTensor[] {
  const known = new Set(model.inputs.map((input) => input.name));
  for (const name of feeds.keys()) {
    if (!known.has(name)) throw wrongInput(model, `it has no input "${name}"`);
  }
  return model.inputs.map((input) => {
    refuseUnsupported(input, 'input', model);
    const tensor = feeds.get(input.name);
    if (tensor === undefined) throw wrongInput(model, `there is no data for input "${input.name}"`);
    if (!isTensor(tensor)) {
      throw wrongInput(model, `the data for input "${input.name}" is no tensor`);
    }
    return wireTensor(input, tensor, model);
  });
}

/**
 * The outputs to compute: `fetches`, or all.
 *
 * @throws MlkitError INPUT_DATA for an unknown name; MODEL_UNSUPPORTED for an output that the binding
 * cannot give (asking for a 4-bit one aborts the process).
 */
export function checkedFetches(fetches: readonly string[] | undefined, model: Signature): string[] {
  const byName = new Map(model.outputs.map((output) => [output.name, output]));
  if (fetches !== undefined && fetches.length === 0) {
    throw new MlkitError('INPUT_DATA', `cannot run ${model.modelPath}: no output is asked for`);
  }
  const names = fetches ?? [...byName.keys()];
  for (const name of names) {
    const output = byName.get(name);
    if (output === undefined) {
      const list = [...byName.keys()].map((each) => `"${each}"`).join(', ');
      throw new MlkitError(
        'INPUT_DATA',
        `cannot run ${model.modelPath}: it has no output "${name}"`,
        {
          hint: `Its outputs are ${list}.`,
        },
      );
    }
    refuseUnsupported(output, 'output', model);
  }
  return [...names];
}

function refuseUnsupported(value: ValueInfo, side: 'input' | 'output', model: Signature): void {
  const what = `cannot run ${model.modelPath}: ${side} "${value.name}"`;
  if (!value.isTensor) {
    throw new MlkitError(
      'MODEL_UNSUPPORTED',
      `${what} is no tensor (a sequence, a map, an optional or sparse), which onnxruntime-node cannot pass`,
      {
        hint:
          side === 'output'
            ? 'Cut the model before it, where it is still a tensor.'
            : 'Cut it off.',
      },
    );
  }
  if (value.dtype === 'int4' || value.dtype === 'uint4' || value.dtype === null) {
    throw new MlkitError(
      'MODEL_UNSUPPORTED',
      `${what} is ${value.dtype ?? 'of an unknown type'}, which onnxruntime-node cannot pass`,
      { hint: `Add a Cast ${side === 'output' ? 'to' : 'from'} int8 there, or leave it out.` },
    );
  }
}

function wireTensor(input: ValueInfo, tensor: Tensor, model: Signature): WireTensor {
  const { name } = input;
  const { dtype, dims } = tensor;
  const found = `${dtype}[${dims.join(', ')}]`;
  const count = elementCountOf(dims);
  if (dtype !== input.dtype || !fitsShape(dims, input.shape) || count === null) {
    throw wrongInput(model, `the data for input "${name}" is ${found}, not ${described(input)}`);
  }
  if (dtype === 'string') {
    const strings = tensor.toStrings();
    if (strings.length === count) return { name, dtype, dims, bytes: null, strings };
    throw wrongInput(model, `input "${name}" is ${found} and has ${strings.length} strings`);
  }
  const need = byteLengthOf(dtype, count);
  if (tensor.byteLength !== need) {
    throw wrongInput(
      model,
      `the data for input "${name}" (${found}) has ${tensor.byteLength} bytes, not ${need}`,
    );
  }
  return { name, dtype, dims, bytes: tensor.storage.bytes(), strings: null };
}

/** An empty shape is what the runtime declares for scalars and for inputs of unknown rank. */
function fitsShape(dims: readonly number[], shape: readonly (number | string)[]): boolean {
  if (shape.length === 0) return true;
  return (
    dims.length === shape.length &&
    shape.every((size, axis) => typeof size === 'string' || size === dims[axis])
  );
}

function wrongInput(model: Signature, what: string): MlkitError {
  const list = model.inputs.map((input) => `"${input.name}" ${described(input)}`).join(', ');
  return new MlkitError('INPUT_DATA', `cannot run ${model.modelPath}: ${what}`, {
    hint: model.inputs.length === 0 ? 'It has no inputs.' : `Its inputs are ${list}.`,
  });
}

function described(input: ValueInfo): string {
  const sizes = input.shape.map((size) => (size === '' ? '?' : size));
  return `${input.dtype ?? 'no tensor'}[${sizes.join(', ')}]`;
}
