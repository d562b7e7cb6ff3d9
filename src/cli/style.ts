import type { TextStyle, Tone } from '../report/index.ts';
import type { Io } from './io.ts';

/**
 * Whether stdout gets colours: not with --no-color, NO_COLOR or a dumb terminal; with FORCE_COLOR
 * anywhere; else if it is a terminal. Source: https://no-color.org, https://force-color.org
 */
function wantsColor(io: Io, colorOption: boolean): boolean {
  if (refusesColor(io, colorOption)) return false;
  const force = io.env['FORCE_COLOR'];
  if (isSet(force)) return force !== '0' && force !== 'false';
  return io.isTty && io.env['TERM'] !== 'dumb';
}

/** Whether no stream may get colours. */
export function refusesColor(io: Io, colorOption: boolean): boolean {
  return !colorOption || isSet(io.env['NO_COLOR']);
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

/** How text is to look on stdout. */
export async function stdoutStyle(io: Io, colorOption: boolean): Promise<TextStyle> {
  const width = io.isTty ? io.columns : null;
  if (!wantsColor(io, colorOption)) return { color: (_tone, text) => text, width };
  const { Chalk } = await import('chalk');
  // The sixteen basic colours follow the theme that the user has chosen for the terminal.
  const chalk = new Chalk({ level: 1 });
  const tones: Readonly<Record<Tone, (text: string) => string>> = {
    good: chalk.green,
    bad: chalk.red,
    warn: chalk.yellow,
    dim: chalk.dim,
    strong: chalk.bold,
  };
  return { color: (tone, text) => tones[tone](text), width };
}
