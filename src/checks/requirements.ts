import { type RuntimeRelease, runtimeReleases, unknownType } from '../schemas/index.ts';
import type { GraphFacts } from './graph-facts.ts';
import { kernelAnswers } from './lint/kernel-answers.ts';
import { operatorName } from './operators.ts';

/** An operator that the CPU provider does not run on values of a type. */
export interface MissingKernel {
  /** With its domain where that is not ai.onnx. */
  readonly op: string;
  /** As `bfloat16`, or `T1=int8, T2=float32` where parameters of two types tell. */
  readonly type: string;
}

/** What a model needs to run. */
export interface Requirements {
  /**
   * By domain, ai.onnx as the empty text: the lowest version at which every operator in use means
   * what it means at the version that the model imports. Domains whose operators are not known, and
   * those that no node uses, are left out.
   */
  readonly opsets: Readonly<Record<string, number>>;
  /** The oldest release of onnxruntime that takes the versions which the file states; null: none. */
  readonly oldestRuntime: string | null;
  /** Of the CPU provider of the installed release. */
  readonly missingKernels: readonly MissingKernel[];
  /** Operators that neither ONNX, onnxruntime nor the model itself defines, sorted. */
  readonly customOperators: readonly string[];
}

/** What a model needs to run, found out without running it. */
export function requirementsOf(facts: GraphFacts): Requirements {
  return {
    opsets: lowestOpsets(facts),
    oldestRuntime: oldestRuntime(facts),
    missingKernels: missingKernels(facts),
    customOperators: facts.facts.customOperators,
  };
}

function lowestOpsets({ nodes }: GraphFacts): Record<string, number> {
  const lowest = new Map<string, number>();
  for (const { node, schema, calls, isReached } of nodes) {
    if (schema === null || calls !== null || !isReached) continue;
    lowest.set(node.domain, Math.max(lowest.get(node.domain) ?? 1, schema.since));
  }
  return Object.fromEntries(lowest);
}

function oldestRuntime({ facts: { model } }: GraphFacts): string | null {
  const { irVersion } = model;
  const takes = (release: RuntimeRelease): boolean =>
    irVersion <= release.irVersion &&
    Object.entries(release.opsets).every(
      ([domain, newest]) => (model.opset(domain) ?? 0) <= newest,
    );
  return runtimeReleases.find(takes)?.version ?? null;
}

function missingKernels(facts: GraphFacts): MissingKernel[] {
  const missing = new Map<string, MissingKernel>();
  for (const { placed, answer, bound } of kernelAnswers(facts)) {
    if (answer !== 'no') continue;
    const each = { op: operatorName(placed.node), type: typesText(bound) };
    missing.set(`${each.op} ${each.type}`, each);
  }
  return [...missing.values()];
}

function typesText(bound: ReadonlyMap<string, string>): string {
  const known = [...bound].filter(([, type]) => type !== unknownType);
  const [first] = known;
  if (first === undefined) return unknownType;
  const isOne = known.every(([, type]) => type === first[1]);
  return isOne ? first[1] : known.map((each) => each.join('=')).join(', ');
}
