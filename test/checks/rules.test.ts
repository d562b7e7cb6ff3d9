import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Check, checks, ModelFacts, runChecks } from '../../src/checks/index.ts';
import { DataFolder, limits, readModel } from '../../src/onnx/index.ts';
import type { Finding } from '../../src/report/index.ts';
import { root } from '../support/files.ts';
import { foreignBytes } from '../support/protobuf.ts';
import { writeModel } from '../support/write-model.ts';
import { check, checkFile, constantsModel, externalTensor, place } from './check-file.ts';

/** `y = Relu(x)`, with other parts as given. */
function relu(model: Record<string, unknown>, graph: Record<string, unknown> = {}): Uint8Array {
  return foreignBytes('ModelProto', {
    ir_version: 8,
    opset_import: [{ version: 17 }],
    graph: {
      name: 'g',
      input: [{ name: 'x' }],
      node: [{ op_type: 'Relu', input: ['x'], output: ['y'] }],
      output: [{ name: 'y' }],
      ...graph,
    },
    ...model,
  });
}

const nodes = (...names: readonly (readonly [input: string, output: string, name?: string])[]) => ({
  node: names.map(([input, output, name = '']) => ({
    op_type: 'Relu',
    input: [input],
    output: [output],
    name,
  })),
});

const weight = { name: 'w', data_type: 1, dims: [1], raw_data: new Uint8Array(4) };

const external = (entries: Parameters<typeof externalTensor>[2], dataBytes = 16): Finding[] =>
  check(constantsModel(externalTensor('w', 4, entries)), { 'w.bin': new Uint8Array(dataBytes) });

/** For each code, what is found in a model that has just that defect. */
const defective: Readonly<Record<string, () => Finding[]>> = {
  'ir-version-missing': () => check(relu({ ir_version: 0 })),
  'ir-version-newer': () => check(relu({ ir_version: 1000 })),
  'opset-duplicate': () => check(relu({ opset_import: [{ version: 17 }, { version: 17 }] })),
  'opset-newer': () => check(relu({ opset_import: [{ version: 1000 }] })),
  'metadata-duplicate': () =>
    check(
      relu({
        metadata_props: [
          { key: 'k', value: '1' },
          { key: 'k', value: '1' },
        ],
      }),
    ),
  'output-none': () => check(relu({}, { output: [] })),
  'file-too-large': () => {
    const folder = new DataFolder('m');
    const sizeBytes = limits.protobufBytes + 1;
    return runChecks(new ModelFacts({ model: readModel(relu({})), sizeBytes, folder }));
  },
  'value-undefined': () => check(relu({}, nodes(['gone', 'y']))),
  'value-redefined': () => check(relu({}, nodes(['x', 'y'], ['x', 'y']))),
  'output-undefined': () => check(relu({}, { output: [{ name: 'gone' }] })),
  'input-duplicate': () => check(relu({}, { input: [{ name: 'x' }, { name: 'x' }] })),
  'initializer-duplicate': () =>
    check(relu({}, { initializer: [weight, weight], output: [{ name: 'w' }] })),
  'graph-cycle': () => check(relu({}, nodes(['y', 'y']))),
  'function-missing': () => {
    const call = { op_type: 'g', domain: 'l', input: ['x'], output: ['y'] };
    const opset_import = [{ version: 17 }, { domain: 'l', version: 1 }];
    const body = { ...nodes(['a', 'b']), input: ['a'], output: ['b'], opset_import };
    const functions = [{ name: 'f', domain: 'l', ...body }];
    return check(relu({ opset_import, functions }, { node: [call] }));
  },
  'node-order': () => check(relu({}, nodes(['a', 'y'], ['x', 'a']))),
  'node-name-duplicate': () => check(relu({}, nodes(['x', 'a', 'n'], ['a', 'y', 'n']))),
  'opset-missing': () => check(relu({ opset_import: [{ domain: 'com.microsoft', version: 1 }] })),
  'external-missing': () => external(place('gone.bin', 0, 16)),
  'external-path': () => external(place('../w.bin', 0, 16)),
  'external-range': () => external(place('w.bin', 1, 16)),
  'external-overlap': () => {
    const overlapping = [
      externalTensor('v', 4, place('w.bin', 4, 16)),
      externalTensor('w', 4, place('w.bin', 0, 16)),
    ];
    return check(constantsModel(...overlapping), { 'w.bin': new Uint8Array(20) });
  },
  'external-unused-bytes': () => external(place('w.bin', 0, 16), 2 * 1024 * 1024),
  'external-hard-link': () => {
    const model = constantsModel(externalTensor('w', 4, place('w.bin', 0, 16)));
    const file = writeModel(model, { 'w.bin': new Uint8Array(16) });
    fs.linkSync(path.join(file, '..', 'w.bin'), path.join(file, '..', 'twin.bin'));
    return checkFile(file);
  },
  'tensor-type': () => check(constantsModel({ ...weight, data_type: 0 })),
  'tensor-shape': () => check(constantsModel({ ...weight, dims: [-1] })),
  'tensor-size': () => check(constantsModel({ ...weight, dims: [2] })),
  'external-reference': () => external([['offset', 0]]),
  'operator-custom': () => {
    const opsets = [{ version: 17 }, { domain: 'mine', version: 1 }];
    const node = [{ op_type: 'F', domain: 'mine', input: ['x'], output: ['y'] }];
    return check(relu({ opset_import: opsets }, { node }));
  },
  'initializer-unused': () => check(relu({}, { initializer: [weight] })),
  'initializer-input': () =>
    check(
      relu(
        {},
        {
          input: [{ name: 'w' }],
          initializer: [weight],
          node: [{ op_type: 'Relu', input: ['w'], output: ['y'] }],
        },
      ),
    ),
};

/** What cannot be wrong alone. */
const together: ReadonlyMap<string, readonly string[]> = new Map([
  ['graph-cycle', ['error node-order']],
  ['initializer-duplicate', ['warning initializer-unused']],
]);

const codes = checks.flatMap((each) => each.codes.map((code) => [code, each] as const));

describe('the list of checks', () => {
  test('has every file of the folder', async () => {
    const folder = path.join(root, 'src', 'checks', 'rules');
    const files = fs.readdirSync(folder).filter((file) => file !== 'index.ts');
    const exported: Check[] = [];
    for (const file of files) {
      const module = (await import(path.join(folder, file))) as Record<string, Check>;
      exported.push(...Object.values(module));
    }
    expect(files.length).toBeGreaterThan(10);
    expect(exported).toHaveLength(files.length);
    expect(new Set(checks)).toEqual(new Set(exported));
  });

  test('has each code once', () => {
    expect(new Set(codes.map(([code]) => code)).size).toBe(codes.length);
  });

  test('finds nothing in a sound model', () => {
    expect(check(relu({}))).toEqual([]);
  });

  test.each(codes)('%s is found, and nothing else', (code, { severity }) => {
    const findings = defective[code]?.() ?? [];
    const others = together.get(code) ?? [];
    const expected = [...others, `${severity} ${code}`];
    expect(new Set(findings.map((each) => `${each.severity} ${each.code}`))).toEqual(
      new Set(expected),
    );
    for (const { message, fix, spec, runtime, help } of findings) {
      expect(message).not.toBe('');
      expect(fix).toMatch(/\.$/);
      expect(spec).toMatch(/^(error|ok)$/);
      expect(runtime).toMatch(/^(rejects|accepts|fails)$/);
      expect(help).toMatch(/^docs\/findings\.md#/);
    }
  });
});
