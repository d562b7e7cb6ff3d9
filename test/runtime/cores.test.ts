import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { cpuQuota } from '../../src/runtime/cores.ts';
import { availableCores } from '../../src/runtime/index.ts';

function files(entries: Record<string, string>): (path: string) => string | null {
  return (path) => entries[path] ?? null;
}

describe('cpuQuota', () => {
  test('version 2: the least of the group and its parents', () => {
    const read = files({
      '/proc/self/cgroup': '0::/user.slice/job\n',
      '/sys/fs/cgroup/user.slice/job/cpu.max': '250000 100000\n',
      '/sys/fs/cgroup/user.slice/cpu.max': '150000 100000\n',
      '/sys/fs/cgroup/cpu.max': 'max 100000\n',
    });
    expect(cpuQuota(read)).toBe(1.5);
  });

  test('version 2: in a container only the mount point is visible', () => {
    const read = files({
      '/proc/self/cgroup': '0::/docker/0123abcd\n',
      '/sys/fs/cgroup/cpu.max': '50000 100000\n',
    });
    expect(cpuQuota(read)).toBe(0.5);
  });

  test('version 1: the hierarchy with the cpu controller counts', () => {
    const read = files({
      '/proc/self/cgroup': '5:memory:/other\n4:cpu,cpuacct:/job\n0::/\n',
      '/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us': '300000\n',
      '/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/memory/other/cpu.cfs_quota_us': '1\n',
    });
    expect(cpuQuota(read)).toBe(3);
  });

  test.each([
    [
      'no limit in version 2',
      { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' },
    ],
    [
      'no limit in version 1',
      {
        '/proc/self/cgroup': '1:cpu:/\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      },
    ],
    ['nothing readable', {}],
    ['nonsense', { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '\n' }],
  ])('%s', (_, entries) => {
    expect(cpuQuota(files(entries))).toBeNull();
  });
});

test('availableCores is within what the system offers', () => {
  expect(Number.isInteger(availableCores())).toBe(true);
  expect(availableCores()).toBeGreaterThanOrEqual(1);
  expect(availableCores()).toBeLessThanOrEqual(availableParallelism());
});
