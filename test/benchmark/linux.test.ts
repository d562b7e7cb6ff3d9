import { describe, expect, test } from 'vitest';
import { disturbance } from '../../src/benchmark/environment.ts';
import { linuxCounters, linuxCpuPolicy } from '../../src/benchmark/linux.ts';

/** A file system with a few files. */
function files(texts: Readonly<Record<string, string>>): (path: string) => string | null {
  return (path) => texts[path] ?? null;
}

describe('linuxCounters', () => {
  test('reads what there is', () => {
    const counters = linuxCounters(
      files({
        '/proc/stat': 'cpu  100 1 50 800 9 0 5 35 7 0\ncpu0 100 1 50 800 9 0 5 35 7 0\n',
        '/proc/pressure/cpu':
          'some avg10=1.00 avg60=2.00 avg300=3.00 total=2500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=9\n',
        '/proc/self/cgroup': '0::/user.slice/job\n',
        '/sys/fs/cgroup/user.slice/job/cpu.stat':
          'usage_usec 5\nnr_throttled 3\nthrottled_usec 40000\n',
      }),
    );
    // 1000 ticks of 10 ms; guest time is within the others.
    expect(counters).toEqual({ cpuMs: 10_000, stolenMs: 350, throttledMs: 40, pressureMs: 2500 });
  });

  test('reads version 1 of control groups, and a container that cannot see its own path', () => {
    const counters = linuxCounters(
      files({
        '/proc/self/cgroup': '5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n',
        '/sys/fs/cgroup/cpu/cpu.stat': 'nr_throttled 3\nthrottled_time 7000000\n',
      }),
    );
    expect(counters).toEqual({ cpuMs: null, stolenMs: null, throttledMs: 7, pressureMs: null });
  });

  test('is all null where there are no such files', () => {
    expect(linuxCounters(files({}))).toEqual({
      cpuMs: null,
      stolenMs: null,
      throttledMs: null,
      pressureMs: null,
    });
  });
});

test('disturbance gives fractions of the time in between', () => {
  const before = { cpuMs: 1000, stolenMs: 10, throttledMs: 5, pressureMs: 100 };
  const after = { cpuMs: 3000, stolenMs: 110, throttledMs: 105, pressureMs: 350 };
  expect(disturbance(before, after, 1000)).toEqual({
    stolen: 0.05,
    throttled: 0.1,
    cpuPressure: 0.25,
  });
  const unknown = { cpuMs: null, stolenMs: null, throttledMs: null, pressureMs: null };
  expect(disturbance(unknown, unknown, 1000)).toEqual({
    stolen: null,
    throttled: null,
    cpuPressure: null,
  });
});

describe('linuxCpuPolicy', () => {
  const folder = '/sys/devices/system/cpu/cpu0/cpufreq';

  test('tells powersave from the driver that only calls it so', () => {
    const policy = (driver: string) =>
      linuxCpuPolicy(
        files({
          [`${folder}/scaling_governor`]: 'powersave\n',
          [`${folder}/scaling_driver`]: `${driver}\n`,
        }),
        () => [],
      ).governor;
    expect(policy('acpi-cpufreq')).toBe('powersave');
    expect(policy('intel_pstate')).toBe('powersave (intel_pstate)');
  });

  test('knows a battery that is being used', () => {
    const read = files({
      '/sys/class/power_supply/AC/type': 'Mains\n',
      '/sys/class/power_supply/BAT0/status': 'Discharging\n',
    });
    expect(linuxCpuPolicy(read, () => ['AC', 'BAT0']).onBattery).toBe(true);
    expect(linuxCpuPolicy(read, () => ['AC']).onBattery).toBeNull();
    expect(linuxCpuPolicy(files({}), () => [])).toEqual({ governor: null, onBattery: null });
  });
});
