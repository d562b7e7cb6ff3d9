export { availableCores } from './cores.ts';
export { openSession } from './open-session.ts';
export { runtimeVersion } from './ort.ts';
export { probeProvider } from './probe-provider.ts';
export * from './runtime.ts';
export { runtimeLimits } from './runtime-limits.ts';
