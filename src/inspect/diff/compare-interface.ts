import {
  formatShape,
  formatType,
  type Shape,
  type Value,
  type ValueType,
} from '../../graph/index.ts';
import type { InterfacePair, PairedInterface, Pairing, Side } from '../../matching/index.ts';
import type { Differences } from './findings.ts';
import type { InterfaceChange } from './report.ts';

/** The inputs and outputs of two models, as callers see them. */
export function compareInterface(
  inputs: PairedInterface,
  outputs: PairedInterface,
  found: Differences,
): void {
  const symbols = renamedSymbols([...inputs.pairs, ...outputs.pairs]);
  compareSlots(inputs, symbols, found.inputs);
  compareSlots(outputs, symbols, found.outputs);
  for (const [before, after] of symbols) {
    if (before !== after) found.renamed.push({ what: 'dimension', graph: 'main', before, after });
  }
}

function compareSlots(
  { pairs, removed, added }: PairedInterface,
  symbols: ReadonlyMap<string, string>,
  changes: InterfaceChange[],
): void {
  // The order of those that both have; what is added or removed in between does not change it.
  const places = new Map(
    pairs.toSorted((a, b) => a.afterIndex - b.afterIndex).map((pair, place) => [pair, place]),
  );
  for (const [place, pair] of pairs.entries()) {
    const { name } = pair.before;
    if (places.get(pair) !== place) {
      const [before, after] = [String(pair.beforeIndex), String(pair.afterIndex)];
      changes.push({ name, what: 'position', before, after });
    }
    const before = pair.before.type;
    const after = pair.after.type;
    if (formatType(withSymbols(before, symbols)) === formatType(after)) continue;
    const isShape = shapeOf(before) !== undefined && shapeless(before) === shapeless(after);
    changes.push({
      name,
      what: isShape ? 'shape' : 'type',
      before: isShape ? shapeText(before) : formatType(before),
      after: isShape ? shapeText(after) : formatType(after),
    });
  }
  for (const { name, type } of removed) {
    changes.push({ name, what: 'removed', before: formatType(type), after: null });
  }
  for (const { name, type } of added) {
    changes.push({ name, what: 'added', before: null, after: formatType(type) });
  }
}

/** Undefined: the type has no shape. */
function shapeOf(type: ValueType | null): Shape | null | undefined {
  return type?.kind === 'tensor' || type?.kind === 'sparse-tensor' ? type.shape : undefined;
}

function shapeText(type: ValueType | null): string {
  return formatShape(shapeOf(type) ?? null) || '?';
}

function shapeless(type: ValueType | null): string {
  if (type?.kind !== 'tensor' && type?.kind !== 'sparse-tensor') return formatType(type);
  return formatType({ ...type, shape: null });
}

/**
 * What symbolic sizes are called in the second model, if that is nothing but other names: each has
 * one there, and no two share one. Else nothing.
 */
function renamedSymbols(pairs: readonly InterfacePair[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { before, after } of pairs) {
    const left = shapeOf(before.type);
    const right = shapeOf(after.type);
    if (!left || left.length !== right?.length) continue;
    for (const [axis, size] of left.entries()) {
      const other = right[axis];
      if (typeof size !== 'string' || typeof other !== 'string') continue;
      if ((names.get(size) ?? other) !== other) return new Map();
      names.set(size, other);
    }
  }
  return new Set(names.values()).size === names.size ? names : new Map();
}

function withSymbols(
  type: ValueType | null,
  symbols: ReadonlyMap<string, string>,
): ValueType | null {
  if (type?.kind !== 'tensor' && type?.kind !== 'sparse-tensor') return type;
  const shape = type.shape?.map((size) =>
    typeof size === 'string' ? (symbols.get(size) ?? size) : size,
  );
  return { ...type, shape: shape ?? null };
}

/** Constants that callers may override in one model only. To be called when constants are paired. */
export function compareDefaults(
  before: Side,
  after: Side,
  pairing: Pairing,
  changes: InterfaceChange[],
): void {
  const [left, right] = [defaultsOf(before), defaultsOf(after)];
  for (const value of left) {
    const other = pairing.value(value);
    if (other !== undefined && right.has(other)) continue;
    const texts = { before: 'may be overridden', after: other ? 'is fixed' : null };
    changes.push({ name: value.name, what: 'default', ...texts });
  }
  for (const value of right) {
    const other = pairing.value(value);
    if (other !== undefined && left.has(other)) continue;
    const texts = { before: other ? 'is fixed' : null, after: 'may be overridden' };
    changes.push({ name: value.name, what: 'default', ...texts });
  }
}

/** Before IR 4 every constant was listed among the inputs, and runtimes took it for fixed. */
function defaultsOf({ model }: Side): ReadonlySet<Value> {
  if (model.irVersion < 4) return new Set();
  return new Set(
    model.graph.inputs.filter(
      (each) => each.initializer !== null || each.sparseInitializer !== null,
    ),
  );
}
