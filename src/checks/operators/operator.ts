import {
  isRuntimeOnlyOperator,
  knownDomains,
  operatorsOf,
  schemaVersions,
} from '../../schemas/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck, PlacedNode } from '../graph-facts.ts';
import { groupBy, labelList } from './node-list.ts';
import { isExperimental, placeOf } from './verdict.ts';

type Code = 'operator-unknown' | 'operator-too-new' | 'operator-deprecated';

/** Domains in which onnx's checker demands that it knows the operator. */
const closedDomains: ReadonlySet<string> = new Set(['', 'ai.onnx.ml', 'ai.onnx.training']);

/** Operators that onnxruntime has had since before they were in ONNX. */
const earlyInRuntime: ReadonlySet<string> = new Set([
  'LayerNormalization',
  'MeanVarianceNormalization',
  'ThresholdedRelu',
]);

/** Operators that onnxruntime runs in versions in which ONNX has taken them out. */
const stillInRuntime: ReadonlySet<string> = new Set(['GroupNormalization']);

export const operator: GraphCheck<Code> = {
  codes: ['operator-unknown', 'operator-too-new', 'operator-deprecated'],
  severity: 'error',
  summary: 'operators that the imported operator set does not have, not yet or no longer',
  run({ nodes }) {
    return groupBy(nodes, problemKey).map(([, group]) => issueOf(group));
  },
};

/** Tells the nodes apart whose operator is not there; null for one that is. */
function problemKey(placed: PlacedNode): string | null {
  const { node, opset, schema, calls } = placed;
  const { domain, opType } = node;
  if (opset === undefined || opset < 1 || calls !== null || isExperimental(placed)) return null;
  if (opType === '' || !(knownDomains.includes(domain) || closedDomains.has(domain))) return null;
  if (schema !== null && !schema.isDeprecated) return null;
  return JSON.stringify([domain, opType, opset]);
}

function issueOf(group: readonly [PlacedNode, ...PlacedNode[]]): Issue<Code> {
  const [first] = group;
  const { node, opset = 0, schema } = first;
  const { domain, opType } = node;
  const set = domain || 'ai.onnx';
  const base = {
    at: placeOf(first),
    spec: closedDomains.has(domain) || schema !== null ? 'error' : 'ok',
    runtime: group.some((each) => each.isReached) ? 'rejects' : 'accepts',
  } as const;
  const nodes =
    group.length === 1 ? first.node.label : `${group.length} nodes: ${labelList(group)}`;
  if (schema !== null) {
    const message = `${opType} was taken out of ${set} at version ${schema.since}; the model imports ${opset} (${nodes})`;
    return {
      code: 'operator-deprecated',
      ...base,
      message,
      fix: deprecatedFix(opType, schema.since),
      ...(stillInRuntime.has(opType) && { runtime: 'accepts' }),
    };
  }
  const isInRuntime = isRuntimeOnlyOperator(domain, opType);
  const since = schemaVersions(domain, opType)[0];
  if (since !== undefined) {
    return {
      code: 'operator-too-new',
      ...base,
      message: `${opType} came into ${set} at version ${since}; the model imports ${opset} (${nodes})`,
      fix: `Import version ${since} or later of ${set}, or export the model for version ${opset}.`,
      ...(domain === '' && earlyInRuntime.has(opType) && { runtime: 'accepts' }),
    };
  }
  return {
    code: 'operator-unknown',
    ...base,
    message: `${set} has no operator ${opType} (${nodes})`,
    fix: unknownFix(domain, opType, isInRuntime),
    ...(isInRuntime && { runtime: 'accepts' }),
  };
}

function unknownFix(domain: string, opType: string, isInRuntime: boolean): string {
  if (isInRuntime) {
    return 'It is an operator of onnxruntime alone, which its optimizer writes: take the model from before.';
  }
  const elsewhere = knownDomains.find(
    (each) => each !== domain && operatorsOf(each).includes(opType),
  );
  if (elsewhere !== undefined) {
    return `There is one in ${elsewhere || 'ai.onnx'}: write the domain of the node so.`;
  }
  return 'Mend the name; an operator of your own needs a domain of its own.';
}

function deprecatedFix(opType: string, since: number): string {
  const newer: Readonly<Record<string, string>> = {
    Upsample: 'Resize',
    Scatter: 'ScatterElements',
  };
  const successor = newer[opType];
  const instead = successor === undefined ? '' : `Use ${successor}, or `;
  const before = `import a version before ${since}.`;
  return instead === '' ? `${before[0]?.toUpperCase()}${before.slice(1)}` : instead + before;
}
