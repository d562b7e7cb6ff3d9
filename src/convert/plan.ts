import { MlkitError } from '../errors.ts';
import type { Model } from '../graph/index.ts';
import { type Change, fixShapes, irVersion, rename, setMetadata, strip } from '../passes/index.ts';
import type { ConvertConfig } from './config.ts';

/** One pass with its settings, ready to run. */
export interface Step {
  readonly name: string;
  /** Whether what it does could change numbers, inputs or outputs, or whether the model loads. */
  readonly isRisky: boolean;
  run(model: Model): Change[];
}

/**
 * The passes that a conversion needs, in order. Shapes are fixed before anything is renamed, so
 * that all flags use the names of the original; the IR version comes last, when all is decided that
 * it depends on.
 */
export function planSteps(config: ConvertConfig, model: Model): Step[] {
  const { strip: what, metadata: entries, dims, shapes, rename: names } = config;
  const version = config.irVersion ?? ortIrVersion(config, model);
  const steps: (Step | null)[] = [
    what.size === 0
      ? null
      : {
          name: strip.name,
          isRisky: what.has('value-info'),
          run: (model) => strip.run(model, { what }),
        },
    entries.size === 0
      ? null
      : {
          name: setMetadata.name,
          isRisky: false,
          run: (model) => setMetadata.run(model, { entries }),
        },
    dims.size + shapes.size === 0
      ? null
      : {
          name: fixShapes.name,
          isRisky: true,
          run: (model) => fixShapes.run(model, { dims, shapes }),
        },
    names.size === 0
      ? null
      : { name: rename.name, isRisky: true, run: (model) => rename.run(model, { names }) },
    version === null
      ? null
      : { name: irVersion.name, isRisky: true, run: (model) => irVersion.run(model, { version }) },
  ];
  return steps.filter((step) => step !== null);
}

/**
 * Up to IR 3 all constants are inputs too. The runtime merges those that are equal, and leaves inputs
 * behind in the ORT file that nobody feeds; from IR 4 on it does not.
 */
function ortIrVersion({ to }: ConvertConfig, { irVersion: current }: Model): number | null {
  return to === 'ort' && current === 3 ? 4 : null;
}

/** Refuses versions of operator sets other than those that the model has. */
export function checkOpsets(model: Model, wanted: ReadonlyMap<string, number>): void {
  for (const [domain, version] of wanted) {
    const name = domain === '' ? 'ai.onnx' : domain;
    const current = model.opset(domain);
    if (current === undefined) {
      const imported = model.opsets.map((each) => `${each.domain || 'ai.onnx'} ${each.version}`);
      throw new MlkitError(
        'USAGE',
        `--opset ${name}=${version}: the model does not import ${name}`,
        {
          hint: imported.length === 0 ? 'It imports none.' : `It imports ${imported.join(', ')}.`,
        },
      );
    }
    if (current === version) continue;
    throw new MlkitError(
      'NOT_SUPPORTED',
      `cannot take the operator set ${name} from ${current} to ${version}: conversion between versions comes in a later version of mlkit`,
      { hint: `Without --opset ${name}=${version}, everything else is done.` },
    );
  }
}
