import type { CommandEntry } from '../command.ts';

/**
 * The commands, in the order of the root help. Kept apart from the modules themselves so that a
 * command's code is loaded only when it runs.
 */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'inspect',
    summary: 'what is in a model, and what is wrong with it; no weights are read unless asked for',
    load: () => import('./inspect.ts'),
    warm: () => import('../../inspect/index.ts'),
  },
  {
    name: 'convert',
    summary: 'check a model; change its shapes, names, format or files, and prove the result',
    load: () => import('./convert.ts'),
    warm: () => import('../../convert/index.ts'),
  },
  {
    name: 'quantize',
    summary: 'put the weights of a model into 8 bits, and measure what that costs and gains',
    load: () => import('./quantize.ts'),
    warm: () => import('../../quantize/index.ts'),
  },
  {
    name: 'benchmark',
    summary: 'latency, throughput, cold start and memory, with what the samples can support',
    load: () => import('./benchmark.ts'),
    warm: () => import('../../benchmark/index.ts'),
  },
  {
    name: 'validate',
    summary: 'do two models compute the same, or a model what was recorded?',
    load: () => import('./validate.ts'),
    warm: () => import('../../validate/index.ts'),
  },
];
