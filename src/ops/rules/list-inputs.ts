import type { Call } from '../rule.ts';
import { isConstant } from './contradictions.ts';

/** What comes of an input of another rank than 1, or of nothing; `rejects` and `fails` as of calls. */
type Outcome = 'rejects' | 'fails' | 'nothing';

interface Row {
  readonly ops: readonly string[];
  readonly input: number;
  readonly fromOpset?: number;
  /** By what onnx 1.23 and onnxruntime 1.30 do with one that is constant, and one that is not. */
  readonly constant: Outcome;
  readonly computed: Outcome;
  /** Whether a scalar passes for a list of one. */
  readonly takesScalar?: boolean;
}

const reductions = [
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceMax',
  'ReduceMean',
  'ReduceMin',
  'ReduceProd',
  'ReduceSum',
  'ReduceSumSquare',
];

/** Inputs that list shapes, sizes or axes. The first row that fits counts. */
const rows: readonly Row[] = [
  { ops: ['Reshape'], input: 1, fromOpset: 14, constant: 'fails', computed: 'rejects' },
  { ops: ['Reshape'], input: 1, constant: 'fails', computed: 'fails' },
  { ops: ['Expand'], input: 1, constant: 'nothing', computed: 'rejects' },
  { ops: ['ConstantOfShape'], input: 0, constant: 'nothing', computed: 'rejects' },
  { ops: ['Resize'], input: 3, fromOpset: 13, constant: 'nothing', computed: 'rejects' },
  { ops: ['Tile', 'TopK'], input: 1, constant: 'rejects', computed: 'fails' },
  { ops: ['Squeeze', ...reductions], input: 1, constant: 'fails', computed: 'fails' },
  { ops: ['Unsqueeze'], input: 1, constant: 'fails', computed: 'fails', takesScalar: true },
];

const byOperator = new Map<string, readonly Row[]>();
for (const row of rows) {
  for (const op of row.ops) byOperator.set(op, [...(byOperator.get(op) ?? []), row]);
}

/** A contradiction where an input that lists something is no list. */
export function checkListInput(call: Call): void {
  const { node, opset } = call;
  const row = byOperator
    .get(node.opType)
    ?.find(({ fromOpset = 0 }) => node.domain === '' && opset >= fromOpset);
  const rank = row && call.shape(row.input)?.length;
  if (row === undefined || rank === undefined || rank === 1) return;
  if (rank === 0 && row.takesScalar === true) return;
  const outcome = isConstant(call, row.input) ? row.constant : row.computed;
  const message = `input ${row.input} has rank ${rank}; it must be a list, of rank 1`;
  if (outcome === 'rejects') call.reject(message);
  else if (outcome === 'fails') call.fail(message);
}
