import type { FunctionDefinition } from '../../graph/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck, PlacedNode } from '../graph-facts.ts';
import { placeOf } from './verdict.ts';

type Code = 'function-recursive' | 'function-depth';

/** How deep onnx follows calls. */
const deepestCalls = 100;

export const functionCalls: GraphCheck<Code> = {
  codes: ['function-recursive', 'function-depth'],
  severity: 'error',
  summary: 'functions that call themselves, or call each other too deeply',
  run({ nodes }) {
    const calls = new Map<FunctionDefinition, PlacedNode[]>();
    for (const placed of nodes) {
      if (placed.calls === null || placed.definition === null) continue;
      const list = calls.get(placed.definition);
      if (list === undefined) calls.set(placed.definition, [placed]);
      else list.push(placed);
    }
    const { cycles, depths } = follow(calls);
    return [...cycles.map(recursion), ...tooDeep(depths, calls)];
  },
};

interface Step {
  readonly definition: FunctionDefinition;
  next: number;
}

/** Depth first, with a stack of its own: the chain may be as long as a hostile file is. */
function follow(calls: ReadonlyMap<FunctionDefinition, readonly PlacedNode[]>): {
  cycles: { call: PlacedNode; chain: string[] }[];
  depths: Map<FunctionDefinition, number>;
} {
  const cycles: { call: PlacedNode; chain: string[] }[] = [];
  const depths = new Map<FunctionDefinition, number>();
  const open = new Set<FunctionDefinition>();
  for (const start of calls.keys()) {
    if (depths.has(start)) continue;
    const stack: Step[] = [{ definition: start, next: 0 }];
    open.add(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const own = calls.get(top.definition) ?? [];
      const call = own[top.next];
      top.next += 1;
      if (call === undefined) {
        const inner = own.map((each) => (each.calls && depths.get(each.calls)) ?? 0);
        depths.set(top.definition, 1 + inner.reduce((most, each) => Math.max(most, each), 0));
        open.delete(top.definition);
        stack.pop();
        continue;
      }
      const called = call.calls;
      if (called === null || depths.has(called)) continue;
      if (open.has(called)) {
        const from = stack.findIndex((step) => step.definition === called);
        const chain = stack.slice(from).map((step) => step.definition.name);
        cycles.push({ call, chain: [...chain, called.name] });
      } else {
        open.add(called);
        stack.push({ definition: called, next: 0 });
      }
    }
  }
  return { cycles, depths };
}

function recursion({ call, chain }: { call: PlacedNode; chain: readonly string[] }): Issue<Code> {
  const shown = chain.length > 6 ? [...chain.slice(0, 5), '…', ...chain.slice(-1)] : chain;
  return {
    code: 'function-recursive',
    at: placeOf(call),
    message: `functions call themselves: ${shown.join(' → ')}`,
    fix: 'Write what repeats as a Loop: functions are put in place of their calls, which would not end.',
    spec: 'error',
    runtime: 'rejects',
  };
}

function tooDeep(
  depths: ReadonlyMap<FunctionDefinition, number>,
  calls: ReadonlyMap<FunctionDefinition, readonly PlacedNode[]>,
): Issue<Code>[] {
  const deepest = [...depths].reduce<[FunctionDefinition | null, number]>(
    (most, each) => (each[1] > most[1] ? each : most),
    [null, 0],
  );
  const [definition, depth] = deepest;
  const [first] = (definition && calls.get(definition)) ?? [];
  if (first === undefined || depth <= deepestCalls) return [];
  return [
    {
      code: 'function-depth',
      at: placeOf(first),
      message: `calls of functions are nested ${depth} deep; onnx follows at most ${deepestCalls}`,
      fix: 'Inline some of them.',
      spec: 'error',
      runtime: 'accepts',
    },
  ];
}
