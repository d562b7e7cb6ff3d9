import type { TraceFiles } from './check-trace.ts';
import type { TraceReport } from './report.ts';
import type { TraceSettings } from './trace-settings.ts';

export type { TraceFiles } from './check-trace.ts';
export type {
  Divergence,
  ErrorSource,
  FloatGains,
  Repro,
  TracedValue,
  TraceReport,
} from './report.ts';
export type { TraceSettings, TraceSide } from './trace-settings.ts';

/** See `trace-models.ts`, which is loaded when something is traced. */
export async function traceModels(settings: TraceSettings): Promise<TraceReport> {
  const { traceModels: trace } = await import('./trace-models.ts');
  return trace(settings);
}

/** See `check-trace.ts`, which is loaded when something is traced. */
export async function checkTrace(files: TraceFiles): Promise<void> {
  const { checkTrace: check } = await import('./check-trace.ts');
  check(files);
}
