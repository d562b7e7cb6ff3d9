import { readFileSync } from 'node:fs';
import os from 'node:os';

/** The machine that a model runs on, as far as it can change the last digits of a result. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Null where the system does not say. */
  readonly cpuModel: string | null;
  /**
   * Instruction sets that runtimes choose their arithmetic by, as Linux names them (`avx2`,
   * `avx512_vnni`, `amx_int8`, `asimd`, `sve`); null where the system does not say.
   */
  readonly cpuFeatures: readonly string[] | null;
}

/** By the line that lists them: x86 calls it flags, Arm Features. */
const arithmetic: Readonly<Record<string, RegExp>> = {
  flags: /^(avx|avx2|fma|f16c|avx_vnni.*|avx512.*|avx10.*|amx_.*)$/,
  Features: /^(neon|asimd.*|fphp|sve.*|sme.*|i8mm|bf16)$/,
};

/** This machine. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    arch: process.arch,
    cpuModel: os.cpus()[0]?.model.trim() || null,
    cpuFeatures: process.platform === 'linux' ? featuresIn(readCpuInfo()) : null,
  };
}

/**
 * The instruction sets in `/proc/cpuinfo`, sorted: those that all cores have, as a thread may run on
 * any. Null where there are none.
 *
 * Source: https://docs.kernel.org/arch/x86/cpuinfo.html, https://docs.kernel.org/arch/arm64/elf_hwcaps.html
 */
export function featuresIn(cpuInfo: string): string[] | null {
  const lists = [...cpuInfo.matchAll(/^(flags|Features)\s*:\s*(.*)$/gm)].map(
    ([, line = '', names = '']) =>
      new Set(names.split(/\s+/).filter((name) => arithmetic[line]?.test(name))),
  );
  const [first, ...others] = lists;
  if (first === undefined) return null;
  return [...first].filter((name) => others.every((list) => list.has(name))).toSorted();
}

function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
