import { formatShape, type Value } from '../../graph/index.ts';
import type { Check } from '../check.ts';

/** How many inputs are described. */
const mostInputs = 4;

export const dimensionDynamic: Check<'dimension-dynamic'> = {
  codes: ['dimension-dynamic'],
  severity: 'info',
  summary: 'inputs whose sizes vary',
  run({ model }) {
    const varying = model.graph.inputs.filter((value) => openShape(value) !== null);
    const [first] = varying;
    if (first === undefined) return [];
    const shown = varying
      .slice(0, mostInputs)
      .map((value) => `"${value.name}" ${openShape(value) ?? ''}`);
    const more = varying.length - shown.length;
    return [
      {
        code: 'dimension-dynamic',
        at: { graph: 'main', value: first.name },
        message: `sizes of inputs vary: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
        fix: `Where they never do, mlkit convert ${flagFor(varying)} fixes them, which lets runtimes plan ahead.`,
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};

/** Sizes without a name are fixed by whole shapes. */
function flagFor(values: readonly Value[]): string {
  const isNamed = values.some(
    ({ type }) => type?.kind === 'tensor' && type.shape?.some((size) => typeof size === 'string'),
  );
  return isNamed ? '--dim NAME=SIZE' : '--shape INPUT=2x3';
}

/** The shape if a size of it is open; null for all others, and for constants with an input's name. */
function openShape({ type, initializer }: Value): string | null {
  if (initializer !== null || type?.kind !== 'tensor' || type.shape === null) return null;
  const isOpen = type.shape.some((size) => typeof size !== 'number');
  return isOpen ? formatShape(type.shape) : null;
}
