import type { CommandEntry } from './command.ts';

/** The help of `mlkit` itself. Made by hand from a light table, so that it loads no command. */
export function rootHelp(table: readonly CommandEntry[]): string {
  const width = Math.max(...table.map((entry) => entry.name.length));
  const commands = table.map((entry) => `  ${entry.name.padEnd(width)}  ${entry.summary}`);
  return `mlkit: take an ONNX model from export to release. No Python.

Usage: mlkit <command> <model> [options]

Commands:
${commands.join('\n')}

Options of every command:
  --json           one JSON document on stdout, and nothing else there
  --report <file>  also write the report: .json, .md, .html, .xml (JUnit), .sarif
  -q, --quiet      no progress, no notes
  -v, --verbose    tell each step on stderr
  --help           the options of one command: mlkit help <command>
  --version        print the version

Exit status: 0 done, 1 the answer is no, 2 wrong usage, 3 a problem with input, model or
platform, 4 inconclusive, 70 a defect of mlkit, 130 interrupted.
`;
}
