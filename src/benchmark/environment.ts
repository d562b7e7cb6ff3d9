import os from 'node:os';
import { availableCores, runtimeVersion } from '../runtime/index.ts';
import { type LinuxCounters, linuxCounters, linuxCpuPolicy, readText } from './linux.ts';

/** The machine and what else it was doing. */
export interface Environment {
  /** Null where the system does not say. */
  readonly cpuModel: string | null;
  /** CPUs this process may use: affinity and quota. */
  readonly coresAllowed: number;
  /** Logical CPUs of the machine. */
  readonly coresTotal: number;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly arch: string;
  readonly osRelease: string;
  readonly nodeVersion: string;
  readonly onnxruntimeVersion: string;
  /** How the binding runs a model: on the thread that calls it, so one run at a time in a process. */
  readonly runMode: 'sync';
  /** Runnable tasks, average of the last minute, before and after; null on Windows. */
  readonly loadAverage: { readonly before: number; readonly after: number } | null;
  /** Frequency policy of the CPUs; null where it cannot be read (virtual machines, not Linux). */
  readonly governor: string | null;
  readonly onBattery: boolean | null;
  /** Fractions of the time of the whole benchmark; null where the system does not say. */
  readonly stolen: number | null;
  readonly throttled: number | null;
  readonly cpuPressure: number | null;
}

/** Notes the counters now; the function that it returns gives what became of them until then. */
export function observeEnvironment(): () => Environment {
  const counters = linuxCounters(readText);
  const loadBefore = loadAverage();
  const begin = performance.now();
  return () => {
    const elapsedMs = performance.now() - begin;
    const loadAfter = loadAverage();
    return {
      ...machine(),
      loadAverage:
        loadBefore === null || loadAfter === null ? null : { before: loadBefore, after: loadAfter },
      ...disturbance(counters, linuxCounters(readText), elapsedMs),
    };
  };
}

function machine(): Omit<Environment, 'loadAverage' | 'stolen' | 'throttled' | 'cpuPressure'> {
  const cpus = os.cpus();
  const { governor, onBattery } = linuxCpuPolicy(readText);
  return {
    cpuModel: cpus[0]?.model.trim() || null,
    coresAllowed: availableCores(),
    coresTotal: cpus.length,
    memoryBytes: os.totalmem(),
    platform: process.platform,
    arch: process.arch,
    osRelease: os.release(),
    nodeVersion: process.versions.node,
    onnxruntimeVersion: runtimeVersion(),
    runMode: 'sync',
    governor,
    onBattery,
  };
}

/** What happened between two readings, as fractions of the time between them. */
export function disturbance(
  before: LinuxCounters,
  after: LinuxCounters,
  elapsedMs: number,
): Pick<Environment, 'stolen' | 'throttled' | 'cpuPressure'> {
  const share = (key: 'throttledMs' | 'pressureMs'): number | null =>
    before[key] === null || after[key] === null ? null : (after[key] - before[key]) / elapsedMs;
  const cpuMs = after.cpuMs === null || before.cpuMs === null ? 0 : after.cpuMs - before.cpuMs;
  const stolen =
    before.stolenMs === null || after.stolenMs === null || cpuMs <= 0
      ? null
      : (after.stolenMs - before.stolenMs) / cpuMs;
  return { stolen, throttled: share('throttledMs'), cpuPressure: share('pressureMs') };
}

/** Windows has none, and says 0. */
function loadAverage(): number | null {
  return process.platform === 'win32' ? null : (os.loadavg()[0] ?? null);
}

/** How two environments differ in what decides how fast a model runs. */
export function environmentDifferences(before: Environment, now: Environment): string[] {
  const fields = {
    cpuModel: 'CPU',
    coresAllowed: 'cores allowed',
    platform: 'system',
    arch: 'architecture',
    onnxruntimeVersion: 'onnxruntime',
    runMode: 'run mode',
  } as const;
  return Object.entries(fields)
    .filter(([field]) => before[field as keyof typeof fields] !== now[field as keyof typeof fields])
    .map(([field, name]) => {
      const key = field as keyof typeof fields;
      return `${name}: ${before[key] ?? 'unknown'} then, ${now[key] ?? 'unknown'} now`;
    });
}
