import type { Command } from 'commander';
import type { Document, ReportBase, ReportExtras } from '../report/index.ts';
import type { Io } from './io.ts';
import type { Progress } from './progress.ts';

/** What a command gets to work with: the command line parsed and checked, and the terminal. */
export interface CommandContext {
  /** The positional arguments. */
  readonly args: readonly string[];
  /** The options by their camel-cased long name; what their parsers in options.ts made of them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly io: Io;
  readonly progress: Progress;
}

/** What a command came to. Nothing is printed by the command itself. */
export interface CommandOutcome extends Pick<ReportExtras, 'testCases' | 'checks'> {
  readonly report: ReportBase;
  /** The report for a person to read; not called when only JSON is asked for. */
  readonly document: () => Document | Promise<Document>;
  /** The process's exit status, one of `exitStatus` in errors.ts. */
  readonly exit: number;
  /** Files to write beside the report; one that fails costs neither the report nor the others. */
  readonly files?: readonly CommandFile[];
}

export interface CommandFile {
  /** As the user gave it. */
  readonly path: string;
  readonly text: () => string | Promise<string>;
}

/** One command: `src/cli/commands/<name>.ts` exports one of these as `command`. */
export interface CommandModule {
  readonly name: string;
  /** One line, as in the list of `mlkit --help`. */
  readonly summary: string;
  /** Declares arguments, options and, with `addHelpText('after', …)`, examples. */
  configure(command: Command): void;
  run(context: CommandContext): Promise<CommandOutcome>;
}

/** A command's row in the table that the root help is made from, before its module is loaded. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: CommandModule }>;
  /** Loads what the command needs when it runs; asked for early, so that nothing waits for it. */
  readonly warm?: () => Promise<unknown>;
}
