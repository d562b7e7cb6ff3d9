import type { CommandEntry } from '../command.ts';

/**
 * The commands, in the order of the root help. Kept apart from the modules themselves so that a
 * command's code is loaded only when it runs.
 */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'inspect',
    summary: 'what is in a model: graph, operators, sizes, cost; any size, no weights read',
    load: () => import('./inspect.ts'),
  },
  {
    name: 'convert',
    summary: 'check a model; change its opset, precision, format or graph, and prove the result',
    load: () => import('./convert.ts'),
  },
  {
    name: 'quantize',
    summary: 'make a model smaller and faster with integers, and measure what that cost',
    load: () => import('./quantize.ts'),
  },
  {
    name: 'benchmark',
    summary: 'latency, throughput, cold start and memory, with what the samples can support',
    load: () => import('./benchmark.ts'),
  },
  {
    name: 'validate',
    summary: 'do two models compute the same, or a model what was recorded?',
    load: () => import('./validate.ts'),
  },
];
