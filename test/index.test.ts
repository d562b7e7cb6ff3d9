import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, expectTypeOf, test } from 'vitest';
import * as mlkit from '../src/index.ts';
import { fixtures, root } from './support/files.ts';

describe('the library', () => {
  test('exports the features, the graph library and the tensors', () => {
    for (const name of [
      'inspectModel',
      'convertModel',
      'quantizeModel',
      'benchmark',
      'validate',
      'openModel',
      'saveModel',
      'buildModel',
      'Graph',
      'Tensor',
      'MlkitError',
    ]) {
      expect(mlkit).toHaveProperty(name);
    }
  });

  test('opens, edits and writes a model in a few lines', async () => {
    const { model, close } = mlkit.openModel(path.join(fixtures, 'models', 'mlp.onnx'));
    for (const { node } of mlkit.walkNodes(model)) node.graph.renameNode(node, `my/${node.name}`);
    const again = mlkit.readModel((await mlkit.encodeModel(model)).toBytes());
    expect(again.graph.nodes.map((node) => node.name)).toEqual(
      model.graph.nodes.map((node) => node.name),
    );
    expect(again.graph.nodes.every((node) => node.name.startsWith('my/'))).toBe(true);
    close();
  });

  test('is typed: dimensions are numbers, names or unknown; parts of a graph are readonly', () => {
    expectTypeOf<mlkit.Dimension>().toEqualTypeOf<number | string | null>();
    expectTypeOf<mlkit.Value['uses']>().toEqualTypeOf<ReadonlySet<mlkit.Use>>();
    expectTypeOf<ReturnType<typeof mlkit.openModel>['model']>().toEqualTypeOf<mlkit.Model>();
    expectTypeOf<mlkit.Tensor['dims']>().toEqualTypeOf<readonly number[]>();
    // @ts-expect-error names are changed through the graph
    const rename = (value: mlkit.Value): string => (value.name = 'x');
    // @ts-expect-error there is no such type
    const type: mlkit.DataType = 'float33';
    expect([typeof rename, type]).toEqual(['function', 'float33']);
  });

  test('loads no runtime when it is imported', () => {
    const script = `await import(${JSON.stringify(path.join(root, 'dist', 'index.js'))});
      const { default: module } = await import('node:module');
      console.log(Object.keys(module._cache ?? {}).some((file) => file.includes('onnxruntime')));`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(out.toString().trim()).toBe('false');
  });
});
