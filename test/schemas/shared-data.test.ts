import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  allowedTypes,
  cpuKernelTypes,
  type FormalParameter,
  findSchema,
  hasCpuKernel,
  onnxReleases,
  operatorsOf,
  type SchemaAttribute,
  schemaVersions,
} from '../../src/schemas/index.ts';
import { shared } from '../support/files.ts';

/*
 * Lists of the same facts that were made by other programs than bench/generate-operators.py.
 */

interface ListedParameter {
  readonly name: string;
  readonly type: string;
  readonly option?: 'optional' | 'variadic';
  readonly heterogeneous?: boolean;
}

interface ListedVersion {
  readonly since: number;
  readonly inputs: readonly ListedParameter[];
  readonly outputs: readonly ListedParameter[];
  readonly arity: readonly [number, number, number, number];
  readonly types: Readonly<Record<string, readonly string[]>>;
  readonly attributes: Readonly<
    Record<
      string,
      { readonly type: string; readonly required?: boolean; readonly default?: unknown }
    >
  >;
  readonly function?: boolean;
  readonly deprecated?: boolean;
}

type ListedOperators = Readonly<Record<string, readonly ListedVersion[]>>;

interface ListedKernel {
  readonly since: number;
  readonly until: number | null;
  readonly types: Readonly<Record<string, readonly string[]>>;
}

const folder = path.join(shared, 'data');

function read(name: string): unknown {
  return JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
}

/** `seq(tensor(float))` in mlkit's words. */
function typeText(text: string): string {
  return text
    .replaceAll('sparse_tensor(', 'sparse(')
    .replace(/(?<![a-z])tensor\((\w+)\)/g, '$1')
    .replace(/\b(float|double)\b/g, (name) => (name === 'float' ? 'float32' : 'float64'))
    .replace(/, ?/, ', ');
}

const attributeTypes: Readonly<Record<string, string>> = { TYPE_PROTO: 'type' };

function listedParameter(each: ListedParameter): FormalParameter {
  return {
    name: each.name,
    type: typeText(each.type),
    option: each.option ?? 'single',
    isHomogeneous: each.heterogeneous !== true,
  };
}

/** The list of com.microsoft does not say whether the values may differ. */
function plain(list: readonly FormalParameter[], isComplete: boolean): readonly FormalParameter[] {
  return isComplete ? list : list.map((each) => ({ ...each, isHomogeneous: true }));
}

function attributeFacts(each: SchemaAttribute): object {
  return { type: each.type, isRequired: each.isRequired };
}

function compare(domain: string, name: string, listed: ListedVersion, isComplete: boolean): void {
  const where = `${domain}:${name}-${listed.since}`;
  const schema = findSchema(domain, name, listed.since);
  if (schema === null) throw new Error(`${where} is missing`);
  const unbounded = (count: number): number => (count > 1e9 ? Number.POSITIVE_INFINITY : count);
  expect(schema.since, where).toBe(listed.since);
  expect(schema.isDeprecated, where).toBe(listed.deprecated === true);
  expect(plain(schema.inputs, isComplete), where).toEqual(listed.inputs.map(listedParameter));
  expect(plain(schema.outputs, isComplete), where).toEqual(listed.outputs.map(listedParameter));
  expect([schema.minInputs, schema.maxInputs, schema.minOutputs, schema.maxOutputs], where).toEqual(
    listed.arity.map(unbounded),
  );
  expect(Object.fromEntries(schema.typeConstraints), where).toEqual(
    Object.fromEntries(
      Object.entries(listed.types).map(([key, types]) => [key, new Set(types.map(typeText))]),
    ),
  );
  expect(
    Object.fromEntries([...schema.attributes].map(([key, each]) => [key, attributeFacts(each)])),
    where,
  ).toEqual(
    Object.fromEntries(
      Object.entries(listed.attributes).map(([key, each]) => [
        key,
        {
          type: attributeTypes[each.type] ?? each.type.toLowerCase().replace('_', '-'),
          isRequired: each.required === true,
        },
      ]),
    ),
  );
  if (!isComplete) return;
  expect(schema.isFunction, where).toBe(listed.function === true);
  for (const [key, each] of Object.entries(listed.attributes)) {
    const wanted = typeof each.default === 'number' && each.type === 'FLOAT';
    expect(schema.attributes.get(key)?.default, `${where} ${key}`).toEqual(
      wanted ? Math.fround(each.default) : each.default,
    );
  }
}

describe.skipIf(!fs.existsSync(folder))('lists made otherwise agree', () => {
  test('about every version of the operators of ONNX', () => {
    const { operators } = read('onnx-operators.json') as {
      operators: Readonly<Record<string, ListedOperators>>;
    };
    for (const [domain, table] of Object.entries(operators)) {
      expect(operatorsOf(domain)).toEqual(Object.keys(table).toSorted());
      for (const [name, versions] of Object.entries(table)) {
        expect(schemaVersions(domain, name)).toEqual(versions.map((each) => each.since));
        for (const version of versions) compare(domain, name, version, true);
      }
    }
  });

  test('about the operators of com.microsoft', () => {
    const { operators } = read('onnxruntime-contrib-operators.json') as {
      operators: ListedOperators;
    };
    expect(operatorsOf('com.microsoft')).toEqual(Object.keys(operators).toSorted());
    for (const [name, versions] of Object.entries(operators)) {
      for (const version of versions) compare('com.microsoft', name, version, false);
    }
  });

  test('about the releases of ONNX', () => {
    const { ir_versions: listed } = read('onnx-operators.json') as {
      ir_versions: readonly {
        release: string;
        ir: number;
        'ai.onnx': number;
        'ai.onnx.ml': number;
      }[];
    };
    expect(onnxReleases).toEqual(
      listed.map((each) => ({
        release: each.release,
        irVersion: each.ir,
        opsets: { '': each['ai.onnx'], 'ai.onnx.ml': each['ai.onnx.ml'] },
      })),
    );
  });

  test('about the kernels of the CPU provider', () => {
    const { kernels } = read('onnxruntime-cpu-kernels.json') as {
      kernels: Readonly<Record<string, Readonly<Record<string, readonly ListedKernel[]>>>>;
    };
    let checked = 0;
    for (const domain of ['', 'ai.onnx.ml', 'com.microsoft']) {
      const table = kernels[domain === '' ? 'ai.onnx' : domain] ?? {};
      for (const [name, list] of Object.entries(table)) {
        for (const kernel of list) {
          const schema = findSchema(domain, name, kernel.since);
          // Affine and its like have kernels and no schema; some start before the runtime's schema.
          if (schema === null || schema.since !== kernel.since || !schema.isInRuntime) continue;
          const isNamed = (key: string): boolean => schema.typeConstraints.has(key);
          const entries = Object.entries(kernel.types).filter(([key]) => isNamed(key));
          for (const [key, types] of entries) {
            for (const type of types.map(typeText)) {
              const bound = new Map(entries.map(([each, own]) => [each, typeText(own[0] ?? '')]));
              bound.set(key, type);
              const answer = hasCpuKernel(schema, schema.since, bound);
              expect(`${name}-${schema.since} ${key}=${type} ${answer}`).toMatch(/ yes$/);
              checked += 1;
            }
          }
          for (const parameter of [...schema.inputs, ...schema.outputs]) {
            const types = kernel.types[parameter.type];
            if (types === undefined) continue;
            const allowed = allowedTypes(schema, parameter);
            const known = cpuKernelTypes(schema, schema.since, parameter);
            for (const type of types.map(typeText)) expect(known.has(type)).toBe(allowed.has(type));
          }
        }
      }
    }
    expect(checked).toBeGreaterThan(4000);
  });
});
