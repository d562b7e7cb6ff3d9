import fs from 'node:fs';
import path from 'node:path';
import { checkThoroughly, loadValueChecks, ModelFacts } from '../checks/index.ts';
import { type OpenModel, openModel, saveModel, throwIfAborted } from '../onnx/index.ts';
import { type FixChange, loadFixes } from '../passes/index.ts';
import { countBySeverity, type Finding, toolInfo } from '../report/index.ts';
import { findsSameData, locationsOf, presentDataFiles, Stage } from '../staging/index.ts';
import { checkTarget } from './check-target.ts';
import { noConversion, type VerifyMode } from './config.ts';
import {
  type ConvertReport,
  type OutputReport,
  opsetsOf,
  type PlannedOutput,
  type VerificationReport,
} from './report.ts';
import { verifyByRunning } from './verify.ts';
import { encodedLength } from './write-output.ts';

export interface FixSettings {
  /** Finds out what would be mended, and writes nothing. */
  readonly dryRun: boolean;
  /** Whether original and result are run and compared; `auto` and `always` are the same here. */
  readonly verify: VerifyMode;
  /** Of the inputs that they are compared on. */
  readonly seed: number;
}

export interface FixServices {
  readonly signal?: AbortSignal;
  /** Told what is being done. */
  readonly onStep?: (label: string) => void;
  /** Told how far reading weights has come. */
  readonly onProgress?: (doneBytes: number, totalBytes: number, tensor: string) => void;
  /** What reports call the model; default: its path. */
  readonly name?: string;
  /** What reports call the output; default: its path. */
  readonly outputName?: string;
}

/** What mending a model came to: a conversion, with what was found before it. */
export interface FixReport extends ConvertReport {
  readonly config: ConvertReport['config'] & { readonly fix: true };
  readonly changes: readonly FixChange[];
  /** About the original. `findings` is about the result, or what it would be. */
  readonly findingsBefore: readonly Finding[];
}

/** Findings about weights that a fix mends; all others stay. */
const mended: ReadonlySet<string> = new Set(['initializer-copy']);

/** What one fix lays bare another one mends; more rounds than this would go round in circles. */
const mostRounds = 5;

/**
 * Mends what checks find wrong with a model and a pass knows how to mend, and leaves the rest as it
 * is, byte for byte. The result is written beside its place, checked and run against the original,
 * and only then put there.
 *
 * Weights are read, since copies of weights are among what is mended.
 *
 * @param output Where the result goes; null only for a dry run.
 * @throws MlkitError INTERRUPTED, and for files that cannot be read or written. Nothing has been
 *   written then.
 */
export async function fixModel(
  input: string,
  output: string | null,
  settings: FixSettings,
  services: FixServices = {},
): Promise<FixReport> {
  services.onStep?.('reading the model');
  const open = openModel(input);
  try {
    return await new Repair(open, output, settings, services).run();
  } finally {
    open.close();
  }
}

class Repair {
  readonly #open: OpenModel;
  readonly #output: string | null;
  readonly #settings: FixSettings;
  readonly #services: FixServices;
  readonly #inputs: readonly string[];
  readonly #before: Pick<ConvertReport, 'opsets' | 'irVersion'>;
  readonly #changes: FixChange[] = [];
  #findingsBefore: readonly Finding[] = [];
  /** What reading the weights has shown; they are read once. */
  #ofValues: readonly Finding[] = [];
  #isMovedOut = false;

  constructor(
    open: OpenModel,
    output: string | null,
    settings: FixSettings,
    services: FixServices,
  ) {
    const { irVersion } = open.model;
    const opsets = opsetsOf(open.model);
    this.#open = open;
    this.#output = output;
    this.#settings = settings;
    this.#services = services;
    this.#inputs = [open.path, ...presentDataFiles(open)];
    this.#before = {
      opsets: { before: opsets, after: opsets },
      irVersion: { before: irVersion, after: irVersion },
    };
  }

  async run(): Promise<FixReport> {
    if (this.#output !== null) checkTarget(this.#output, this.#inputs, 'keep');
    this.#services.onStep?.('checking the model');
    this.#ofValues = await this.#checkValues();
    this.#findingsBefore = [...(await this.#check()), ...this.#ofValues];
    this.#services.onStep?.('mending');
    const after = await this.#mend();
    if (this.#settings.dryRun || this.#output === null) return this.#plan(after);
    this.#services.onStep?.('writing the result');
    return this.#write(this.#output, after);
  }

  /** Runs the fixes whose findings there are, until none finds anything more to mend. */
  async #mend(): Promise<readonly Finding[]> {
    const fixes = await loadFixes();
    let findings = this.#findingsBefore;
    for (let round = 0; round < mostRounds; round += 1) {
      throwIfAborted(this.#services.signal);
      const codes = new Set(findings.map((each) => each.code));
      const wanted = fixes.filter(
        ({ mends, unless }) =>
          mends.some((code) => codes.has(code)) && !unless?.some((code) => codes.has(code)),
      );
      const changes = wanted.flatMap((each) => each.run(this.#open.model));
      const isEdited = changes.some((each) => each.action !== 'blocked');
      if (!isEdited) {
        this.#changes.push(...changes);
        return this.#withValues(findings);
      }
      // What is blocked now may not be after what else was mended; it is told when all is done.
      this.#changes.push(...changes.filter((each) => each.action !== 'blocked'));
      findings = await this.#check();
    }
    return this.#withValues(findings);
  }

  /** What is wrong with the model as it is in memory, its data files where they were. */
  #check(): Promise<Finding[]> {
    const { model, folder, sizeBytes } = this.#open;
    return checkThoroughly(new ModelFacts({ model, folder, sizeBytes }));
  }

  async #checkValues(): Promise<Finding[]> {
    const { signal, onProgress } = this.#services;
    const { checkValues } = await loadValueChecks();
    const services = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
    return checkValues(new ModelFacts(this.#open), services);
  }

  /** Findings, with those about weights that are still there. */
  #withValues(findings: readonly Finding[]): readonly Finding[] {
    const known = new Set(findings);
    const gone = new Set(this.#changes.map((each) => each.action === 'removed' && each.value));
    const left = this.#ofValues.filter(
      (each) => !known.has(each) && !mended.has(each.code) && !gone.has(each.at.value ?? ''),
    );
    return [...findings, ...left];
  }

  #isEdited(): boolean {
    return this.#changes.some((each) => each.action !== 'blocked');
  }

  async #plan(findings: readonly Finding[]): Promise<FixReport> {
    const { dryRun } = this.#settings;
    const planned: PlannedOutput | null =
      this.#output === null
        ? null
        : {
            path: this.#services.outputName ?? this.#output,
            format: 'onnx',
            sizeBytes: await encodedLength(this.#open.model, noConversion),
            dataFiles: [],
          };
    const reason = dryRun ? 'a dry run writes nothing' : 'there is no result';
    return this.#report(planned, findings, { verdict: null, reason });
  }

  async #write(output: string, foreseen: readonly Finding[]): Promise<FixReport> {
    const staysBeside = findsSameData(this.#open, path.dirname(output));
    const stage = new Stage(output, this.#inputs, staysBeside);
    try {
      const { model, folder } = this.#open;
      stage.prepare(locationsOf(model));
      const saved = await saveModel(model, stage.path, {
        ...this.#writeOptions(),
        ...(!stage.isBeside && { folder }),
      });
      this.#isMovedOut = saved.externalized;
      const findings = await this.#recheck(stage.path, foreseen);
      const verification = await this.#verify(stage.path, output);
      if (verification.verdict === 'fail') return this.#report(null, findings, verification);
      throwIfAborted(this.#services.signal);
      const { size } = fs.statSync(stage.path);
      const dataFiles = stage.publish(saved.dataFiles.map((each) => each.path));
      const report: OutputReport = {
        path: this.#services.outputName ?? output,
        format: 'onnx',
        sizeBytes: size,
        dataFiles: dataFiles.map((file) => ({
          path: this.#named(file, output),
          sizeBytes: fs.statSync(file).size,
        })),
      };
      return this.#report(report, findings, verification);
    } finally {
      stage.close();
    }
  }

  /** Reads the result back; what is wrong with it and was not foreseen is a defect of ours. */
  async #recheck(file: string, foreseen: readonly Finding[]): Promise<readonly Finding[]> {
    const result = openModel(file);
    try {
      const findings = this.#withValues(await checkThoroughly(new ModelFacts(result)));
      const errors = countBySeverity(findings).error;
      if (errors > countBySeverity(foreseen).error) {
        const messages = findings.map((each) => each.message).join('; ');
        throw new Error(`the result has ${errors} errors, more than were foreseen: ${messages}`);
      }
      return findings;
    } finally {
      result.close();
    }
  }

  async #verify(file: string, output: string): Promise<VerificationReport> {
    const { verify, seed } = this.#settings;
    if (verify === 'never') return { verdict: null, reason: 'not asked for (--no-verify)' };
    if (!this.#isEdited() && verify !== 'always') {
      return { verdict: null, reason: 'the result is a copy of the original, byte for byte' };
    }
    this.#services.onStep?.('running original and result');
    const { signal } = this.#services;
    const verification = await verifyByRunning({
      reference: this.#open.path,
      candidate: file,
      model: this.#open.model,
      config: { ...noConversion, verify, seed },
      ...(signal !== undefined && { signal }),
    });
    return { ...verification, reason: verification.reason.replaceAll(file, output) };
  }

  /** A path in the output's folder, as whoever named the output would write it. */
  #named(file: string, output: string): string {
    const { outputName } = this.#services;
    if (outputName === undefined) return file;
    return path.join(path.dirname(outputName), path.relative(path.dirname(output), file));
  }

  #writeOptions(): { signal?: AbortSignal } {
    const { signal } = this.#services;
    return signal === undefined ? {} : { signal };
  }

  #report(
    output: ConvertReport['output'],
    findings: readonly Finding[],
    verification: VerificationReport,
  ): FixReport {
    const { model, sizeBytes, path: input } = this.#open;
    const { opsets, irVersion } = this.#before;
    const { dryRun, verify, seed } = this.#settings;
    const { error } = countBySeverity(findings);
    return {
      schema: 1,
      kind: 'convert',
      tool: toolInfo(),
      model: { path: this.#services.name ?? input, sizeBytes },
      config: { ...noConversion, dryRun, verify, seed, fix: true },
      ...(verification.verdict !== null && { verdict: verification.verdict }),
      output,
      opsets: { before: opsets.before, after: opsetsOf(model) },
      irVersion: { before: irVersion.before, after: model.irVersion },
      changes: this.#changes,
      findings,
      findingsBefore: this.#findingsBefore,
      verification,
      notes: [...(error > 0 ? [leftOver(error)] : []), ...(this.#isMovedOut ? [movedOut] : [])],
    };
  }
}

const movedOut =
  'The weights are in a data file, since no tool reads a model file of 2 GiB or more. Keep the two together.';

function leftOver(errors: number): string {
  const what = errors === 1 ? 'An error is' : `${errors} errors are`;
  return `${what} left, which no fix knows how to mend; mlkit convert --check lists them.`;
}
