import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { MlkitError } from '../errors.ts';
import { formatBytes } from '../report/index.ts';
import { lastWords } from './clean-message.ts';
import { MemoryWatch } from './memory-limit.ts';
import type { Failed, FromChild, Request, WireTensor } from './protocol.ts';
import type { SessionSettings } from './runtime.ts';
import { TailBuffer } from './tail-buffer.ts';
import { PieceAssembler, sendLargeTensors } from './transfer.ts';

const printedBytes = 64 * 1024;
const gibibyte = 1024 ** 3;
/** How long a child may take to end by itself once it has been told to. */
const graceMs = 2000;
/** More than the 200 ms between beats, so that only a run can outlast it. */
const beatSlackMs = 250;

export interface RequestOptions {
  /** For the message of a crash: `loading` or `running`. */
  readonly doing: 'loading' | 'running';
  /** Killed when neither a reply nor a beat comes for this long. */
  readonly timeoutMs?: number | undefined;
  /** The request answers with beats; each starts the time limit again. */
  readonly onBeat?: ((done: number) => void) | undefined;
}

/** The child failed at the request and lives on; to be made an MlkitError by who asked. */
export class ChildFailure extends Error {
  readonly stage: Failed['stage'];

  constructor(failed: Failed) {
    super(failed.message);
    this.stage = failed.stage;
  }
}

interface Pending {
  readonly options: RequestOptions;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  timer: NodeJS.Timeout | undefined;
  lastBeat: number;
}

interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Since 1.29 onnxruntime tells Microsoft about models, machines and runs, on Linux and macOS too, from
 * a thread of its own, and leaves an identifier, a database and logs in the user's folders. It has to
 * be told before it is loaded.
 *
 * Source: https://github.com/microsoft/onnxruntime/pull/27379
 */
const withoutTelemetry = { ORT_DISABLE_TELEMETRY: '1' };

/** Signals that somebody sends who wants an end. */
const endings: ReadonlySet<string> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP']);

const living = new Set<ChildProcess>();

function killLiving(): void {
  for (const child of living) child.kill('SIGKILL');
}

/**
 * A process that runs worker.ts. It keeps this process alive only while a request is pending, dies
 * with it (where this process is killed, after the run that is under way), and turns every way of
 * dying into an MlkitError of the pending request.
 */
export class RuntimeChild {
  readonly #modelPath: string;
  readonly #process: ChildProcess;
  readonly #printed = new TailBuffer(printedBytes);
  readonly #assembler = new PieceAssembler();
  readonly #signal: AbortSignal | undefined;
  readonly #memoryLimitBytes: number | undefined;
  readonly #onAbort = (): void => this.#end(interrupted(this.#modelPath));
  readonly #gone: Promise<void>;
  #pending: Pending | null = null;
  #outstanding = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | null = null;
  /** Why no more requests are taken. */
  #over: MlkitError | null = null;

  /** @throws MlkitError INTERRUPTED where `signal` is aborted already. */
  constructor(
    modelPath: string,
    { signal, memoryLimitBytes }: Pick<SessionSettings, 'signal' | 'memoryLimitBytes'> = {},
  ) {
    if (signal?.aborted) throw interrupted(modelPath);
    this.#modelPath = modelPath;
    this.#signal = signal;
    this.#memoryLimitBytes = memoryLimitBytes;
    this.#process = fork(workerPath(), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
      env: { ...process.env, ...withoutTelemetry },
    });
    if (living.size === 0) process.once('exit', killLiving);
    living.add(this.#process);
    this.#gone = new Promise((resolve) => this.#watch(resolve));
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** What the child printed last. */
  printed(): string {
    return this.#printed.text();
  }

  /**
   * Asks, after what was asked before has been answered.
   *
   * @throws MlkitError RUNTIME_CRASHED, RUNTIME_TIMEOUT, RUNTIME_MEMORY, INTERRUPTED; ChildFailure.
   */
  request(
    message: Request,
    tensors: readonly WireTensor[],
    options: RequestOptions,
  ): Promise<unknown> {
    this.#outstanding++;
    const answer = this.#queue
      .then(() => this.#ask(message, tensors, options))
      .finally(() => this.#outstanding--);
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  /** The tensors of a reply, with the bytes that came before it. */
  complete(tensors: readonly WireTensor[]): WireTensor[] {
    return this.#assembler.complete(tensors);
  }

  /** Ends the child: in order when it is idle, at once when it is busy. Resolves when it is gone. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const busy = this.#outstanding > 0;
    if (!busy) {
      const limits = { doing: 'running', timeoutMs: graceMs } as const;
      await this.request({ kind: 'close' }, [], limits).catch(() => undefined);
    }
    this.#over ??= new MlkitError(
      'INTERRUPTED',
      `the session of ${this.#modelPath} was closed while it was running`,
    );
    this.#hold(true);
    if (busy) this.#process.kill('SIGKILL');
    else if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), graceMs);
    await this.#gone;
    clearTimeout(timer);
  }

  async #ask(
    message: Request,
    tensors: readonly WireTensor[],
    options: RequestOptions,
  ): Promise<unknown> {
    this.#refuse();
    this.#hold(true);
    const watch = this.#watchMemory(options.doing);
    try {
      const answer = await new Promise<unknown>((resolve, reject) => {
        this.#pending = { options, resolve, reject, timer: undefined, lastBeat: 0 };
        this.#send(message, tensors).then(() => this.#startTimer(), reject);
      });
      clearTimeout(this.#pending?.timer);
      if ((await watch?.lastLook()) === true) this.#refuse();
      return answer;
    } finally {
      watch?.stop();
      clearTimeout(this.#pending?.timer);
      this.#pending = null;
      this.#rest();
    }
  }

  /** Throws where no more requests are taken. */
  #refuse(): void {
    if (this.#over !== null) throw this.#over;
  }

  #watchMemory(doing: RequestOptions['doing']): MemoryWatch | null {
    const { pid } = this.#process;
    const limit = this.#memoryLimitBytes;
    if (limit === undefined || pid === undefined) return null;
    return new MemoryWatch(pid, limit, (held) => {
      this.#end(tooLarge(this.#modelPath, doing, limit, held));
    });
  }

  /** Nothing is pending: this process need not wait for the child, unless it is ending. */
  #rest(): void {
    if (this.#over === null) this.#hold(false);
  }

  async #send(message: Request, tensors: readonly WireTensor[]): Promise<void> {
    const send = (each: object): Promise<void> =>
      new Promise((resolve) => {
        // A send fails only where the child has died, and then the end of the process tells more.
        this.#process.send(each, () => resolve());
      });
    const rest = await sendLargeTensors(tensors, send);
    await send('tensors' in message ? { ...message, tensors: rest } : message);
  }

  #startTimer(): void {
    const pending = this.#pending;
    const limit = pending?.options.timeoutMs;
    if (pending === null || limit === undefined) return;
    const slack = pending.options.onBeat === undefined ? 0 : beatSlackMs;
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => {
      // A busy parent may have the answer waiting in the channel: let it be read first.
      const seen = pending.lastBeat;
      setImmediate(() => {
        if (this.#pending !== pending || pending.lastBeat !== seen) return;
        this.#end(timedOut(this.#modelPath, pending.options.doing, limit));
      });
    }, limit + slack);
  }

  #watch(gone: () => void): void {
    const child = this.#process;
    child.stdout?.on('data', (chunk: Uint8Array) => this.#printed.push(chunk));
    child.stderr?.on('data', (chunk: Uint8Array) => this.#printed.push(chunk));
    child.on('message', (message) => this.#receive(message as FromChild));
    const leave = (error: MlkitError): void => {
      this.#over ??= error;
      living.delete(child);
      if (living.size === 0) process.off('exit', killLiving);
      this.#signal?.removeEventListener('abort', this.#onAbort);
      this.#pending?.reject(this.#over);
      gone();
    };
    // Not the event `close`, which Node 20 omits where this side has disconnected the channel.
    const exit = new Promise<Death>((resolve, reject) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      // Also emitted for a message that could not be sent; then the process ends by itself.
      child.on('error', (error) => {
        if (child.pid === undefined) reject(error);
      });
    });
    // All that was printed has been read when the streams close.
    Promise.all([exit, closing(child.stdout), closing(child.stderr)]).then(
      ([death]) => leave(this.#death(death)),
      (error: unknown) => leave(notStarted(this.#modelPath, error)),
    );
  }

  #receive(message: FromChild): void {
    const pending = this.#pending;
    if (message.kind === 'piece') {
      this.#assembler.accept(message);
    } else if (message.kind === 'beat') {
      if (pending === null) return;
      pending.lastBeat++;
      this.#startTimer();
      pending.options.onBeat?.(message.done);
    } else if (message.kind === 'done') {
      pending?.resolve(message.value);
    } else {
      pending?.reject(new ChildFailure(message));
    }
  }

  /** Kills the child; the pending and all later requests reject with `error`. */
  #end(error: MlkitError): void {
    this.#over ??= error;
    this.#process.kill('SIGKILL');
    this.#pending?.reject(this.#over);
  }

  #death({ code, signal }: Death): MlkitError {
    // Ctrl-C reaches every process of the terminal, and so may other ends; none is a crash.
    if (signal !== null && endings.has(signal)) return interrupted(this.#modelPath);
    const doing = this.#pending?.options.doing;
    const what = doing === undefined ? 'with' : `while ${doing}`;
    const how = signal ?? `exit code ${code}`;
    const words = lastWords(this.printed());
    const killed = signal === 'SIGKILL';
    return new MlkitError(
      'RUNTIME_CRASHED',
      `onnxruntime ${killed ? 'was killed' : 'crashed'} (${how}) ${what} ${this.#modelPath}${words === '' ? '' : `; its last words: ${words}`}`,
      {
        hint: killed
          ? 'The system kills processes when memory runs out: free some, or try smaller inputs.'
          : 'Try another optimization level, or smaller inputs; mlkit inspect --check may name the cause.',
        cause: { code, signal } satisfies Death,
      },
    );
  }

  /** Whether the child keeps this process alive. */
  #hold(alive: boolean): void {
    const { stdout, stderr, channel } = this.#process;
    const change = alive ? 'ref' : 'unref';
    this.#process[change]();
    channel?.[change]();
    for (const stream of [stdout, stderr])
      (stream as { ref?(): void; unref?(): void } | null)?.[change]?.();
  }
}

/** The compiled worker: beside this file, or in dist/ where the sources run as they are (tests). */
function workerPath(): string {
  const isSource = import.meta.url.endsWith('.ts');
  const url = new URL(isSource ? '../../dist/runtime/worker.js' : './worker.js', import.meta.url);
  return fileURLToPath(url);
}

function closing(stream: Readable | null): Promise<unknown> {
  return new Promise((resolve) => {
    if (stream === null || stream.closed) resolve(null);
    else stream.once('close', resolve);
  });
}

function interrupted(modelPath: string): MlkitError {
  return new MlkitError('INTERRUPTED', `the work with ${modelPath} was interrupted`);
}

function timedOut(modelPath: string, doing: RequestOptions['doing'], limitMs: number): MlkitError {
  return new MlkitError(
    'RUNTIME_TIMEOUT',
    `${doing} ${modelPath} took longer than the ${limitMs} ms that it was given`,
  );
}

function tooLarge(
  modelPath: string,
  doing: RequestOptions['doing'],
  limitBytes: number,
  heldBytes: number,
): MlkitError {
  return new MlkitError(
    'RUNTIME_MEMORY',
    `${doing} ${modelPath} took ${formatBytes(heldBytes)} of memory, more than the limit of ${formatBytes(limitBytes)}`,
    {
      hint: `Raise the limit (--memory-limit ${Math.ceil((2 * heldBytes) / gibibyte)}GiB), or use smaller inputs (--dim, --shape).`,
    },
  );
}

function notStarted(modelPath: string, cause: unknown): MlkitError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MlkitError('RUNTIME_LOAD', `cannot start a process to load ${modelPath} in: ${why}`, {
    hint: 'The system refuses to start another process: close some, or raise the limit.',
    cause,
  });
}
