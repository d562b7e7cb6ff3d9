import type { Model, Node, Use, Value } from '../../graph/index.ts';
import { countOf } from '../sizes/axes.ts';
import { ignoringInvalid } from '../sizes/ignoring-invalid.ts';
import type { KnownSizes } from '../sizes/known-sizes.ts';
import { contribDemands } from './contrib-demands.ts';
import { controlDemands } from './control-demands.ts';
import { type Arrival, type Demand, type DemandRules, fill, maskOfOnes } from './demand.ts';
import { featureDemands } from './feature-demands.ts';
import { FlowTracer, type Span } from './flow.ts';
import { imageDemands } from './image-demands.ts';
import { indexDemands } from './index-demands.ts';
import { mlDemands } from './ml-demands.ts';
import { contribRangeDemands, rangeDemands } from './range-demands.ts';
import { shapeDemands } from './shape-demands.ts';

/** A demand on the elements of an input, and how they reach the operator that makes it. */
export interface TracedDemand {
  readonly demand: Demand;
  /** Whether they were cast to whole numbers on the way. */
  readonly isRounded: boolean;
  /** Whether all of them reach it, in order; else some do, or something made of them. */
  readonly isWhole: boolean;
}

const rules: ReadonlyMap<string, readonly DemandRules[]> = new Map([
  ['', [indexDemands, shapeDemands, controlDemands, rangeDemands, imageDemands]],
  ['ai.onnx.ml', [mlDemands, featureDemands]],
  ['com.microsoft', [contribDemands, contribRangeDemands]],
]);

/** Values visited for one input; far more than any index passes before it is used. */
const mostVisits = 5000;

/** Attention masks become additions of minus this much or more where they are zero. */
const maskFactor = 1000;

/** The elements of an input, at a value that they have reached. */
interface Stop {
  readonly value: Value;
  /** They are here: element × scale + offset. */
  readonly scale: number;
  readonly offset: Span;
  readonly isWhole: boolean;
  readonly isRounded: boolean;
}

/** Finds out what the operators that an input's elements reach need them to be. */
export class DemandTracer {
  readonly #known: KnownSizes;
  readonly #flows: FlowTracer;

  constructor(model: Model, known: KnownSizes) {
    this.#known = known;
    this.#flows = new FlowTracer(model);
  }

  /** The demands on an input, nearest first. */
  trace(input: Value): TracedDemand[] {
    const demands: TracedDemand[] = [];
    const visited = new Set<Value>([input]);
    const queue: Stop[] = [
      { value: input, scale: 1, offset: { low: 0, high: 0 }, isWhole: true, isRounded: false },
    ];
    for (const stop of queue) {
      if (queue.length > mostVisits) break;
      const { scale, offset, isRounded } = stop;
      const isMask = scale + offset.low === 0 && scale + offset.high === 0;
      if (Math.abs(scale) >= maskFactor && isMask) {
        demands.push({ demand: maskOfOnes, isRounded, isWhole: true });
      }
      for (const use of stop.value.uses) {
        if (use.kind === 'input') demands.push(...this.#demandsAt(stop, use.node, use.index));
        const next = this.#next(stop, use).filter(({ value }) => !visited.has(value));
        for (const { value } of next) visited.add(value);
        queue.push(...next);
      }
    }
    return demands;
  }

  /** Where the elements go from here by one use. */
  #next(stop: Stop, use: Use): Stop[] {
    const isInput = use.kind === 'input';
    const flow = isInput
      ? ignoringInvalid(() => this.#flows.through(use.node, use.index))
      : this.#flows.outOf(use.graph, use.index);
    if (flow === null) return [];
    return flow.outputs.map((value) => ({
      value,
      scale: stop.scale * flow.scale,
      offset: moved(stop.offset, flow),
      isWhole: stop.isWhole && flow.isWhole,
      isRounded: stop.isRounded || (isInput && isCastToWhole(use.node)),
    }));
  }

  #demandsAt(stop: Stop, node: Node, index: number): TracedDemand[] {
    const { isRounded, isWhole } = stop;
    const arrival = this.#arrival(stop, node, index);
    return (rules.get(node.domain) ?? []).flatMap((table) => {
      const rule = Object.hasOwn(table, node.opType) ? table[node.opType]?.[index] : undefined;
      const found = rule === undefined ? null : ignoringInvalid(() => rule(arrival));
      const demand = found === null ? null : traceBack(found, stop);
      return demand === null ? [] : [{ demand, isRounded, isWhole }];
    });
  }

  #arrival(stop: Stop, node: Node, index: number): Arrival {
    const sizes = this.#known.sizesOf(stop.value);
    return {
      ...this.#known.contextOf(node),
      index,
      count: sizes === null ? null : countOf(sizes),
      outputSizes: (at) => {
        const output = node.outputs[at];
        return output ? this.#known.sizesOf(output) : null;
      },
    };
  }
}

/** An offset after what a flow does to the elements. */
function moved(offset: Span, { scale, offset: more }: Pick<Stop, 'scale' | 'offset'>): Span {
  const ends = [offset.low * scale, offset.high * scale];
  return { low: Math.min(...ends) + more.low, high: Math.max(...ends) + more.high };
}

/** The demand on the input's own elements, where it is made on what became of them. */
function traceBack(demand: Demand, { scale, offset, isWhole }: Stop): Demand | null {
  const back = (value: number): number => (value - offset.low) / scale;
  switch (demand.kind) {
    case 'range': {
      const span = spanBack(demand, scale, offset);
      const [low, high] = [Math.ceil(span.low), Math.floor(span.high)];
      return low > high ? null : { ...demand, low, high };
    }
    case 'interval': {
      const span = spanBack(demand, scale, offset);
      return span.low > span.high ? null : { ...demand, ...span };
    }
    case 'columns': {
      const columns = [...demand.columns].map(
        ([column, each]) => [column, spanBack(each, scale, offset)] as const,
      );
      if (isWhole) return { ...demand, columns: new Map(columns) };
      // Which column arrives as which is not known: anything that one of them may be.
      const low = Math.min(...columns.map(([, each]) => each.low));
      const high = Math.max(...columns.map(([, each]) => each.high));
      return { kind: 'interval', low, high, why: demand.why };
    }
    case 'fill':
      return { ...demand, value: back(demand.value) };
    case 'list':
      // A part of a list: which part is not known. Ones do for shapes, axes and repeats.
      return isWhole ? { ...demand, values: demand.values.map(back) } : fill(1, demand.why);
    case 'count':
    case 'mask':
      return demand;
    case 'choices': {
      const choices = demand.choices.map((each) => (typeof each === 'number' ? back(each) : each));
      return { ...demand, choices };
    }
  }
}

/** What elements must be within, so that they are within a span whichever offset they get. */
function spanBack({ low, high }: Span, scale: number, offset: Span): Span {
  return scale > 0
    ? { low: (low - offset.low) / scale, high: (high - offset.high) / scale }
    : { low: (high - offset.high) / scale, high: (low - offset.low) / scale };
}

const wholeCodes = new Set([2, 3, 4, 5, 6, 7, 12, 13]);

function isCastToWhole(node: Node): boolean {
  return node.opType === 'Cast' && wholeCodes.has(node.int('to', 0));
}
