export type {
  Divergence,
  ErrorSource,
  FloatGains,
  Repro,
  TracedValue,
  TraceReport,
} from './report.ts';
export type { TraceSettings, TraceSide } from './trace-settings.ts';
