import fs from 'node:fs';
import path from 'node:path';
import { ModelFacts, runChecks } from '../checks/index.ts';
import { MlkitError } from '../errors.ts';
import { limits, type OpenModel, openModel, saveModel, throwIfAborted } from '../onnx/index.ts';
import type { Change } from '../passes/index.ts';
import { countBySeverity, type Finding, toolInfo } from '../report/index.ts';
import { runtimeLimits } from '../runtime/index.ts';
import { findsSameData, locationsOf, presentDataFiles, Stage } from '../staging/index.ts';
import { checkTarget } from './check-target.ts';
import { compareConstants } from './compare-constants.ts';
import { type ConvertConfig, externalDefaults } from './config.ts';
import { checkOpsets, planSteps } from './plan.ts';
import {
  type ConvertReport,
  type OutputReport,
  opsetsOf,
  type PlannedOutput,
  type VerificationReport,
} from './report.ts';
import { verifyByRunning } from './verify.ts';
import { encodedLength, sourceIn, type Written, writeOutput } from './write-output.ts';

export interface ConvertServices {
  readonly signal?: AbortSignal;
  /** Told what is being done. */
  readonly onStep?: (label: string) => void;
  /** What reports call the model; default: its path. */
  readonly name?: string;
  /** What reports call the output; default: its path. */
  readonly outputName?: string;
}

/**
 * Converts a model file. What is not asked for stays as it is, byte for byte; the result is written
 * beside its place, read back, compared with the original, and only then put there.
 *
 * @param output Where the result goes; null only for a dry run.
 * @throws MlkitError for a request that does not fit the model or cannot be done, and for files that
 *   cannot be read or written. Nothing has been written then.
 */
export async function convertModel(
  input: string,
  output: string | null,
  config: ConvertConfig,
  services: ConvertServices = {},
): Promise<ConvertReport> {
  services.onStep?.('reading the model');
  const open = openModel(input);
  try {
    return await new Conversion(open, output, config, services).run();
  } finally {
    open.close();
  }
}

const sameFile = 'the result is a copy of the original, byte for byte';

class Conversion {
  readonly #open: OpenModel;
  readonly #output: string | null;
  readonly #config: ConvertConfig;
  readonly #services: ConvertServices;
  readonly #inputs: readonly string[];
  readonly #before: Pick<ConvertReport, 'opsets' | 'irVersion' | 'findings'>;
  readonly #notes: string[] = [];
  #changes: Change[] = [];
  /** Whether a pass has changed what could change numbers, inputs or outputs. */
  #isRisky = false;

  constructor(
    open: OpenModel,
    output: string | null,
    config: ConvertConfig,
    services: ConvertServices,
  ) {
    const { model, path: input } = open;
    this.#open = open;
    this.#output = output;
    this.#config = config;
    this.#services = services;
    this.#inputs = [input, ...presentDataFiles(open)];
    const opsets = opsetsOf(model);
    this.#before = {
      opsets: { before: opsets, after: opsets },
      irVersion: { before: model.irVersion, after: model.irVersion },
      findings: runChecks(new ModelFacts(open)),
    };
  }

  async run(): Promise<ConvertReport> {
    const { model } = this.#open;
    const config = this.#config;
    if (this.#output !== null) checkTarget(this.#output, this.#inputs, config.external);
    checkOpsets(model, config.opsets);
    for (const step of planSteps(config, model)) {
      const changes = step.run(model);
      this.#changes = [...this.#changes, ...changes];
      this.#isRisky ||= step.isRisky && changes.length > 0;
    }
    this.#noteState();
    if (config.dryRun || this.#output === null) return this.#plan();
    this.#services.onStep?.('writing the result');
    return this.#isCopy(this.#output) ? this.#copy(this.#output) : this.#write(this.#output);
  }

  #noteState(): void {
    const { error } = countBySeverity(this.#edited());
    if (error > 0) {
      const errors = error === 1 ? 'an error' : `${error} errors`;
      this.#notes.push(
        `The model has ${errors}, which the result keeps; mlkit convert --check lists them.`,
      );
    }
  }

  async #plan(): Promise<ConvertReport> {
    const { to, external, dryRun } = this.#config;
    const path = this.#output;
    const isKnown = to === 'onnx' && typeof external !== 'object';
    const output: PlannedOutput | null =
      path === null
        ? null
        : {
            path: this.#services.outputName ?? path,
            format: to,
            sizeBytes: isKnown ? await encodedLength(this.#open.model, this.#config) : null,
            dataFiles: [],
          };
    const reason = dryRun ? 'a dry run writes nothing' : 'there is no result';
    return this.#report(output, this.#edited(), { verdict: null, reason });
  }

  /** Whether the file itself only has to be copied, and finds its data where it goes. */
  #isCopy(output: string): boolean {
    const { to, external } = this.#config;
    const isMoved = external !== 'keep' && !this.#isEmbedded(external);
    if (to !== 'onnx' || isMoved || this.#changes.length > 0) return false;
    return findsSameData(this.#open, path.dirname(output));
  }

  #isEmbedded(external: ConvertConfig['external']): boolean {
    return external === 'embed' && locationsOf(this.#open.model).length === 0;
  }

  async #copy(output: string): Promise<ConvertReport> {
    const { model } = this.#open;
    const saved = await saveModel(model, output, { inputs: this.#inputs, ...this.#writeOptions() });
    const { sizeBytes } = saved;
    const written = { path: this.#services.outputName ?? output, sizeBytes, dataFiles: [] };
    const isAsked = this.#config.verify === 'always';
    const verification = isAsked
      ? await this.#runBoth(output)
      : { verdict: null, reason: sameFile };
    return this.#report({ ...written, format: 'onnx' }, this.#before.findings, verification);
  }

  async #write(output: string): Promise<ConvertReport> {
    const { to, external } = this.#config;
    const staysBeside =
      to === 'onnx' &&
      typeof external !== 'object' &&
      (external === 'embed' || findsSameData(this.#open, path.dirname(output))) &&
      (await encodedLength(this.#open.model, this.#config)) <= limits.protobufBytes;
    const stage = new Stage(output, this.#inputs, staysBeside);
    try {
      const written = await this.#stage(stage);
      this.#notes.push(...written.notes);
      const findings = this.#recheck(stage.path);
      const verified = await this.#verify(stage.path);
      const verification = { ...verified, reason: this.#unstaged(verified.reason, stage) };
      if (verification.verdict === 'fail') return this.#report(null, findings, verification);
      throwIfAborted(this.#services.signal);
      const { sizeBytes } = sizeOf(stage.path);
      const dataFiles = stage.publish(written.dataFiles.map((each) => each.path));
      const report: OutputReport = {
        path: this.#services.outputName ?? output,
        format: to,
        sizeBytes,
        dataFiles: dataFiles.map((file) => ({ path: this.#named(file), ...sizeOf(file) })),
      };
      return this.#report(report, findings, verification);
    } finally {
      stage.close();
    }
  }

  async #stage(stage: Stage): Promise<Written> {
    try {
      return await writeOutput({
        open: this.#open,
        isEdited: this.#changes.length > 0,
        config: this.#config,
        stage,
        options: this.#writeOptions(),
      });
    } catch (error) {
      if (!(error instanceof MlkitError)) throw error;
      const message = this.#unstaged(error.message, stage);
      throw new MlkitError(error.code, message, { hint: error.hint, cause: error });
    }
  }

  /** Nobody knows the names that files have in the stage. */
  #unstaged(text: string, stage: Stage): string {
    const output = this.#output ?? '';
    return text.replaceAll(stage.path, output).replaceAll(sourceIn(stage), output);
  }

  /** What is wrong with the model as it is in memory, with its data files where they were. */
  #edited(): readonly Finding[] {
    if (this.#changes.length === 0) return this.#before.findings;
    const { model, folder } = this.#open;
    return runChecks(new ModelFacts({ model, folder, sizeBytes: null }));
  }

  /** Reads the result back; more that is wrong than before is a defect of ours. */
  #recheck(file: string): readonly Finding[] {
    if (this.#config.to !== 'onnx') return this.#edited();
    const result = openModel(file);
    try {
      const findings = runChecks(new ModelFacts(result));
      const after = countBySeverity(findings).error;
      if (after > countBySeverity(this.#before.findings).error) {
        const before = this.#errorsMeasured();
        if (after > before) {
          const messages = findings.map((each) => each.message).join('; ');
          throw new Error(`the result has ${after} errors, ${before} before: ${messages}`);
        }
      }
      return findings;
    } finally {
      result.close();
    }
  }

  /** Errors of the original, with those of large constants that could only be measured once moved. */
  #errorsMeasured(): number {
    const original = openModel(this.#open.path);
    try {
      return countBySeverity(runChecks(new ModelFacts(original, { measureAll: true }))).error;
    } finally {
      original.close();
    }
  }

  async #verify(file: string): Promise<VerificationReport> {
    const { verify, to, external } = this.#config;
    if (verify === 'never') return { verdict: null, reason: 'not asked for (--no-verify)' };
    if (to === 'json' || to === 'text') {
      return { verdict: null, reason: `${to === 'json' ? 'JSON' : 'text'} cannot be run` };
    }
    const { irVersion } = this.#open.model;
    if (to === 'onnx' && irVersion > runtimeLimits.irVersion) {
      const reason = `onnxruntime ${runtimeLimits.version} reads IR ${runtimeLimits.irVersion} at most, and the result has IR ${irVersion}`;
      return { verdict: 'inconclusive', reason };
    }
    // Runtimes cannot load a model whose axes, pads and shapes are in a data file.
    const movesSmall =
      typeof external === 'object' && external.thresholdBytes < externalDefaults.thresholdBytes;
    const mustRun = verify === 'always' || to === 'ort' || this.#isRisky || movesSmall;
    if (mustRun) return this.#runBoth(file);
    if (external === 'keep') {
      const isCopy = this.#changes.length === 0;
      return { verdict: null, reason: isCopy ? sameFile : 'only texts have changed' };
    }
    this.#services.onStep?.('comparing the constants');
    return this.#compareConstants(file);
  }

  #runBoth(file: string): Promise<VerificationReport> {
    this.#services.onStep?.('running original and result');
    const { signal } = this.#services;
    return verifyByRunning({
      reference: this.#open.path,
      candidate: file,
      model: this.#open.model,
      config: this.#config,
      ...(signal !== undefined && { signal }),
    });
  }

  async #compareConstants(file: string): Promise<VerificationReport> {
    const result = openModel(file);
    try {
      const compared = await compareConstants(
        this.#open.model,
        result.model,
        this.#services.signal,
      );
      if ('difference' in compared) return { verdict: 'fail', reason: compared.difference };
      const { count } = compared;
      return { verdict: 'pass', profile: 'exact', reason: sameConstants(count) };
    } finally {
      result.close();
    }
  }

  /** A path in the output's folder, as whoever named the output would write it. */
  #named(file: string): string {
    const { outputName } = this.#services;
    if (outputName === undefined || this.#output === null) return file;
    return path.join(path.dirname(outputName), path.relative(path.dirname(this.#output), file));
  }

  #writeOptions(): { signal?: AbortSignal } {
    const { signal } = this.#services;
    return signal === undefined ? {} : { signal };
  }

  #report(
    output: ConvertReport['output'],
    findings: readonly Finding[],
    verification: VerificationReport,
  ): ConvertReport {
    const { model, sizeBytes, path: input } = this.#open;
    const { opsets, irVersion } = this.#before;
    return {
      schema: 1,
      kind: 'convert',
      tool: toolInfo(),
      model: { path: this.#services.name ?? input, sizeBytes },
      config: this.#config,
      ...(verification.verdict !== null && { verdict: verification.verdict }),
      output,
      opsets: { before: opsets.before, after: opsetsOf(model) },
      irVersion: { before: irVersion.before, after: model.irVersion },
      changes: this.#changes,
      findings,
      verification,
      notes: this.#notes,
    };
  }
}

function sizeOf(file: string): { sizeBytes: number } {
  return { sizeBytes: fs.statSync(file).size };
}

function sameConstants(count: number): string {
  if (count === 0) return 'there are no constants that could differ';
  const what = count === 1 ? 'the constant has' : `all ${count} constants have`;
  return `${what} the same bytes as before`;
}
