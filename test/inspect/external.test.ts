import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import {
  type InspectConfig,
  type InspectReport,
  inspectModel,
  presentInspection,
} from '../../src/inspect/index.ts';
import { openModel } from '../../src/onnx/index.ts';
import { cellText } from '../../src/report/document.ts';
import { foreignBytes } from '../support/protobuf.ts';
import { writeModel } from '../support/write-model.ts';
import { codesOf, inspectFile, plainConfig } from './inspect-file.ts';

type Entries = Readonly<Record<string, string | number>>;

interface Weight {
  readonly name: string;
  readonly count: number;
  readonly entries: Entries;
}

/** A model of float32 constants in data files, written by another library. */
function modelBytes(
  weights: readonly Weight[],
  more: readonly { readonly key: string; readonly value: string }[] = [],
): Uint8Array {
  const size = { dim_value: weights.reduce((sum, each) => sum + each.count, 0) };
  return foreignBytes('ModelProto', {
    ir_version: 8,
    opset_import: [{ version: 17 }],
    graph: {
      name: 'g',
      node: [
        {
          op_type: 'Concat',
          input: weights.map((each) => each.name),
          output: ['y'],
          attribute: [{ name: 'axis', type: 2, i: 0 }],
        },
      ],
      initializer: weights.map(({ name, count, entries }) => ({
        name,
        data_type: 1,
        dims: [count],
        data_location: 1,
        external_data: [
          ...Object.entries(entries).map(([key, value]) => ({ key, value: `${value}` })),
          ...more,
        ],
      })),
      output: [{ name: 'y', type: { tensor_type: { elem_type: 1, shape: { dim: [size] } } } }],
    },
  });
}

async function inspect(
  weights: readonly Weight[],
  dataFiles: Readonly<Record<string, Uint8Array>>,
  config: Partial<InspectConfig> = {},
): Promise<InspectReport> {
  return inspectFile(writeModel(modelBytes(weights), dataFiles), config);
}

const place = (location: string, offset: number, length: number): Entries => ({
  location,
  offset,
  length,
});

describe('the map of data files', () => {
  test('says what lies where, and what is left', async () => {
    const weights = [
      { name: 'b', count: 2, entries: place('w.bin', 64, 8) },
      { name: 'a', count: 4, entries: place('w.bin', 0, 16) },
      { name: 'tied', count: 4, entries: place('w.bin', 0, 16) },
      { name: 'other', count: 1, entries: place('v.bin', 0, 4) },
    ];
    const data = { 'w.bin': new Uint8Array(100), 'v.bin': new Uint8Array(4) };
    const report = await inspect(weights, data, { external: true, tensors: true });
    expect(report.externalFiles).toMatchObject([
      { location: 'v.bin', sizeBytes: 4, tensors: 1, usedBytes: 4, unusedBytes: 0 },
      {
        location: 'w.bin',
        sizeBytes: 100,
        tensors: 3,
        usedBytes: 24,
        unusedBytes: 76,
        overlapBytes: 0,
        spans: [
          { tensor: 'a', offset: 0, bytes: 16 },
          { tensor: 'tied', offset: 0, bytes: 16 },
          { tensor: 'b', offset: 64, bytes: 8 },
        ],
      },
    ]);
    expect(report.findings).toEqual([]);
    // Tied constants are one: 4 + 2 + 1 elements.
    expect(report).toMatchObject({ parameters: 7, parameterBytes: 28 });
    expect(report.tensors?.find((each) => each.name === 'tied')).toMatchObject({ sameAs: 'a' });
    const { sizeBytes, dataBytes, totalBytes } = report.model;
    expect([dataBytes, totalBytes]).toEqual([104, sizeBytes + 104]);
  });

  test('counts bytes that two constants claim', async () => {
    const weights = [
      { name: 'a', count: 4, entries: place('w.bin', 0, 16) },
      { name: 'b', count: 4, entries: place('w.bin', 8, 16) },
      { name: 'c', count: 1, entries: place('w.bin', 12, 4) },
    ];
    const report = await inspect(weights, { 'w.bin': new Uint8Array(24) });
    // Bytes 8 to 16 by b, and 12 to 16 once more by c.
    expect(report.externalFiles).toMatchObject([
      { usedBytes: 24, unusedBytes: 0, overlapBytes: 12 },
    ]);
    expect(codesOf(report)).toEqual(['external-overlap']);
  });

  test('counts large constants that no page begins with, and maps what is unused', async () => {
    const mebi = 1024 * 1024;
    const weights = [
      { name: 'a', count: 4, entries: place('w.bin', 16, 16) },
      { name: 'b', count: mebi / 4, entries: place('w.bin', 32, mebi) },
      { name: 'c', count: mebi / 4, entries: place('w.bin', 2 * mebi, mebi) },
    ];
    const data = { 'w.bin': new Uint8Array(3 * mebi) };
    const report = await inspect(weights, data, { external: true });
    expect(report.externalFiles).toMatchObject([
      { unalignedBytes: mebi, unusedBytes: mebi - 16, overlapBytes: 0 },
    ]);
    const map = presentInspection(report).blocks.findLast((each) => each.kind === 'table');
    expect(map?.rows.map((row) => row.map(cellText))).toEqual([
      ['0', '16', 'unused'],
      ['16', '16', 'a'],
      ['32', '1,048,576', 'b'],
      ['1,048,608', '1,048,544', 'unused'],
      ['2,097,152', '1,048,576', 'c'],
    ]);
  });
});

describe('data files that cannot be used', () => {
  const weight = (entries: Entries): Weight[] => [{ name: 'w', count: 4, entries }];
  const bytes = { 'w.bin': new Uint8Array(16) };

  test('missing: once for all constants in it, and everything else is said', async () => {
    const weights = [
      { name: 'a', count: 4, entries: place('gone.bin', 0, 16) },
      { name: 'b', count: 4, entries: place('gone.bin', 16, 16) },
    ];
    const report = await inspect(weights, {}, { stats: true, check: true });
    expect(codesOf(report)).toEqual(['external-missing']);
    expect(report.findings[0]?.message).toContain('2 constants lie there');
    expect(report.externalFiles).toMatchObject([
      { location: 'gone.bin', sizeBytes: null, unusedBytes: null, usedBytes: 32, tensors: 2 },
    ]);
    expect(report.externalFiles[0]?.problem).toContain('missing');
    expect(report).toMatchObject({ parameters: 8, verdict: 'fail', check: { spec: 'invalid' } });
    expect(report.tensors?.map((each) => each.stats)).toEqual([null, null]);
  });

  test.each([
    ['outside the folder', place('../w.bin', 0, 16)],
    ['beyond the end', place('w.bin', 4, 16)],
    ['shorter than the shape', place('w.bin', 0, 8)],
    ['a negative offset', { location: 'w.bin', offset: -4, length: 16 }],
    ['no location', { offset: 0, length: 16 }],
  ])('what cannot be read is told once: %s', async (_, entries) => {
    const report = await inspect(weight(entries), bytes, { check: true, stats: true });
    const errors = report.findings.filter((each) => each.severity === 'error');
    expect(errors).toHaveLength(1);
    expect(report.verdict).toBe('fail');
    expect(report.parameters).toBe(4);
    expect(report.tensors?.[0]?.stats).toBeNull();
  });

  test('a key that is given twice is told once, with and without reading', async () => {
    const twice = modelBytes(weight(place('w.bin', 0, 16)), [{ key: 'offset', value: '0' }]);
    for (const stats of [false, true]) {
      const report = await inspectFile(writeModel(twice, bytes), { stats });
      expect(report.findings).toMatchObject([{ code: 'external-reference', at: { value: 'w' } }]);
      expect(report.findings[0]?.message).toContain('"offset" twice');
    }
  });

  test('hard links are remarked on, and read', async () => {
    const report = await inspectFile(hardLinked(), { stats: true });
    expect(report.findings).toMatchObject([{ code: 'external-hard-link', severity: 'warning' }]);
    expect(report.tensors?.[0]?.stats).toMatchObject({ zeros: 4 });
  });

  test('values that cannot be read for another reason are told beside remarks', async () => {
    const file = hardLinked();
    const open = openModel(file);
    try {
      // Past the checks, the file is cut off while it is read.
      vi.spyOn(fs, 'readSync').mockImplementation(() => 0);
      const report = await inspectModel(open, { ...plainConfig, check: true, stats: true });
      expect(codesOf(report)).toEqual(['external-hard-link', 'values-unreadable']);
      expect(report).toMatchObject({ verdict: 'fail', check: { spec: 'valid' } });
    } finally {
      vi.restoreAllMocks();
      open.close();
    }
  });

  function hardLinked(): string {
    const file = writeModel(modelBytes(weight(place('w.bin', 0, 16))), bytes);
    const folder = path.dirname(file);
    fs.linkSync(path.join(folder, 'w.bin'), path.join(folder, 'twin.bin'));
    return file;
  }
});
