import type { Machine } from './cpu-features.ts';
import type { GoldenMetadata, GoldenRuntime } from './golden-metadata.ts';
import type { HashedFile } from './hash-files.ts';

/** What recorded data is compared with now. */
export interface GoldenNow {
  readonly files: readonly HashedFile[];
  readonly runtime: GoldenRuntime;
  readonly machine: Machine;
}

/** The instruction sets that int8 arithmetic depends on: with and without, it rounds and saturates otherwise. */
const quantizedArithmetic = /vnni|amx_int8|^i8mm$|^asimddp$|^avx512bw$|^avx2$/;

/** More instruction sets than this are counted. */
const mostFeatures = 4;

/**
 * How what was recorded differs from now in what can change a result; empty where nothing does.
 */
export function goldenWarnings(metadata: GoldenMetadata, now: GoldenNow): string[] {
  return [
    ...changedFiles(metadata.model.files, now.files),
    ...changedSettings(metadata.runtime, now.runtime),
    ...changedMachine(metadata.machine, now.machine),
  ];
}

/** That the model was changed is what recorded data is for, and is told all the same. */
function changedFiles(before: readonly HashedFile[], now: readonly HashedFile[]): string[] {
  const changed = now.filter(({ sha256 }) => before.every((file) => file.sha256 !== sha256));
  const gone = before.filter(({ sha256 }) => now.every((file) => file.sha256 !== sha256));
  if (changed.length === 0 && gone.length === 0) return [];
  const [model] = before;
  if (changed.length === 0) {
    return [`the recorded model had more files: ${gone.map(({ name }) => name).join(', ')}`];
  }
  const names = changed.map(({ name }) => name).join(', ');
  return [
    `the model was changed since the data was recorded from ${model?.name ?? ''}: ${names} ${changed.length === 1 ? 'has' : 'have'} other content`,
  ];
}

function changedSettings(before: GoldenRuntime, now: GoldenRuntime): string[] {
  const changes: string[] = [];
  if (before.version !== now.version) {
    changes.push(`onnxruntime ${before.version}, and this is ${now.version}`);
  }
  for (const [key, word] of [
    ['provider', 'provider'],
    ['optimization', 'optimization level'],
  ] as const) {
    if (before[key] !== now[key]) changes.push(`${word} ${before[key]}, and this is ${now[key]}`);
  }
  return changes.map((change) => `recorded with ${change}: results may differ in the last digits`);
}

function changedMachine(before: Machine, now: Machine): string[] {
  if (before.arch !== now.arch) {
    return [
      `recorded on ${before.arch}, and this machine is ${now.arch}: results may differ in the last digits, quantized ones by steps`,
    ];
  }
  if (before.cpuFeatures === null || now.cpuFeatures === null) {
    if (before.cpuModel === now.cpuModel) return [];
    return [
      `recorded on ${before.cpuModel ?? 'an unknown CPU'}, and this is ${now.cpuModel ?? 'an unknown one'}: results may differ in the last digits`,
    ];
  }
  return [
    ...featureWarning(
      before.cpuFeatures,
      now.cpuFeatures,
      (names) => `recorded with ${names}, which this machine lacks`,
    ),
    ...featureWarning(
      now.cpuFeatures,
      before.cpuFeatures,
      (names) => `this machine has ${names}, which the recording one lacked`,
    ),
  ];
}

function featureWarning(
  there: readonly string[],
  here: readonly string[],
  text: (names: string) => string,
): string[] {
  const missing = there.filter((name) => !here.includes(name));
  if (missing.length === 0) return [];
  const quantized = missing.filter((name) => quantizedArithmetic.test(name));
  const isQuantized = quantized.length > 0;
  const listed = [...quantized, ...missing.filter((name) => !quantized.includes(name))];
  const more = listed.length - mostFeatures;
  const names = listed.slice(0, mostFeatures).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const what = isQuantized
    ? 'quantized results may differ by steps'
    : 'results may differ in the last digits';
  return [`${text(names)}: ${what}`];
}
