import { operators, runtimeOnly } from './generated/operators.ts';
import { parseSchemas } from './parse-schema.ts';
import type { OperatorSchema } from './schema.ts';

/** An operator is its line of the table until somebody asks for it. */
type Entry = string | readonly OperatorSchema[];

/** The domains whose operators are known; the empty one is ai.onnx. */
export const knownDomains: readonly string[] = [
  '',
  'ai.onnx.ml',
  'ai.onnx.preview',
  'ai.onnx.preview.training',
  'com.microsoft',
];

let index: ReadonlyMap<string, Map<string, Entry>> | null = null;
let runtimeOnlyNames: ReadonlySet<string> | null = null;

/**
 * An operator as a model that imports version `opset` of its domain means it: the newest version
 * that is not newer than that, which may be a deprecated one. Null: that operator set has none.
 *
 * Costs a look-up in two maps, after the first time that an operator is asked for.
 *
 * @param domain Both `''` and `ai.onnx` stand for ai.onnx.
 */
export function findSchema(domain: string, name: string, opset: number): OperatorSchema | null {
  const versions = schemasOf(domain, name);
  for (let at = versions.length - 1; at >= 0; at -= 1) {
    const schema = versions[at];
    if (schema !== undefined && schema.since <= opset) return schema;
  }
  return null;
}

/** The operator set versions that brought a version of the operator, ascending; [] if it is unknown. */
export function schemaVersions(domain: string, name: string): readonly number[] {
  return schemasOf(domain, name).map((schema) => schema.since);
}

/** The names of the operators that any version of a domain has, sorted; [] if it is unknown. */
export function operatorsOf(domain: string): readonly string[] {
  return [...(entriesOf(domain)?.keys() ?? [])];
}

/**
 * Whether onnxruntime has an operator in ai.onnx that ONNX has not: operators that were taken back
 * before they were released (Affine, Crop), and those that its own tools write
 * (SimplifiedLayerNormalization). They have no schema here.
 */
export function isRuntimeOnlyOperator(domain: string, name: string): boolean {
  runtimeOnlyNames ??= new Set(runtimeOnly.split(' '));
  return (domain === '' || domain === 'ai.onnx') && runtimeOnlyNames.has(name);
}

function schemasOf(domain: string, name: string): readonly OperatorSchema[] {
  const entries = entriesOf(domain);
  const entry = entries?.get(name);
  if (entries === undefined || entry === undefined) return [];
  if (typeof entry !== 'string') return entry;
  const schemas = parseSchemas(domain === 'ai.onnx' ? '' : domain, entry);
  entries.set(name, schemas);
  return schemas;
}

function entriesOf(domain: string): Map<string, Entry> | undefined {
  index ??= readLines();
  return index.get(domain === 'ai.onnx' ? '' : domain);
}

/** A line `:domain` comes before the operators of each domain. */
function readLines(): ReadonlyMap<string, Map<string, Entry>> {
  const domains = new Map<string, Map<string, Entry>>();
  let entries = new Map<string, Entry>();
  for (const line of operators.split('\n')) {
    if (line.startsWith(':')) {
      entries = new Map();
      domains.set(line.slice(1), entries);
    } else {
      entries.set(line.slice(0, line.indexOf('\t')), line);
    }
  }
  return domains;
}
