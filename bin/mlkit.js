#!/usr/bin/env node
// Plain JavaScript that any Node can parse, so that an old one gets a sentence and not a stack.
import { existsSync } from 'node:fs';

const oldest = [20, 19];
const built = new URL('../dist/bundle/process.js', import.meta.url);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  process.stderr.write(
    `error: mlkit needs Node.js ${oldest.join('.')} or newer; this is ${process.versions.node}\n` +
      'hint: Install a current Node.js from https://nodejs.org.\n',
  );
  process.exitCode = 3;
} else if (existsSync(built)) {
  const { runProcess } = await import(built.href);
  await runProcess();
} else {
  process.stderr.write(
    'error: mlkit is not built: dist/ is missing\n' +
      'hint: In a checkout, run npm run build; otherwise install the package again.\n',
  );
  process.exitCode = 3;
}
