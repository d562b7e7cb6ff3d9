// The main job from end to end, on the small trained models that come with the project:
//   npm run demo
// Each command is printed before it runs, and runs as a user would type it.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const mlkit = path.join(root, 'bin', 'mlkit.js');
const digits = path.join('fixtures', 'digits');
const model = path.join(digits, 'digits-vit-torchscript-opset13.onnx');
const data = path.join(digits, 'eval.npz');
const quantized = path.join('.demo', 'digits-vit-int8.onnx');

fs.mkdirSync(path.join(root, '.demo'), { recursive: true });

/** Runs one command; its exit status must be 0. */
function run(...args) {
  process.stdout.write(`\n$ mlkit ${args.join(' ')}\n`);
  const { status, error } = spawnSync(process.execPath, [mlkit, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error) throw error;
  if (status !== 0) {
    process.stdout.write(`exit status ${status}\n`);
    process.exitCode = 1;
  }
}

run('inspect', model);
run('quantize', model, '-o', quantized, '--inputs', path.join(digits, 'calib.npz'));
run('validate', model, quantized, '--inputs', data, '--labels', 'labels', '--max-drop', '0.5%');
run('benchmark', quantized, '--baseline', model, '--batch', '1,8', '--max-time', '20s');
