import { MlkitError } from '../errors.ts';
import { type GraphVisit, type Model, type Value, walkGraphs } from '../graph/index.ts';
import type { Change, Pass } from './pass.ts';

export interface RenameSettings {
  /** New names of values by their names so far. All at once: two values can swap their names. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Renames inputs, outputs and any other values, wherever they are read, subgraphs included.
 *
 * Throws MlkitError USAGE for a value that is not there or is in several graphs, and for a name that
 * another value has.
 */
export const rename: Pass<RenameSettings> = {
  name: 'rename',
  summary: 'renames inputs, outputs and other values',
  run(model, { names }) {
    const wanted = [...names].filter(([from, to]) => from !== to);
    const values = wanted.map(([from, to]) => ({ value: find(model, from), from, to }));
    checkTargets(model, values);
    // First out of the way, so that names can be swapped and passed on.
    const sources = new Set(values.map(({ from }) => from));
    for (const { value, to } of values) {
      const isInTheWay = values.some((other) => other.to === value.name && other.value !== value);
      if (isInTheWay) value.graph.renameValue(value, model.names.allocate(`${to}_renamed`));
    }
    return values.map(({ value, from, to }): Change => {
      value.graph.renameValue(value, to);
      const swapped = sources.has(to) ? ', a name that is free now' : '';
      return {
        pass: rename.name,
        node: null,
        action: 'rewritten',
        reason: `${roleOf(value)} "${from}" is "${to}"${swapped}`,
      };
    });
  },
};

/** The value of that name: the main graph's, else the only one in the other graphs. */
function find(model: Model, name: string): Value {
  const own = model.graph.value(name);
  if (own !== undefined) return own;
  const found: { value: Value; path: string }[] = [];
  for (const { graph, path } of walkGraphs(model)) {
    const value = graph.value(name);
    if (value !== undefined) found.push({ value, path });
  }
  const [only, second] = found;
  if (only === undefined) throw unknownValue(model, name);
  if (second === undefined) return only.value;
  throw new MlkitError(
    'USAGE',
    `--rename ${name}: ${found.length} graphs have a value of that name, ${only.path} and ${second.path} among them`,
  );
}

function checkTargets(
  model: Model,
  values: readonly { readonly value: Value; readonly from: string; readonly to: string }[],
): void {
  const renamed = new Set(values.map(({ value }) => value));
  const targets = new Map<string, string>();
  const graphs: GraphVisit[] = values.length === 0 ? [] : [...walkGraphs(model)];
  for (const { from, to } of values) {
    const flag = `--rename ${from}=${to}`;
    const rival = targets.get(to);
    if (rival !== undefined) {
      throw new MlkitError('USAGE', `${flag}: "${rival}" is to be renamed to "${to}" too`);
    }
    targets.set(to, from);
    for (const { graph, path } of graphs) {
      const holder = graph.value(to);
      if (holder === undefined || renamed.has(holder)) continue;
      throw new MlkitError('USAGE', `${flag}: ${path} has a value "${to}" already`, {
        hint: `Choose another name, or rename that one too with --rename ${to}=….`,
      });
    }
  }
}

function unknownValue(model: Model, name: string): MlkitError {
  const { graph } = model;
  const list = (values: readonly Value[]): string => {
    const shown = values.slice(0, 20).map((value) => `"${value.name}"`);
    return `${shown.join(', ')}${values.length > shown.length ? ', …' : ''}`;
  };
  return new MlkitError('USAGE', `--rename ${name}: the model has no value "${name}"`, {
    hint: `Its inputs are ${list(graph.inputs.filter((value) => value.initializer === null))}; its outputs are ${list(graph.outputs)}.`,
  });
}

function roleOf(value: Value): string {
  if (value.graph.kind !== 'main') return 'the inner value';
  if (value.isInput) return 'the input';
  return value.graph.outputs.includes(value) ? 'the output' : 'the value';
}
