import type { FunctionDefinition, Model, OpsetImport } from '../../graph/index.ts';
import type { Differences } from './findings.ts';
import type { MetadataChange } from './report.ts';

/** What two models say of themselves. */
export function compareMetadata(before: Model, after: Model, found: Differences): void {
  const { metadata } = found;
  const compare = (what: string, one: string, other: string): void => {
    if (one !== other) metadata.push({ what, before: one || null, after: other || null });
  };
  compare('IR version', String(before.irVersion), String(after.irVersion));
  compare('producer', before.producerName, after.producerName);
  compare('producer version', before.producerVersion, after.producerVersion);
  compare('domain', before.domain, after.domain);
  compare('model version', before.modelVersion.toString(), after.modelVersion.toString());
  compare('documentation', before.docString, after.docString);
  compare('graph name', before.graph.name, after.graph.name);
  compareOpsets('opset ', before.opsets, after.opsets, metadata);
  compareEntries('metadata ', before.metadata, after.metadata, metadata);
}

/** What two functions say of themselves; what their callers see is told by `compareSignature`. */
export function compareFunctionMetadata(
  name: string,
  before: FunctionDefinition,
  after: FunctionDefinition,
  { metadata }: Differences,
): void {
  if (before.docString !== after.docString) {
    metadata.push({
      what: `documentation of function ${name}`,
      before: before.docString || null,
      after: after.docString || null,
    });
  }
  compareOpsets(`function ${name}, opset `, before.opsets, after.opsets, metadata);
  compareEntries(`function ${name}, metadata `, before.metadata, after.metadata, metadata);
}

function compareOpsets(
  prefix: string,
  before: readonly OpsetImport[],
  after: readonly OpsetImport[],
  changes: MetadataChange[],
): void {
  const entries = (opsets: readonly OpsetImport[]): [string, string][] =>
    opsets.map(({ domain, version }) => [domain || 'ai.onnx', String(version)]);
  compareEntries(prefix, entries(before), entries(after), changes);
}

/** Of a key that is there twice, the last value counts. */
function compareEntries(
  prefix: string,
  before: readonly (readonly [string, string])[],
  after: readonly (readonly [string, string])[],
  changes: MetadataChange[],
): void {
  const left = new Map(before);
  const right = new Map(after);
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const one = left.get(key) ?? null;
    const other = right.get(key) ?? null;
    if (one !== other) changes.push({ what: prefix + key, before: one, after: other });
  }
}
