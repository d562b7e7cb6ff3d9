import type { ConstantRole } from '../../checks/index.ts';
import { dataTypes } from '../../tensor/index.ts';
import type { Comparison } from './selection.ts';

export type Field =
  | 'op'
  | 'domain'
  | 'name'
  | 'graph'
  | 'kind'
  | 'role'
  | 'dtype'
  | 'shape'
  | 'rank'
  | 'elements'
  | 'bytes'
  | 'inputs'
  | 'outputs'
  | 'attr';

/** `names`: a number, compared with numbers, and names, compared with texts. */
export type FieldKind = 'text' | 'number' | 'shape' | 'names' | 'attribute';

export interface FieldInfo {
  readonly kind: FieldKind;
  /** Its only values, where there are few. */
  readonly words?: readonly string[];
  /** Whether letters match in either case. */
  readonly ignoresCase?: boolean;
  /** Whether its numbers are bytes. */
  readonly isBytes?: boolean;
}

const roles: Readonly<Record<ConstantRole, true>> = {
  parameter: true,
  quantization: true,
  index: true,
  text: true,
  unused: true,
};

/** What nodes and constants can be asked for. */
export const fields: Readonly<Record<Field, FieldInfo>> = {
  op: { kind: 'text', ignoresCase: true },
  domain: { kind: 'text', ignoresCase: true },
  name: { kind: 'text' },
  graph: { kind: 'text' },
  kind: { kind: 'text', words: ['node', 'constant'], ignoresCase: true },
  role: { kind: 'text', words: Object.keys(roles), ignoresCase: true },
  dtype: { kind: 'text', words: Object.keys(dataTypes), ignoresCase: true },
  shape: { kind: 'shape' },
  rank: { kind: 'number' },
  elements: { kind: 'number' },
  bytes: { kind: 'number', isBytes: true },
  inputs: { kind: 'names' },
  outputs: { kind: 'names' },
  attr: { kind: 'attribute' },
};

/** The fields as a message lists them. */
export const fieldNames: readonly string[] = Object.keys(fields).map((name) =>
  name === 'attr' ? 'attr.NAME' : name,
);

const equality: readonly Comparison[] = ['=', '!=', 'in'];
const order: readonly Comparison[] = ['<', '<=', '>', '>='];
const pattern: readonly Comparison[] = ['~', '!~'];

/** The comparisons that make sense for each kind of field. */
export const comparisons: Readonly<Record<FieldKind, readonly Comparison[]>> = {
  text: [...equality, ...pattern],
  number: [...equality, ...order],
  shape: equality,
  names: [...equality, ...order, ...pattern],
  attribute: [...equality, ...order, ...pattern],
};

/** Other names of fields, as other tools have them. */
const otherFields: Readonly<Record<string, Field>> = {
  op_type: 'op',
  optype: 'op',
  operator: 'op',
  type: 'dtype',
  datatype: 'dtype',
  size: 'bytes',
  numel: 'elements',
  params: 'elements',
  dims: 'shape',
  input: 'inputs',
  output: 'outputs',
  attribute: 'attr',
};

/** Other names of element types. */
const otherTypes: Readonly<Record<string, string>> = {
  float: 'float32',
  fp32: 'float32',
  f32: 'float32',
  half: 'float16',
  fp16: 'float16',
  f16: 'float16',
  bf16: 'bfloat16',
  double: 'float64',
  fp64: 'float64',
  f64: 'float64',
  i8: 'int8',
  u8: 'uint8',
  i32: 'int32',
  i64: 'int64',
  boolean: 'bool',
};

/** The field that is meant by a name which is none, if that can be told. */
export function suggestField(name: string): string | null {
  const lower = name.toLowerCase();
  if (Object.hasOwn(otherFields, lower)) return otherFields[lower] ?? null;
  return nearestName(name, Object.keys(fields));
}

/** mlkit's name for an element type. */
export function canonicalType(text: string): string {
  const lower = text.toLowerCase();
  return (Object.hasOwn(otherTypes, lower) ? otherTypes[lower] : undefined) ?? lower;
}

/** The name that takes the fewest changes to get to, if that is at most a third of its letters. */
export function nearestName(name: string, names: readonly string[]): string | null {
  const wanted = name.toLowerCase().slice(0, mostLetters);
  let best: { readonly name: string; readonly changes: number } | null = null;
  for (const each of names) {
    const changes = changesBetween(wanted, each.toLowerCase());
    if (best === null || changes < best.changes) best = { name: each, changes };
  }
  if (best === null) return null;
  return best.changes <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : null;
}

/** Longer texts are no names of fields. */
const mostLetters = 64;

/**
 * Letters put in, left out, replaced, or exchanged with their neighbours, to make one text of the
 * other (optimal string alignment distance).
 */
function changesBetween(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= a.length; row += 1) {
    rows.push([row]);
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isExchanged = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const changes = [
        at(row - 1, column - 1) + (isSame ? 0 : 1),
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        ...(row > 1 && column > 1 && isExchanged ? [at(row - 2, column - 2) + 1] : []),
      ];
      rows[row]?.push(Math.min(...changes));
    }
  }
  return at(a.length, b.length);
}
