import { readFile } from 'node:fs/promises';

/** Between two looks. Elsewhere than on Linux each look starts a process. */
const pauseMs = process.platform === 'linux' ? 25 : 100;

/**
 * How much memory of the machine a process holds (its resident set), in bytes. On Linux the most that
 * it has held so far, so that nothing goes unseen between two looks; elsewhere, now.
 *
 * Source: https://www.kernel.org/doc/html/latest/filesystems/proc.html (VmHWM, VmRSS)
 *
 * @returns Null where the process is gone, or the system does not tell.
 */
export async function heldBytes(pid: number): Promise<number | null> {
  return (await peakOnLinux(pid)) ?? heldNow(pid);
}

async function peakOnLinux(pid: number): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  try {
    const status = await readFile(`/proc/${pid}/status`, 'latin1');
    const [, kibibytes] = /^VmHWM:\s*(\d+) kB/m.exec(status) ?? [];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}

async function heldNow(pid: number): Promise<number | null> {
  try {
    const { default: pidusage } = await import('pidusage');
    return (await pidusage(pid)).memory;
  } catch {
    return null;
  }
}

/**
 * Watches a process from outside, as one whose event loop is blocked cannot watch itself. It does not
 * keep this process alive.
 */
export class MemoryWatch {
  readonly #pid: number;
  readonly #limitBytes: number;
  readonly #onExceeded: (heldBytes: number) => void;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** @param onExceeded Called once at most. */
  constructor(pid: number, limitBytes: number, onExceeded: (heldBytes: number) => void) {
    this.#pid = pid;
    this.#limitBytes = limitBytes;
    this.#onExceeded = onExceeded;
    void this.#look();
  }

  /**
   * Looks once more where that costs next to nothing: on Linux, where what was held before counts.
   *
   * @returns Whether more was held than allowed.
   */
  async lastLook(): Promise<boolean> {
    const held = await peakOnLinux(this.#pid);
    return held !== null && this.#judge(held);
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const held = await heldBytes(this.#pid);
    if (held !== null) this.#judge(held);
    if (this.#isOver) return;
    this.#timer = setTimeout(() => void this.#look(), pauseMs);
    this.#timer.unref();
  }

  #judge(held: number): boolean {
    if (held <= this.#limitBytes) return false;
    if (!this.#isOver) {
      this.stop();
      this.#onExceeded(held);
    }
    return true;
  }
}
