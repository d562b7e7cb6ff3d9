import { MlkitError } from '../errors.ts';
import type { Model } from '../graph/index.ts';
import {
  type Gates,
  OutputAccumulator,
  type OutputParity,
  openRunnable,
  profiles,
  randomOutputs,
  randomReason,
  worstVerdict,
} from '../parity/index.ts';
import { type TensorValue, tensorsOfValue } from '../tensor/index.ts';
import type { ValidateConfig, ValidateServices } from './config.ts';
import { findGolden, type GoldenSet } from './golden-data.ts';
import type { Comparison, InputInfo } from './report.ts';
import { sessionSettings } from './session-settings.ts';

/**
 * What recorded outputs are held against by default: rtol and atol as in ONNX's own backend tests,
 * with the scale-aware floor, as another implementation adds up in another order.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/backend/test/runner/__init__.py
 */
export const goldenGates: Gates = {
  ...profiles.fp32,
  element: { rtol: 1e-3, atol: 1e-7, kappa: 1e-5, allowedOutside: 0 },
  minSqnrDb: 60,
};

export interface GoldenOutcome extends Comparison {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly golden: { readonly path: string; readonly sets: readonly string[] };
  readonly inputs: readonly InputInfo[];
  readonly warnings: readonly string[];
}

/**
 * Runs a model on recorded inputs and compares with the recorded outputs.
 *
 * @throws MlkitError when nothing is recorded, or the model cannot be fed or run with it.
 */
export async function validateGolden(
  model: Model,
  folder: string,
  config: ValidateConfig,
  services: ValidateServices,
): Promise<GoldenOutcome> {
  const places = findGolden(folder).slice(0, config.samples ?? undefined);
  const session = await openRunnable(config.reference, sessionSettings(config, services));
  const comparison = new GoldenComparison(model, config);
  const warnings = new Set(session.notes);
  let inputs: InputInfo[] = [];
  try {
    for (const [at, place] of places.entries()) {
      if (services.signal?.aborted)
        throw new MlkitError('INTERRUPTED', 'the comparison was interrupted');
      const set = place.read(model);
      if (at === 0) inputs = inputInfo(set);
      refuseSkipped(config.reference, set);
      const names = [...set.outputs.keys()];
      if (names.length + set.skipped.length === 0) throw nothingRecorded(folder, set);
      const outputs = names.length === 0 ? new Map() : await session.run(set.inputs, names);
      comparison.add(set, outputs);
      services.onProgress?.(at + 1, places.length);
    }
  } finally {
    await session.close();
  }
  const missing = comparison.missing();
  if (missing.length > 0) warnings.add(`no data is recorded for the outputs ${missing.join(', ')}`);
  const outputs = comparison.finish();
  const { profile } = config;
  return {
    verdict: worstVerdict(outputs.map((output) => output.verdict)),
    profile: profile === 'auto' ? 'fp32' : profile,
    profileReason:
      profile === 'auto'
        ? 'recorded by another implementation: rtol 1e-3, atol 1e-7, SQNR of 60 dB'
        : 'as asked for',
    samples: places.length,
    outputs,
    golden: { path: folder, sets: places.map((place) => place.name) },
    inputs,
    warnings: [...warnings],
  };
}

class GoldenComparison {
  readonly #model: Model;
  readonly #config: ValidateConfig;
  readonly #random: ReadonlyMap<string, string>;
  readonly #outputs = new Map<string, OutputAccumulator>();

  constructor(model: Model, config: ValidateConfig) {
    this.#model = model;
    this.#config = config;
    this.#random = randomOutputs(model, { seeded: true });
  }

  add(set: GoldenSet, found: ReadonlyMap<string, TensorValue>): void {
    for (const [name, recorded] of set.outputs) {
      const tensor = found.get(name);
      const output = this.#output(name);
      if (tensor === undefined) output.fail('the model does not give this output');
      else output.add(recorded, tensor);
    }
    for (const { name, reason } of set.skipped) {
      const value = this.#model.graph.outputs[Number(/^output_(\d+)/.exec(name)?.[1])];
      this.#output(value?.name ?? name, reason);
    }
    for (const name of set.strangers) {
      this.#output(name).fail('it is recorded, and the model has no such output');
    }
  }

  /** Outputs of the model that no set has. */
  missing(): string[] {
    return this.#model.graph.outputs
      .map((value) => value.name)
      .filter((name) => !this.#outputs.has(name));
  }

  finish(): OutputParity[] {
    return [...this.#outputs.values()].map((output) => output.finish());
  }

  #output(name: string, incomparable?: string): OutputAccumulator {
    const known = this.#outputs.get(name);
    if (known !== undefined) return known;
    const { profile, overrides } = this.#config;
    const drawnBy = this.#random.get(name);
    const made = new OutputAccumulator({
      name,
      profile: profile === 'auto' ? goldenGates : profile,
      overrides,
      nonFiniteReference: 'expected',
      ...(drawnBy !== undefined && { nondeterministic: randomReason(drawnBy) }),
      ...(incomparable !== undefined && { incomparable }),
    });
    this.#outputs.set(name, made);
    return made;
  }
}

function inputInfo(set: GoldenSet): InputInfo[] {
  const source = `recorded in ${set.name}`;
  return [...set.inputs].flatMap(([name, value]) => {
    const [first] = tensorsOfValue(value);
    return first === undefined ? [] : [{ name, dtype: first.dtype, shape: first.dims, source }];
  });
}

/** Without one of its inputs the model cannot run. */
function refuseSkipped(path: string, { name, skipped }: GoldenSet): void {
  const input = skipped.find((each) => each.name.startsWith('input_'));
  if (input === undefined) return;
  throw new MlkitError(
    'MODEL_UNSUPPORTED',
    `cannot run ${path} with ${input.name} of ${name}: ${input.reason}`,
    { hint: 'onnxruntime-node takes tensors only: cut the model behind that input.' },
  );
}

function nothingRecorded(folder: string, { name }: GoldenSet): MlkitError {
  return new MlkitError('INPUT_DATA', `${name} in ${folder} holds no output of the model`, {
    hint: 'Outputs are output_0.pb and so on, or arrays with the names of the outputs in a .npz.',
  });
}
