import { MlkitError } from '../errors.ts';
import { type OpenModel, openModel } from '../onnx/index.ts';
import type { Feeds } from '../runtime/index.ts';
import { refuseOrtFormat } from './check-trace.ts';
import { makeSides } from './make-sides.ts';
import type { TraceReport } from './report.ts';
import { scratchFolder } from './scratch-folder.ts';
import { TraceRun } from './trace-run.ts';
import type { TraceSettings } from './trace-settings.ts';

const defaultSamples = 2;

/**
 * Runs two models and compares their intermediate values in the order in which the reference makes
 * them; names the node that the difference begins at, and what makes the outputs differ: the graph,
 * the optimizer or the provider. Both run as they are written, without optimization, so that one
 * value is one computation; one file with two optimization levels runs at these.
 *
 * Intermediate values become outputs of temporary copies, chunk by chunk, and the models run one
 * after the other. Memory: one model in the runtime's process and the values of a chunk. On disk
 * there is a copy of both, and the values of a chunk, until it ends.
 *
 * @throws MlkitError when a model cannot be read or run, or is in ORT format, when the candidate
 *   cannot be fed with the reference's inputs, or there is no sample.
 */
export async function traceModels(settings: TraceSettings): Promise<TraceReport> {
  await using scratch = await scratchFolder();
  for (const { path } of [settings.reference, settings.candidate]) refuseOrtFormat(path);
  const samples = await takeSamples(settings);
  const opened: OpenModel[] = [];
  try {
    for (const { path } of [settings.reference, settings.candidate]) opened.push(openModel(path));
    const [reference, candidate] = await makeSides(settings, opened, samples, scratch.path);
    return await new TraceRun(settings, samples, scratch.path, reference, candidate).run();
  } finally {
    for (const open of opened) open.close();
  }
}

async function takeSamples({ feeds, samples = defaultSamples }: TraceSettings): Promise<Feeds[]> {
  const taken: Feeds[] = [];
  for await (const each of feeds) {
    if (taken.length < samples) taken.push(each);
    if (taken.length >= samples) break;
  }
  if (taken.length > 0) return taken;
  throw new MlkitError('INPUT_DATA', 'there is no sample to trace the models with', {
    hint: 'Give --inputs with at least one row, or leave it out for random inputs.',
  });
}
