import { MlkitError } from '../errors.ts';
import { tensorFrom } from '../tensor/index.ts';
import { openModel } from './open-session.ts';
import { probeModel } from './probe-model.ts';
import type { ProviderName } from './runtime.ts';

/** TensorRT builds an engine first, which takes tens of seconds on a cold machine. */
const probeTimeoutMs = 120_000;

/**
 * Whether a provider can be used here, found out by loading a tiny model with it in a child process
 * and computing y = x + x: the runtime's own list also names providers whose libraries are missing.
 *
 * @returns `reason` says why not, and what to do; null where it is usable.
 */
export async function probeProvider(
  provider: ProviderName,
): Promise<{ usable: boolean; reason: string | null }> {
  try {
    const settings = {
      provider,
      threads: 1,
      createTimeoutMs: probeTimeoutMs,
      runTimeoutMs: probeTimeoutMs,
    };
    const session = await openModel('the probe model', probeModel, settings);
    try {
      const x = tensorFrom('float32', [4], new Float32Array([1, 2, 3, 4]));
      const { outputs } = await session.run(new Map([['x', x]]));
      const sums = outputs.get('y')?.toFloat64().join(' ');
      if (sums === '2 4 6 8') return { usable: true, reason: null };
      return { usable: false, reason: `it computed ${sums} for 1+1, 2+2, 3+3 and 4+4` };
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof MlkitError)) throw error;
    return { usable: false, reason: `${error.message}. ${error.hint}` };
  }
}
