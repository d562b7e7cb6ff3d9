/*
 * The child process: loads one model and answers the parent (see protocol.ts). It ends when the
 * channel does, since nothing else keeps it alive.
 */
import { type LoadedModel, loadRuntime, type PreparedFeed, wireTensors } from './ort.ts';
import { DisturbanceCounters, residentMemory } from './process-counters.ts';
import type {
  Failed,
  FromChild,
  FromParent,
  MeasureRequest,
  OpenReply,
  OpenRequest,
  Request,
  RunReply,
  RunRequest,
  WireTensor,
} from './protocol.ts';
import type { Measurement, Session } from './runtime.ts';
import { timeRuns } from './timing-loop.ts';
import { PieceAssembler, sendLargeTensors } from './transfer.ts';

type MemoryReply = Awaited<ReturnType<Session['memory']>>;

const assembler = new PieceAssembler();
let model: LoadedModel | null = null;
let stage: Failed['stage'] = 'import';
let afterImportBytes = 0;
let afterCreateBytes = 0;

process.on('message', (message: FromParent) => {
  if (message.kind === 'piece') assembler.accept(message);
  else void answer(message);
});

async function answer(request: Request): Promise<void> {
  try {
    const value = await handle(request);
    await send({ kind: 'done', value });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await send({ kind: 'failed', stage, message });
  }
}

function handle(request: Request): Promise<unknown> {
  switch (request.kind) {
    case 'open':
      return open(request);
    case 'run':
      return run(request);
    case 'measure':
      return measure(request);
    case 'memory':
      return Promise.resolve<MemoryReply>({
        ...residentMemory(),
        afterImportBytes,
        afterCreateBytes,
      });
    case 'close':
      return loaded().release();
  }
}

async function open(request: OpenRequest): Promise<OpenReply> {
  const begin = performance.now();
  const runtime = await loadRuntime();
  const imported = performance.now();
  afterImportBytes = residentMemory().currentBytes;
  stage = 'create';
  const createBegin = performance.now();
  model = await runtime.load(request);
  const createMs = performance.now() - createBegin;
  afterCreateBytes = residentMemory().currentBytes;
  stage = 'run';
  const { inputs, outputs } = model;
  return { inputs, outputs, coldStart: { importMs: imported - begin, createMs } };
}

async function run(request: RunRequest): Promise<RunReply> {
  const feed = loaded().prepare(assembler.complete(request.tensors));
  const begin = performance.now();
  const outputs = await loaded().run(feed, request.fetches);
  const runMs = performance.now() - begin;
  const tensors = await sendLargeTensors(wireTensors(outputs, request.fetches), send);
  return { tensors, runMs };
}

async function measure(request: MeasureRequest): Promise<Measurement> {
  const current = loaded();
  const { fetches } = request;
  const feeds = prepareFeeds(current, assembler.complete(request.tensors), request.feedCount);
  const counters = new DisturbanceCounters();
  if (request.beats) void send({ kind: 'beat', done: 0 });
  const result = await timeRuns(request, {
    run: (feed) => current.run(feeds[feed] as PreparedFeed, fetches),
    now: () => performance.now(),
    beat: (done) => {
      if (request.beats) void send({ kind: 'beat', done });
    },
    timedPart: (edge) => counters[edge](),
    stopped: () => !process.connected,
  });
  return { ...result, ...(await counters.change()) };
}

/** Every feed has the same number of tensors: one for each input of the model. */
function prepareFeeds(
  current: LoadedModel,
  tensors: readonly WireTensor[],
  count: number,
): PreparedFeed[] {
  const size = tensors.length / count;
  return Array.from({ length: count }, (_, index) =>
    current.prepare(tensors.slice(index * size, (index + 1) * size)),
  );
}

function loaded(): LoadedModel {
  if (model === null) throw new Error('no model is loaded');
  return model;
}

/** Resolves when the channel has taken the message; a parent that is gone needs no answer. */
function send(message: FromChild | object): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, {}, () => resolve());
  });
}
