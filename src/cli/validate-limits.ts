import type { Command } from 'commander';
import { MlkitError } from '../errors.ts';
import type { LimitName, OutputValue, ToleranceOverrides } from '../parity/index.ts';
import { parseNumber, parsePercent, type Range } from './parse.ts';

interface Limit {
  readonly flag: string;
  readonly option: string;
  readonly key: LimitName;
  readonly help: string;
  readonly parse: (flag: string, text: string) => number;
}

const isShare: Partial<Range> = { min: 0, max: 1 };

const limits: readonly Limit[] = [
  {
    flag: '--atol',
    option: 'atol',
    key: 'atol',
    help: 'allowed difference, absolute',
    parse: (flag, text) => parseNumber(flag, text, { min: 0 }),
  },
  {
    flag: '--rtol',
    option: 'rtol',
    key: 'rtol',
    help: 'allowed difference, relative to the reference',
    parse: (flag, text) => parseNumber(flag, text, { min: 0 }),
  },
  {
    flag: '--min-sqnr',
    option: 'minSqnr',
    key: 'minSqnrDb',
    help: 'least signal to noise ratio in dB',
    parse: (flag, text) => parseNumber(flag, text),
  },
  {
    flag: '--min-cosine',
    option: 'minCosine',
    key: 'minCosine',
    help: 'least cosine similarity',
    parse: (flag, text) => parseNumber(flag, text, { min: -1, max: 1 }),
  },
  {
    flag: '--min-top1',
    option: 'minTop1',
    key: 'minTop1',
    help: 'least share of rows with the same greatest class: 0.99 or 99%',
    parse: (flag, text) =>
      text.endsWith('%') ? parsePercent(flag, text) / 100 : parseNumber(flag, text, isShare),
  },
  {
    flag: '--max-kl',
    option: 'maxKl',
    key: 'maxKl',
    help: 'greatest mean KL divergence in nats',
    parse: (flag, text) => parseNumber(flag, text, { min: 0 }),
  },
];

/** `--atol`, `--rtol` and the other limits on outputs, each for all of them or for some by name. */
export function limitOptions(program: Command): void {
  for (const limit of limits) {
    program.option(
      `${limit.flag} <[name:]value>`,
      limit.help,
      (text, before: readonly OutputValue[] | undefined) => {
        const previous = before ?? [];
        const value = outputValue(limit, text);
        if (previous.some(({ output }) => output === value.output)) {
          const what = value.output === '*' ? 'all outputs' : `"${value.output}"`;
          throw new MlkitError('USAGE', `${limit.flag} is given twice for ${what}`);
        }
        return [...previous, value];
      },
    );
  }
}

/** `1e-3`, or `NAME:1e-3`; names may hold colons themselves. */
function outputValue({ flag, parse }: Limit, text: string): OutputValue {
  const at = text.lastIndexOf(':');
  if (at < 0) return { output: '*', value: parse(flag, text) };
  const output = text.slice(0, at);
  if (output === '') throw new MlkitError('USAGE', `${flag} ${text}: there is no name before ":"`);
  return { output, value: parse(`${flag} ${output}`, text.slice(at + 1)) };
}

/** The values of {@link limitOptions} and of `--strict-nan`. */
export function overridesOf(options: Readonly<Record<string, unknown>>): ToleranceOverrides {
  const given = limits.flatMap(({ option, key }) => {
    const values = options[option];
    return values === undefined ? [] : [[key, values] as const];
  });
  const strictNan = options['strictNan'] === true ? { strictNan: true } : {};
  return { ...(Object.fromEntries(given) as ToleranceOverrides), ...strictNan };
}
