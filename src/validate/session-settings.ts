import type { SessionSettings } from '../runtime/index.ts';
import type { ValidateConfig, ValidateServices } from './config.ts';

/** How both models are loaded. */
export function sessionSettings(
  { provider, threads }: ValidateConfig,
  { signal }: ValidateServices = {},
): SessionSettings {
  return { provider, ...(threads !== null && { threads }), ...(signal && { signal }) };
}
