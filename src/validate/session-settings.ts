import type { SessionSettings } from '../runtime/index.ts';
import type { ValidateConfig, ValidateServices } from './config.ts';

/** How models are loaded and run. */
export function sessionSettings(
  { provider, threads, optimization, timeoutMs, memoryLimitBytes }: ValidateConfig,
  { signal }: ValidateServices = {},
): SessionSettings {
  return {
    provider,
    optimization,
    ...(threads !== null && { threads }),
    ...(timeoutMs !== null && { createTimeoutMs: timeoutMs, runTimeoutMs: timeoutMs }),
    ...(memoryLimitBytes !== null && { memoryLimitBytes }),
    ...(signal && { signal }),
  };
}
