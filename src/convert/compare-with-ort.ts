import { OutputAccumulator } from '../parity/index.ts';
import type { Verdict } from '../report/index.ts';
import { type Feeds, openSession, type SessionSettings } from '../runtime/index.ts';
import type { Comparison } from './verify.ts';

export interface OrtComparisonRequest {
  readonly reference: string;
  /** A model in ORT format, of which nothing but the runtime can read the structure. */
  readonly candidate: string;
  /** By the names of the reference. */
  readonly feeds: readonly Feeds[];
  readonly settings: SessionSettings;
  /** Names in the candidate by names in the reference, where they differ. */
  readonly newNames: ReadonlyMap<string, string>;
}

/** Runs an ONNX model and one in ORT format on the same inputs, and compares what they give. */
export async function compareWithOrt(request: OrtComparisonRequest): Promise<Comparison> {
  const { reference, candidate, feeds, settings, newNames } = request;
  const profile = 'fp32';
  await using original = await openSession(reference, settings);
  await using result = await openSession(candidate, settings);
  const nameOf = (name: string): string => newNames.get(name) ?? name;
  const accumulators = original.outputs.map(
    ({ name }) => [name, new OutputAccumulator({ name, profile, castIo: false })] as const,
  );
  for (const feed of feeds) {
    const expected = (await original.run(feed)).outputs;
    const renamed = new Map([...feed].map(([name, tensor]) => [nameOf(name), tensor]));
    const actual = (await result.run(renamed)).outputs;
    for (const [name, accumulator] of accumulators) {
      const r = expected.get(name);
      const a = actual.get(nameOf(name));
      if (r !== undefined && a !== undefined) accumulator.add(r, a);
      else accumulator.fail('the result does not have this output');
    }
  }
  const outputs = accumulators.map(([, accumulator]) => accumulator.finish());
  const warnings: string[] = [];
  return { verdict: worst(outputs), profile, samples: feeds.length, outputs, warnings };
}

function worst(outputs: readonly { readonly verdict: Verdict }[]): Verdict {
  const has = (verdict: Verdict): boolean => outputs.some((each) => each.verdict === verdict);
  if (has('fail')) return 'fail';
  return has('inconclusive') || outputs.length === 0 ? 'inconclusive' : 'pass';
}
