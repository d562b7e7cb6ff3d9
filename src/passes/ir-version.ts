import { MlkitError } from '../errors.ts';
import type { Model, OpsetImport } from '../graph/index.ts';
import { runtimeLimits } from '../runtime/index.ts';
import { type IrFeature, irFeatures, partMetadata } from './ir-features.ts';
import type { Change, Pass } from './pass.ts';

/** The newest IR version that ONNX has defined (1.23). */
export const newestIrVersion: number = 14;

export interface IrVersionSettings {
  /** `auto`: the lowest that the model needs; see {@link irVersion}. */
  readonly version: number | 'auto';
}

/**
 * The IR version of the ONNX release that an operator set came with, in rows `[version, IR]`: each
 * row holds from its version on.
 *
 * Source: https://github.com/onnx/onnx/blob/main/docs/Versioning.md#released-versions
 */
const releases: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  '': [
    [1, 3],
    [9, 4],
    [10, 5],
    [11, 6],
    [12, 7],
    [15, 8],
    [19, 9],
    [21, 10],
    [23, 11],
    [24, 12],
    [25, 13],
    [28, 14],
  ],
  'ai.onnx.ml': [
    [1, 3],
    [2, 6],
    [3, 8],
    [4, 9],
    [5, 10],
  ],
  'ai.onnx.preview.training': [[1, 7]],
};

/** The IR version that the release of an operator set had; 1 for domains that ONNX does not define. */
export function opsetIrVersion({ domain, version }: OpsetImport): number {
  const own = Object.hasOwn(releases, domain) ? releases[domain] : undefined;
  return (own ?? []).findLast(([from]) => version >= from)?.[1] ?? 1;
}

/**
 * Sets the IR version of a model.
 *
 * `auto` is the lowest version that has every feature in use and that the releases of the imported
 * operator sets had, and for the sake of the latter never more than onnxruntime takes.
 *
 * Up to IR 3, no caller could override an initializer although all of them had to be inputs; from
 * IR 4 on, an initializer that is an input can be. So inputs with a default become plain constants
 * when a model is taken across.
 *
 * Throws MlkitError NOT_SUPPORTED, naming the feature and its place, when the version does not have
 * a feature in use.
 */
export const irVersion: Pass<IrVersionSettings> = {
  name: 'ir-version',
  summary: 'sets the version of the file format',
  run(model, settings) {
    const features = irFeatures(model);
    const before = model.irVersion;
    const isAuto = settings.version === 'auto';
    const version = settings.version === 'auto' ? lowest(model, features) : settings.version;
    if (version === before) return [];
    if (version >= 3 && model.opsets.length === 0) {
      throw new MlkitError(
        'NOT_SUPPORTED',
        `the IR version cannot be made ${version}: from 3 on a model must import operator sets, and this one (IR ${before}) imports none`,
        { hint: 'Export the model again with a current exporter.' },
      );
    }
    const missing = features.find((each) => each.irVersion > version);
    if (missing !== undefined) throw tooLow(version, missing);
    model.irVersion = version;
    const why = isAuto ? ', the lowest that the model needs' : '';
    const changes = [changed(`the IR version is ${version}${why}; it was ${before}`)];
    if (before < 4 && version >= 4) changes.push(...fixConstants(model));
    return changes;
  },
};

function lowest(model: Model, features: readonly IrFeature[]): number {
  if (model.opsets.length === 0) return model.irVersion;
  const opsets = [...model.opsets, ...model.functions.flatMap((each) => each.opsets)];
  const paired = Math.max(...opsets.map(opsetIrVersion));
  return Math.max(features[0]?.irVersion ?? 1, Math.min(paired, runtimeLimits.irVersion));
}

function tooLow(version: number, missing: IrFeature): MlkitError {
  const { feature, irVersion: needed, at, count } = missing;
  const others = count === 1 ? '' : ` and ${count - 1} other ${count === 2 ? 'place' : 'places'}`;
  const remedy = feature === partMetadata ? '; --strip metadata takes these out' : '';
  return new MlkitError(
    'NOT_SUPPORTED',
    `the IR version cannot be made ${version}: ${feature} (${at}${others}) needs IR ${needed}`,
    { hint: `Use --ir-version ${needed} or more, or --ir-version auto${remedy}.` },
  );
}

function fixConstants(model: Model): Change[] {
  const overridable = model.graph.inputs.filter(
    (value) => value.initializer !== null || value.sparseInitializer !== null,
  );
  for (const value of overridable) model.graph.removeInput(value);
  if (overridable.length === 0) return [];
  const what = overridable.length === 1 ? 'initializer is' : 'initializers are';
  return [
    changed(
      `${overridable.length} ${what} no longer listed as inputs: up to IR 3 no caller could override them, from IR 4 on they could`,
    ),
  ];
}

function changed(reason: string): Change {
  return { pass: irVersion.name, node: null, action: 'rewritten', reason };
}
