import type { ProviderName, Session, SessionSettings } from './runtime.ts';

export { availableCores } from './cores.ts';
export { runtimeVersion } from './ort.ts';
export * from './runtime.ts';
export { runtimeLimits } from './runtime-limits.ts';

// Commands that run no model should not pay for what does; it is loaded when a model is run.

/** See `open-session.ts`. */
export async function openSession(
  modelPath: string,
  settings?: SessionSettings,
): Promise<Session & AsyncDisposable> {
  const { openSession: open } = await import('./open-session.ts');
  return open(modelPath, settings);
}

/** See `probe-provider.ts`. */
export async function probeProvider(
  name: ProviderName,
): Promise<{ usable: boolean; reason: string | null }> {
  const { probeProvider: probe } = await import('./probe-provider.ts');
  return probe(name);
}
