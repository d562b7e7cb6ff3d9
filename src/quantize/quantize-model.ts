import path from 'node:path';
import { MlkitError } from '../errors.ts';
import type { FeedPlan } from '../feeds/index.ts';
import { checkStructure, type Model } from '../graph/index.ts';
import type { CompareSettings } from '../measure/index.ts';
import { encodeModel, type OpenModel, openModel, saveModel } from '../onnx/index.ts';
import { toolInfo } from '../report/index.ts';
import { checkOutput, locationsOf, Stage } from '../staging/index.ts';
import { applyPlan } from './apply.ts';
import type { FormChoice } from './choose-form.ts';
import type { QuantizeConfig } from './config.ts';
import { planQuantization, type QuantizePlan } from './plan.ts';
import { planReport } from './plan-report.ts';
import type {
  AttemptReport,
  OutputReport,
  PlanReport,
  QuantizeReport,
  SizeReport,
  VerificationReport,
} from './report.ts';
import type { Verified } from './verify.ts';

export interface QuantizeServices {
  readonly signal?: AbortSignal;
  /** Told what is being done; `total` is the last value of `onProgress`. */
  readonly onStep?: (label: string, total?: number) => void;
  readonly onProgress?: (done: number) => void;
  /** How speed is measured; default: a few seconds. */
  readonly timing?: CompareSettings;
  /** What reports call the model; default: its path. */
  readonly name?: string;
  /** What reports call the output; default: its path. */
  readonly outputName?: string;
}

/**
 * Quantizes the weights of a model file. The result is written beside its place, run and compared
 * with the original, and put there when it passes its gates, or cannot be judged.
 *
 * @param output Where the result goes; null only for a dry run.
 * @throws MlkitError for a model that cannot be read or is quantized already, a weight with NaN or
 *   infinity in it (MODEL_INVALID), flags that do not fit, and files that cannot be written.
 */
export async function quantizeModel(
  input: string,
  output: string | null,
  config: QuantizeConfig,
  services: QuantizeServices = {},
): Promise<QuantizeReport> {
  return new Quantization(input, output, config, services).run();
}

/** A form of the model that was written and tried out. */
interface Attempt extends Verified {
  readonly plan: PlanReport;
  readonly size: SizeReport;
  /** Null where it did not pass. */
  readonly output: OutputReport | null;
}

const notVerified: Verified = {
  verification: { verdict: null, reason: 'not asked for (--no-verify)', outputs: [], notes: [] },
  latency: null,
};

class Quantization {
  readonly #input: string;
  readonly #output: string | null;
  readonly #config: QuantizeConfig;
  readonly #services: QuantizeServices;

  constructor(
    input: string,
    output: string | null,
    config: QuantizeConfig,
    services: QuantizeServices,
  ) {
    this.#input = input;
    this.#output = output;
    this.#config = config;
    this.#services = services;
  }

  async run(): Promise<QuantizeReport> {
    this.#services.onStep?.('reading the model');
    const open = this.#open();
    try {
      const plan = planQuantization(open.model, this.#config);
      if (plan.quantized.length === 0) return this.#nothing(open, plan);
      if (this.#config.dryRun || this.#output === null) return await this.#dryRun(open, plan);
      const first = await this.#attempt(open, plan, this.#output);
      const { form } = plan;
      const isSettled = first.verification.verdict !== 'fail' || first.output !== null;
      if (isSettled || this.#config.mode !== 'auto' || form === 'weight-only') {
        return this.#report(open, first);
      }
      const second = await this.#attemptAnew(this.#output, first.verification.reason);
      if (second === null) return this.#report(open, first);
      const { plan: tried, verification } = first;
      return this.#report(open, second, [{ form, reason: tried.reason, verification }]);
    } finally {
      open.close();
    }
  }

  #open(): OpenModel {
    const open = openModel(this.#input);
    try {
      refuseBroken(open.model, this.#input);
      return open;
    } catch (error) {
      open.close();
      throw error;
    }
  }

  /** With `auto`: the more accurate form, since the faster one did not pass. */
  async #attemptAnew(output: string, problem: string): Promise<Attempt | null> {
    const open = this.#open();
    try {
      const choice: FormChoice = {
        form: 'weight-only',
        reason: `dynamic did not pass: ${problem}`,
      };
      const plan = planQuantization(open.model, this.#config, choice);
      return plan.quantized.length === 0 ? null : await this.#attempt(open, plan, output);
    } finally {
      open.close();
    }
  }

  async #attempt(open: OpenModel, plan: QuantizePlan, output: string): Promise<Attempt> {
    const { model } = open;
    const { verify, force } = this.#config;
    const beforeBytes = bytesOnDisk(open);
    checkOutput(output, inputsOf(open));
    const stage = new Stage(output, inputsOf(open), false);
    try {
      const feeds = verify ? await this.#planFeeds(model) : null;
      // Of the nodes as they are: applying the plan takes them away.
      const planned = planReport(plan, this.#config);
      applyPlan(plan, model, this.#config);
      const saved = await this.#save(model, stage.path, output);
      const size = sizeReport(beforeBytes, saved);
      const { verification, latency } = await this.#verify(model, stage.path, feeds);
      const isGood = verification.verdict !== 'fail' || force;
      return {
        plan: planned,
        size,
        verification: {
          ...verification,
          reason: verification.reason.replaceAll(stage.path, output),
        },
        latency,
        output: isGood ? published(stage, saved, output) : null,
      };
    } finally {
      stage.close();
    }
  }

  async #save(model: Model, stagePath: string, output: string): Promise<OutputReport> {
    const { signal, onStep, onProgress } = this.#services;
    onStep?.('quantizing', await encodedBytes(model));
    try {
      // A result of its own: it needs none of the original's data files.
      const saved = await saveModel(model, stagePath, {
        external: 'embed',
        ...(signal !== undefined && { signal }),
        ...(onProgress !== undefined && { onProgress }),
      });
      const { sizeBytes, dataFiles } = saved;
      return { path: saved.path, sizeBytes, dataFiles };
    } catch (error) {
      if (!(error instanceof MlkitError)) throw error;
      // Nobody knows the names that files have in the stage.
      const message = error.message.replaceAll(stagePath, output);
      throw new MlkitError(error.code, message, { hint: error.hint, cause: error });
    }
  }

  /** The runtime is loaded only where something is run. */
  async #planFeeds(model: Model): Promise<FeedPlan | string> {
    const { planVerification } = await import('./verify.ts');
    return planVerification(model, this.#config);
  }

  async #verify(model: Model, result: string, feeds: FeedPlan | string | null): Promise<Verified> {
    if (feeds === null) return notVerified;
    const { undecided, verifyQuantized } = await import('./verify.ts');
    if (typeof feeds === 'string') return { verification: undecided(feeds), latency: null };
    const { signal, onStep, timing } = this.#services;
    onStep?.('comparing with the original');
    return verifyQuantized({
      original: this.#input,
      result,
      model,
      feeds,
      config: this.#config,
      ...(timing !== undefined && { timing }),
      ...(signal !== undefined && { signal }),
    });
  }

  #nothing(open: OpenModel, plan: QuantizePlan): QuantizeReport {
    const reason = 'there is nothing to quantize';
    const verification: VerificationReport = { verdict: null, reason, outputs: [], notes: [] };
    return {
      ...this.#base(open, planReport(plan, this.#config)),
      verdict: 'fail',
      output: null,
      size: null,
      verification,
      latency: null,
      attempts: [],
      notes: [],
    };
  }

  /** The size is exact: it follows from the structure, without reading a weight. */
  async #dryRun(open: OpenModel, plan: QuantizePlan): Promise<QuantizeReport> {
    const beforeBytes = bytesOnDisk(open);
    const base = this.#base(open, planReport(plan, this.#config));
    applyPlan(plan, open.model, this.#config);
    const afterBytes = await encodedBytes(open.model);
    const reason = 'a dry run writes nothing';
    return {
      ...base,
      output: null,
      size: { beforeBytes, afterBytes, ratio: afterBytes / beforeBytes },
      verification: { verdict: null, reason, outputs: [], notes: [] },
      latency: null,
      attempts: [],
      notes: [],
    };
  }

  #report(open: OpenModel, attempt: Attempt, attempts: AttemptReport[] = []): QuantizeReport {
    const { plan, size, verification, latency, output } = attempt;
    const { verdict } = verification;
    return {
      ...this.#base(open, plan),
      ...(verdict !== null && { verdict }),
      output: output === null ? null : this.#named(output),
      size,
      verification,
      latency,
      attempts,
      notes: output === null || output.dataFiles.length === 0 ? [] : [dataFileNote],
    };
  }

  /** The files by the names that the user has for them. */
  #named(output: OutputReport): OutputReport {
    const { outputName } = this.#services;
    if (outputName === undefined) return output;
    const folder = path.dirname(outputName);
    const dataFiles = output.dataFiles.map((file) => ({
      ...file,
      path: path.join(folder, path.basename(file.path)),
    }));
    return { ...output, path: outputName, dataFiles };
  }

  #base(
    open: OpenModel,
    plan: PlanReport,
  ): Pick<QuantizeReport, 'schema' | 'kind' | 'tool' | 'model' | 'config' | 'plan'> {
    return {
      schema: 1,
      kind: 'quantize',
      tool: toolInfo(),
      model: { path: this.#services.name ?? this.#input, sizeBytes: open.sizeBytes },
      config: this.#config,
      plan,
    };
  }
}

const dataFileNote =
  'The weights are in a data file, since no tool reads a model file of 2 GiB or more. Keep the two together.';

/** What makes names ambiguous; editing such a graph could connect the wrong ends. */
const blockingFindings: ReadonlySet<string> = new Set([
  'value-redefined',
  'value-undefined',
  'output-undefined',
]);

function refuseBroken(model: Model, file: string): void {
  const finding = checkStructure(model).find((each) => blockingFindings.has(each.code));
  if (finding === undefined) return;
  throw new MlkitError('MODEL_INVALID', `cannot quantize ${file}: ${finding.message}`, {
    hint: 'mlkit convert --check lists everything that is wrong with it.',
  });
}

/** The model and its data files: what must not be written to. */
/** Moves the result to where it belongs. */
function published(stage: Stage, saved: OutputReport, output: string): OutputReport {
  const paths = stage.publish(saved.dataFiles.map((each) => each.path));
  const dataFiles = saved.dataFiles.map((each, at) => ({ ...each, path: paths[at] ?? each.path }));
  return { path: output, sizeBytes: saved.sizeBytes, dataFiles };
}

function inputsOf(open: OpenModel): string[] {
  return [open.path, ...dataFilesOf(open).map((each) => each.path)];
}

function bytesOnDisk(open: OpenModel): number {
  return dataFilesOf(open).reduce((sum, each) => sum + each.sizeBytes, open.sizeBytes);
}

function dataFilesOf({ model, folder }: OpenModel): { path: string; sizeBytes: number }[] {
  return locationsOf(model).map((location) => folder.describe(location));
}

async function encodedBytes(model: Model): Promise<number> {
  const encoded = await encodeModel(model, {
    place: (tensor) => (tensor.storage.kind === 'external' ? 'inline' : 'keep'),
  });
  return encoded.length;
}

function sizeReport(beforeBytes: number, saved: OutputReport): SizeReport {
  const data = saved.dataFiles.reduce((sum, each) => sum + each.sizeBytes, 0);
  const afterBytes = saved.sizeBytes + data;
  return { beforeBytes, afterBytes, ratio: afterBytes / beforeBytes };
}
