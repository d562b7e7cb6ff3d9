import { describe, expect, test } from 'vitest';
import { document } from '../../../src/report/index.ts';
import { renderText } from '../../../src/report/table.ts';
import type { TracedValue, TraceReport } from '../../../src/trace/index.ts';
import { presentTrace } from '../../../src/validate/pair/present-trace.ts';

function value(fields: Partial<TracedValue>): TracedValue {
  return {
    name: 'v',
    candidate: 'v',
    pairedBy: 'name',
    node: 'MatMul "m"',
    operator: 'MatMul',
    candidateNode: 'MatMul "m"',
    candidateOperator: 'MatMul',
    dtype: 'float32',
    shape: [1, 4],
    maxAbs: 0.5,
    relativeError: 0.1,
    sqnrDb: 20,
    cosine: 0.999,
    classMismatches: 0,
    total: 4,
    inputError: 0.1,
    amplification: 1,
    isOrigin: false,
    isDiverged: false,
    ...fields,
  };
}

const equal = { maxAbs: 0, relativeError: 0, sqnrDb: Infinity, amplification: null };

function report(fields: Partial<TraceReport>): TraceReport {
  return {
    samples: 2,
    values: [],
    unpaired: 0,
    firstDivergence: null,
    sources: [],
    gains: null,
    repro: null,
    warnings: [],
    ...fields,
  };
}

function textOf(given: TraceReport): string {
  const style = { color: (_tone: string, text: string): string => text, width: 80 };
  return renderText(document('trace', presentTrace(given)), style);
}

describe('what a person sees of a trace', () => {
  const named = (at: number): string => `/encoder/layers.${at}/self_attn/out_proj/MatMul`;
  const before = value({
    name: 'before',
    node: 'Relu → "before"',
    operator: 'Relu',
    candidateOperator: 'Relu',
    ...equal,
  });
  const begin = value({ node: `MatMul "${named(0)}"`, amplification: Infinity, isOrigin: true });
  const later = Array.from({ length: 15 }, (_, at) =>
    value({ node: `MatMul "${named(at + 1)}"`, amplification: 1 + at / 10 }),
  );
  const reason = 'what it reads is the same in both; constant "w" differs';
  const full = report({
    values: [value({ node: 'Exp "far"', operator: 'Exp', ...equal }), before, begin, ...later],
    unpaired: 3,
    firstDivergence: { value: begin, reason, isRounding: false },
    sources: [
      {
        cause: 'graph',
        comparison: 'candidate against reference',
        output: 'y',
        maxAbs: 0.5,
        sqnrDb: 20,
      },
      {
        cause: 'candidate-optimizer',
        comparison: 'candidate, optimization all against disabled',
        output: 'y',
        maxAbs: 0,
        sqnrDb: Infinity,
      },
    ],
    gains: {
      output: 'y',
      sqnrDb: 20,
      nodes: [{ node: named(3), operator: 'MatMul', sqnrDb: 26.5, gainDb: 6.5 }],
      suggestion: { nodes: [named(3)], sqnrDb: 26.5, flags: `--exclude ${named(3)}` },
      notes: [],
    },
    repro: {
      candidatePath: 'repro.onnx',
      referencePath: 'repro.reference.onnx',
      inputsPath: 'repro.npz',
      nodes: 2,
      reproduces: true,
      command: 'mlkit validate repro.reference.onnx repro.onnx --inputs repro.npz',
    },
    warnings: ['something was left out'],
  });

  test('the divergence, its neighbours and the largest amplifications, in 80 columns', () => {
    const text = textOf(full);
    // What is to be pasted is one line, however long.
    const isPasted = (line: string): boolean => line.includes('mlkit ');
    for (const line of text.split('\n').filter((each) => !isPasted(each))) {
      expect(line.length, line).toBeLessThanOrEqual(80);
    }
    expect(text).toContain(full.repro?.command);
    const flat = text.replace(/\s+/g, ' ');
    expect(flat).toContain('18 in 2 samples');
    expect(flat).toContain(`the models diverge at MatMul "${named(0)}": ${reason}`);
    expect(flat).toContain('before Relu inf 0 -');
    expect(flat).toContain('MatMul 20 0.1 begins');
    expect(flat).not.toContain('far');
    // Neighbours, and ten of those that differ: the divergence itself and the nine largest.
    expect(flat.match(/MatMul 20 0\.1/g)).toHaveLength(11);
    expect(flat).toContain('candidate-optimizer');
    expect(flat).toContain('mlkit quantize --exclude');
    expect(flat).toContain('repro.onnx has 2 nodes and shows the difference');
    expect(flat).toContain('something was left out');
  });

  test('nothing found, and nothing to look at', () => {
    const same = report({ values: [before] });
    expect(textOf(same)).toContain('every value that was compared is the same');
    expect(textOf(report({}))).toContain('no value of one model could be compared');
    const rounding = { value: begin, reason: 'no more than rounding', isRounding: true };
    const text = textOf(report({ values: [begin], firstDivergence: rounding }));
    expect(text.replace(/\s+/g, ' ')).toContain('differences begin at MatMul');
    expect(text).not.toContain('diverge at');
  });
});
