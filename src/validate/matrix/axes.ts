import { MlkitError } from '../../errors.ts';
import type { OptimizationLevel, ProviderName } from '../../runtime/index.ts';

/** What a model's weights are rounded to; `float32` leaves them as they are. */
export type WeightPrecision = 'float32' | 'float16' | 'bfloat16';

/** One combination of settings. */
export interface MatrixPoint {
  readonly provider: ProviderName;
  readonly optimization: OptimizationLevel;
  readonly threads: number;
  readonly precision: WeightPrecision;
}

/** The values of each axis in the order given; none: the axis does not vary. */
export type MatrixAxes = {
  readonly [Axis in keyof MatrixPoint]: readonly MatrixPoint[Axis][];
};

type AxisName = keyof MatrixPoint;

const providers: readonly ProviderName[] = ['cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml'];
const levels: readonly OptimizationLevel[] = ['disabled', 'basic', 'extended', 'all'];
const precisions: readonly WeightPrecision[] = ['float32', 'float16', 'bfloat16'];
const mostThreads = 1024;

/** Each cell loads a model, and takes as long as a comparison. */
const mostCells = 64;

/** The axes, those first that change slowest in the list of cells. */
export const axisNames: readonly AxisName[] = ['precision', 'provider', 'optimization', 'threads'];

const readers: { readonly [Axis in AxisName]: (text: string) => MatrixPoint[Axis] } = {
  provider: (text) => oneOf('provider', text, providers),
  optimization: (text) => oneOf('optimization', text, levels),
  threads: threadCount,
  precision: (text) => oneOf('precision', text, precisions),
};

/**
 * Reads `provider=cpu,cuda`, `optimization=disabled,all`, `threads=1,2,4` and
 * `precision=float32,float16,bfloat16`; a text may hold several, apart by blanks or semicolons.
 *
 * @throws MlkitError USAGE for anything else, for what is given twice, and for too many combinations.
 */
export function parseMatrix(texts: readonly string[]): MatrixAxes {
  const axes: { [Axis in AxisName]: MatrixPoint[Axis][] } = {
    provider: [],
    optimization: [],
    threads: [],
    precision: [],
  };
  for (const text of texts.flatMap(parts)) {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(at, 0));
    if (!isAxis(name)) throw unknownAxis(text);
    if (axes[name].length > 0) throw usage(`${name} is given twice`);
    readAxis(axes, name, text.slice(at + 1));
  }
  const cells = combinations(axes, anyPoint).length;
  if (cells > mostCells) {
    throw usage(`these are ${cells} combinations, and at most ${mostCells} are compared at once`);
  }
  return axes;
}

const anyPoint: MatrixPoint = {
  provider: 'cpu',
  optimization: 'all',
  threads: 1,
  precision: 'float32',
};

/**
 * Every combination, that of the first values first.
 *
 * @param rest The values of axes that do not vary.
 */
export function combinations(axes: MatrixAxes, rest: MatrixPoint): MatrixPoint[] {
  let points: MatrixPoint[] = [rest];
  for (const name of axisNames) {
    const values = axes[name].length > 0 ? axes[name] : [rest[name]];
    points = points.flatMap((point) =>
      values.map((value): MatrixPoint => ({ ...point, [name]: value })),
    );
  }
  return points;
}

/** Some settings of a combination in words: `cuda, 4 threads`. */
export function pointText(point: MatrixPoint, names: readonly AxisName[] = axisNames): string {
  const { provider, optimization, threads, precision } = point;
  const words: Readonly<Record<AxisName, string>> = {
    provider,
    optimization: `optimization ${optimization}`,
    threads: threads === 1 ? '1 thread' : `${threads} threads`,
    precision: precision === 'float32' ? 'weights as they are' : `weights in ${precision}`,
  };
  return names.map((name) => words[name]).join(', ');
}

function parts(text: string): string[] {
  return text
    .replaceAll(/\s*([,=])\s*/g, '$1')
    .split(/[\s;]+/)
    .filter((part) => part !== '');
}

function readAxis<Axis extends AxisName>(
  axes: { [Name in Axis]: MatrixPoint[Name][] },
  name: Axis,
  list: string,
): void {
  for (const text of list.split(',')) {
    const value = readers[name](text);
    if (axes[name].includes(value)) throw usage(`${name} has ${value} twice`);
    axes[name].push(value);
  }
}

function isAxis(name: string): name is AxisName {
  return Object.hasOwn(readers, name);
}

function oneOf<Value extends string>(
  axis: AxisName,
  text: string,
  allowed: readonly Value[],
): Value {
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw usage(`${axis} "${text}" is none of ${allowed.join(', ')}`);
}

function threadCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= mostThreads) return count;
  throw usage(`threads "${text}" is no whole number from 1 to ${mostThreads}`);
}

function unknownAxis(text: string): MlkitError {
  return usage(`"${text}" is no axis`, 'Give one as in threads=1,2 or optimization=disabled,all;');
}

function usage(what: string, advice = ''): MlkitError {
  const hint = `${advice} the axes are provider, optimization, threads and precision.`.trim();
  return new MlkitError('USAGE', `--matrix: ${what}`, {
    hint: hint.charAt(0).toUpperCase() + hint.slice(1),
  });
}
