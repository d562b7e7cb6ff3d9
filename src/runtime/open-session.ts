import { statSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';
import { memoryStorage, stringTensor, Tensor } from '../tensor/index.ts';
import { checkedFeeds, checkedFetches, type Signature } from './check-feeds.ts';
import { ChildFailure, RuntimeChild } from './child.ts';
import { classifyRuntimeError } from './classify-runtime-error.ts';
import { cleanRuntimeMessage } from './clean-message.ts';
import { availableCores } from './cores.ts';
import { runtimeVersion } from './ort.ts';
import type { MeasureRequest, OpenReply, OpenRequest, RunReply, WireTensor } from './protocol.ts';
import { providerProblem } from './provider-problem.ts';
import type {
  ColdStart,
  Feeds,
  Measurement,
  MeasurePlan,
  RunResult,
  Session,
  SessionSettings,
  ValueInfo,
} from './runtime.ts';

/**
 * Loads a model in a child process.
 *
 * @throws MlkitError FILE_NOT_FOUND and its like for the path; RUNTIME_LOAD, MODEL_INVALID,
 * MODEL_MALFORMED, MODEL_UNSUPPORTED, EXTERNAL_DATA for a model that the runtime refuses;
 * PROVIDER_UNAVAILABLE; RUNTIME_CRASHED, RUNTIME_TIMEOUT, RUNTIME_MEMORY, INTERRUPTED; USAGE for a
 * setting out of range.
 */
export async function openSession(
  modelPath: string,
  settings: SessionSettings = {},
): Promise<Session & AsyncDisposable> {
  checkModelFile(modelPath);
  return openModel(modelPath, modelPath, settings);
}

/** As {@link openSession}, of a path or of bytes; `name` is what messages call the model. */
export async function openModel(
  name: string,
  model: string | Uint8Array,
  settings: SessionSettings,
): Promise<Session & AsyncDisposable> {
  const request = openRequest(model, settings);
  const child = new RuntimeChild(name, settings);
  try {
    const reply = await child.request(request, [], {
      doing: 'loading',
      timeoutMs: settings.createTimeoutMs,
    });
    return new ChildSession(name, child, reply as OpenReply, settings.runTimeoutMs);
  } catch (error) {
    // Gone first: what the loader of the system printed has then been read.
    await child.close();
    throw error instanceof ChildFailure ? openError(name, request, error, child.printed()) : error;
  }
}

function openRequest(model: string | Uint8Array, settings: SessionSettings): OpenRequest {
  const { threads = availableCores(), optimizedModelPath = null, profilePrefix = null } = settings;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new MlkitError('USAGE', `the number of threads is ${threads}, and must be 1 or more`);
  }
  for (const path of [optimizedModelPath, profilePrefix]) {
    // The runtime ignores a profile that it cannot write, without a word.
    if (path !== null) checkFolder(path);
  }
  const format =
    settings.optimizedModelFormat ??
    (extname(optimizedModelPath ?? '') === '.ort' ? 'ort' : 'onnx');
  const saveAs =
    optimizedModelPath === null ? {} : { 'session.save_model_format': format.toUpperCase() };
  return {
    kind: 'open',
    model,
    provider: settings.provider ?? 'cpu',
    threads,
    optimization: settings.optimization ?? 'all',
    optimizedModelPath,
    config: { ...saveAs, ...settings.config },
    profilePrefix,
  };
}

/** Of protobuf, in all its languages. Source: https://protobuf.dev/overview (2 GiB - 1). */
const largestProtobuf = 2 ** 31 - 1;

function checkModelFile(path: string): void {
  const doing = 'cannot load';
  let stats: ReturnType<typeof statSync>;
  try {
    stats = statSync(path);
  } catch (error) {
    throw fromFileError(doing, path, error);
  }
  if (stats.isDirectory()) {
    throw new MlkitError('FILE_IS_DIRECTORY', `${doing} ${path}: it is a directory`);
  }
  if (!stats.isFile()) {
    throw new MlkitError('FILE_IO', `${doing} ${path}: it is a device or a pipe`, {
      hint: 'Save what comes from it to a file, and give that.',
    });
  }
  if (stats.size === 0) throw new MlkitError('FILE_EMPTY', `${doing} ${path}: the file is empty`);
  if (stats.size > largestProtobuf && !path.endsWith('.ort')) {
    throw new MlkitError(
      'LIMIT_EXCEEDED',
      `${doing} ${path}: it has ${stats.size} bytes, and onnxruntime reads at most ${largestProtobuf} in one file`,
      { hint: 'Move the weights to a data file: mlkit convert MODEL -o OUT --external FILE.' },
    );
  }
}

function checkFolder(path: string): void {
  const folder = dirname(path);
  try {
    if (statSync(folder).isDirectory()) return;
  } catch (error) {
    throw fromFileError('cannot write to', folder, error);
  }
  throw new MlkitError('FILE_NOT_FOUND', `cannot write to ${folder}: it is no directory`);
}

function openError(
  name: string,
  request: OpenRequest,
  failure: ChildFailure,
  printed: string,
): MlkitError {
  if (failure.stage === 'import') return importError(failure);
  const { provider } = request;
  const { platform, arch } = process;
  const message = cleanRuntimeMessage(failure.message);
  const problem = providerProblem({ provider, message, printed, platform, arch });
  if (problem === null) {
    return classifyRuntimeError(failure.message, { modelPath: name, doing: 'load' });
  }
  return new MlkitError(
    'PROVIDER_UNAVAILABLE',
    `the provider ${provider} cannot be used: ${problem.reason}`,
    { hint: problem.hint, cause: new Error(failure.message) },
  );
}

/** onnxruntime-node itself does not load: no binary for this platform, or one that does not fit it. */
function importError(failure: ChildFailure): MlkitError {
  const here = `${process.platform} on ${process.arch}`;
  const noBinary = /Cannot find module '[^']*onnxruntime_binding\.node'/.test(failure.message);
  const reason = noBinary
    ? `onnxruntime-node ${runtimeVersion()} has no binary for ${here}`
    : `onnxruntime-node does not load: ${cleanRuntimeMessage(failure.message)}`;
  return new MlkitError('RUNTIME_LOAD', reason, {
    hint: noBinary
      ? 'It has binaries for Linux and Windows on x64 and arm64 and for macOS on arm64.'
      : `Reinstall it on this machine (${here}); it needs glibc on Linux, and the Visual C++ runtime on Windows.`,
    cause: failure,
  });
}

class ChildSession implements Session, AsyncDisposable {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly coldStart: ColdStart;
  readonly #modelPath: string;
  readonly #child: RuntimeChild;
  readonly #runTimeoutMs: number | undefined;

  constructor(
    modelPath: string,
    child: RuntimeChild,
    reply: OpenReply,
    runTimeoutMs: number | undefined,
  ) {
    this.#modelPath = modelPath;
    this.#child = child;
    this.#runTimeoutMs = runTimeoutMs;
    this.inputs = reply.inputs;
    this.outputs = reply.outputs;
    this.coldStart = reply.coldStart;
  }

  async run(feeds: Feeds, fetches?: readonly string[]): Promise<RunResult> {
    const names = checkedFetches(fetches, this.#signature());
    const tensors = checkedFeeds(feeds, this.#signature());
    return this.#running(async () => {
      const request = { kind: 'run', tensors: [], fetches: names } as const;
      const reply = (await this.#child.request(request, tensors, {
        doing: 'running',
        timeoutMs: this.#runTimeoutMs,
      })) as RunReply;
      const outputs = this.#child.complete(reply.tensors).map(tensorOf);
      return { outputs: new Map(outputs.map((each) => [each.name, each])), runMs: reply.runMs };
    });
  }

  async measure(plan: MeasurePlan): Promise<Measurement> {
    const { runs = null, durationMs = null, maxMs = null, onProgress, warmup } = plan;
    checkPlan(plan);
    const fetches = checkedFetches(plan.fetches, this.#signature());
    const tensors = plan.feeds.flatMap((feeds) => checkedFeeds(feeds, this.#signature()));
    const beats = onProgress !== undefined || this.#runTimeoutMs !== undefined;
    const request: MeasureRequest = {
      kind: 'measure',
      tensors: [],
      feedCount: plan.feeds.length,
      fetches,
      warmup,
      runs,
      durationMs,
      maxMs,
      beats,
    };
    return this.#running(async () => {
      const reply = await this.#child.request(request, tensors, {
        doing: 'running',
        timeoutMs: this.#runTimeoutMs,
        onBeat: beats ? (done) => onProgress?.(done, runs) : undefined,
      });
      return reply as Measurement;
    });
  }

  async memory(): ReturnType<Session['memory']> {
    const reply = await this.#child.request({ kind: 'memory' }, [], { doing: 'running' });
    return reply as Awaited<ReturnType<Session['memory']>>;
  }

  stderr(): string {
    return this.#child.printed();
  }

  close(): Promise<void> {
    return this.#child.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #signature(): Signature {
    return { modelPath: this.#modelPath, inputs: this.inputs, outputs: this.outputs };
  }

  async #running<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ChildFailure)) throw error;
      throw classifyRuntimeError(error.message, { modelPath: this.#modelPath, doing: 'run' });
    }
  }
}

/** A plan that cannot end, or has nothing to run, is a mistake of the caller and no user's. */
function checkPlan(plan: MeasurePlan): void {
  const { runs, durationMs, maxMs, feeds } = plan;
  if (feeds.length === 0) throw new RangeError('a measurement needs at least one feed');
  if (runs === undefined && durationMs === undefined && maxMs === undefined) {
    throw new RangeError('a measurement needs an end: runs, durationMs or maxMs');
  }
  if (runs !== undefined && (!Number.isSafeInteger(runs) || runs < 1)) {
    throw new RangeError(`a measurement takes 1 run or more, not ${runs}`);
  }
}

function tensorOf(wire: WireTensor): Tensor {
  const { name, dtype, dims, bytes, strings } = wire;
  if (strings !== null) return stringTensor(dims, strings, name);
  if (bytes === null) throw new Error(`output "${name}" came without its bytes`);
  return new Tensor({ name, dtype, dims, storage: memoryStorage(bytes) });
}
