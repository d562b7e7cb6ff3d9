import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { posix } from 'node:path';

/**
 * CPUs this process may use: its affinity, and the CPU quota of its control groups (version 1 or 2)
 * rounded down; at least 1. onnxruntime itself looks at neither.
 */
export function availableCores(): number {
  const quota = process.platform === 'linux' ? cpuQuota(readTextFile) : null;
  return Math.max(
    1,
    Math.min(availableParallelism(), Math.floor(quota ?? Number.POSITIVE_INFINITY)),
  );
}

/**
 * The least CPU quota, in CPUs, of the control groups that this process is in; null where there is
 * none.
 *
 * Source: https://docs.kernel.org/admin-guide/cgroup-v2.html (cpu.max),
 * https://docs.kernel.org/scheduler/sched-bwc.html (cpu.cfs_quota_us)
 *
 * @param read The text of a file, or null where it cannot be read.
 */
export function cpuQuota(read: (path: string) => string | null): number | null {
  const quotas: number[] = [];
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    const [, hierarchy, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    const isVersion2 = hierarchy === '0' && controllers === '';
    if (!isVersion2 && !controllers.split(',').includes('cpu')) continue;
    // In a container the path may be the host's, which is not visible: its parents are tried as well,
    // up to the mount point. A limit of any parent holds for its children.
    const mounts = isVersion2
      ? ['/sys/fs/cgroup']
      : ['/sys/fs/cgroup/cpu', `/sys/fs/cgroup/${controllers}`];
    for (const mount of mounts) {
      for (const folder of selfAndParents(path)) {
        const quota = (isVersion2 ? quotaVersion2 : quotaVersion1)(posix.join(mount, folder), read);
        if (quota !== null) quotas.push(quota);
      }
    }
  }
  return quotas.length === 0 ? null : Math.min(...quotas);
}

function* selfAndParents(path: string): Iterable<string> {
  for (let at = posix.resolve('/', path); ; at = posix.dirname(at)) {
    yield at;
    if (at === '/') return;
  }
}

/** `cpu.max` is `<quota> <period>` or `max <period>`. */
function quotaVersion2(folder: string, read: (path: string) => string | null): number | null {
  const [quota, period] = (read(posix.join(folder, 'cpu.max')) ?? '').trim().split(' ');
  return ratio(quota, period);
}

/** The quota is -1 where there is none. */
function quotaVersion1(folder: string, read: (path: string) => string | null): number | null {
  const quota = read(posix.join(folder, 'cpu.cfs_quota_us'))?.trim();
  return ratio(quota, read(posix.join(folder, 'cpu.cfs_period_us'))?.trim());
}

function ratio(quota: string | undefined, period: string | undefined): number | null {
  const cpus = Number(quota || Number.NaN) / Number(period || Number.NaN);
  return cpus > 0 && Number.isFinite(cpus) ? cpus : null;
}

function readTextFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
