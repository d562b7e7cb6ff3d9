import { readdirSync, readFileSync } from 'node:fs';

/** The text of a file, or null where it cannot be read. */
export type ReadText = (path: string) => string | null;

export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Counters since the machine or the group of processes was started. */
export interface LinuxCounters {
  /** CPU time of all CPUs in all states, and the part that the hypervisor gave to other machines. */
  readonly cpuMs: number | null;
  readonly stolenMs: number | null;
  /** Time that this control group was stopped for having used up its quota. */
  readonly throttledMs: number | null;
  /** Time that some task of the machine waited for a CPU. */
  readonly pressureMs: number | null;
}

/**
 * Reads the counters that need no rights. Everything is null where there is no such file.
 *
 * Source: https://docs.kernel.org/filesystems/proc.html (/proc/stat, in 1/100 s),
 * https://docs.kernel.org/accounting/psi.html, https://docs.kernel.org/admin-guide/cgroup-v2.html
 * (cpu.stat), https://docs.kernel.org/scheduler/sched-bwc.html
 */
export function linuxCounters(read: ReadText): LinuxCounters {
  const cpu = /^cpu +(.*)$/m.exec(read('/proc/stat') ?? '')?.[1];
  // user nice system idle iowait irq softirq steal; guest times are within user and nice.
  const ticks = cpu?.split(' ').slice(0, 8).map(Number);
  const total = ticks?.reduce((sum, each) => sum + each, 0);
  const pressure = /^some .*total=(\d+)/m.exec(read('/proc/pressure/cpu') ?? '')?.[1];
  return {
    cpuMs: total === undefined ? null : total * 10,
    stolenMs: ticks?.[7] === undefined ? null : ticks[7] * 10,
    throttledMs: throttledMs(read),
    pressureMs: pressure === undefined ? null : Number(pressure) / 1000,
  };
}

function throttledMs(read: ReadText): number | null {
  const groups = (read('/proc/self/cgroup') ?? '').split('\n').flatMap((line) => {
    const [, hierarchy, controllers = '', path = ''] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (hierarchy === '0' && controllers === '') return [{ mount: '/sys/fs/cgroup', path }];
    return controllers.split(',').includes('cpu') ? [{ mount: '/sys/fs/cgroup/cpu', path }] : [];
  });
  for (const { mount, path } of groups) {
    // In a container the path may be one of the host, which is not there; the root is the container's.
    const stat = read(`${mount}${path}/cpu.stat`) ?? read(`${mount}/cpu.stat`) ?? '';
    const [, unit, count] = /^throttled_(usec|time) (\d+)$/m.exec(stat) ?? [];
    if (count !== undefined) return Number(count) / (unit === 'usec' ? 1e3 : 1e6);
  }
  return null;
}

/** Drivers with which `powersave` means that the hardware decides, and not that it is slow. */
const hardwareDrivers = new Set(['intel_pstate', 'amd-pstate-epp']);

/** How the CPUs choose their frequency. */
export function linuxCpuPolicy(
  read: ReadText,
  list: (path: string) => readonly string[] = listFolder,
): { governor: string | null; onBattery: boolean | null } {
  const folder = '/sys/devices/system/cpu/cpu0/cpufreq';
  const governor = read(`${folder}/scaling_governor`)?.trim() || null;
  const driver = read(`${folder}/scaling_driver`)?.trim() ?? '';
  const byHardware = governor === 'powersave' && hardwareDrivers.has(driver);
  const supplies = list('/sys/class/power_supply').map((name) =>
    read(`/sys/class/power_supply/${name}/status`)?.trim(),
  );
  const states = supplies.filter((state) => state !== undefined);
  return {
    governor: byHardware ? `${governor} (${driver})` : governor,
    onBattery: states.length === 0 ? null : states.includes('Discharging'),
  };
}

function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
