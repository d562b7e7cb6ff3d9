import type { Runnable, RunnableOutput } from '../../parity/index.ts';
import type { Feeds } from '../../runtime/index.ts';
import {
  haveSameBytes,
  isTensor,
  type Tensor,
  type TensorValue,
  tensorsOfValue,
} from '../../tensor/index.ts';

type Outputs = Map<string, TensorValue>;

/** Outputs that are remembered; beyond, the model runs again. */
const mostBytes = 256 * 1024 ** 2;

/** A loaded model that remembers what it gave for which feeds, so that many may be compared with it. */
export class RememberingRunnable implements Runnable {
  readonly inputs: Runnable['inputs'];
  readonly outputs: readonly RunnableOutput[];
  readonly notes: readonly string[];
  readonly #runnable: Runnable;
  readonly #mostBytes: number;
  readonly #known = new Map<Feeds, Outputs>();
  #bytes = 0;

  constructor(runnable: Runnable, bytes: number = mostBytes) {
    this.#runnable = runnable;
    this.#mostBytes = bytes;
    this.inputs = runnable.inputs;
    this.outputs = runnable.outputs;
    this.notes = runnable.notes;
  }

  async run(feeds: Feeds, names?: readonly string[]): Promise<Outputs> {
    if (names !== undefined) return this.#runnable.run(feeds, names);
    const known = this.#known.get(feeds);
    if (known !== undefined) return known;
    const outputs = await this.runAfresh(feeds);
    const tensors = [...outputs.values()].flatMap(tensorsOfValue);
    const bytes = tensors.reduce((sum, tensor) => sum + tensor.byteLength, 0);
    if (this.#bytes + bytes <= this.#mostBytes) {
      this.#bytes += bytes;
      this.#known.set(feeds, outputs);
    }
    return outputs;
  }

  /** Runs, whatever is remembered. */
  runAfresh(feeds: Feeds): Promise<Outputs> {
    return this.#runnable.run(feeds);
  }

  close(): Promise<void> {
    return this.#runnable.close();
  }
}

/** Names of the outputs in `reference` that have other bits in `candidate`, or are not there. */
export function differingOutputs(
  reference: ReadonlyMap<string, TensorValue>,
  candidate: ReadonlyMap<string, TensorValue>,
  match: 'name' | 'position' = 'name',
): string[] {
  const byPosition = [...candidate.values()];
  return [...reference].flatMap(([name, value], at) => {
    const other = match === 'name' ? candidate.get(name) : byPosition[at];
    return other !== undefined && isSameValue(value, other) ? [] : [name];
  });
}

/** Whether two values have the same types, shapes and bits. */
function isSameValue(a: TensorValue, b: TensorValue): boolean {
  if ((a === null) !== (b === null) || isTensor(a) !== isTensor(b)) return false;
  const [left, right] = [tensorsOfValue(a), tensorsOfValue(b)];
  return (
    left.length === right.length &&
    left.every((tensor, at) => {
      const other = right[at];
      return other !== undefined && isSameTensor(tensor, other);
    })
  );
}

function isSameTensor(a: Tensor, b: Tensor): boolean {
  if (a.elementType !== b.elementType || a.dims.join() !== b.dims.join()) return false;
  if (a.elementType !== 'string') return haveSameBytes(a, b);
  const others = b.toStrings();
  return a.toStrings().every((text, at) => text === others[at]);
}
