import { type Model, matchesPattern, type Node, walkNodes } from '../../graph/index.ts';
import { shellWord } from '../shell-word.ts';

/** What `mlkit quantize` calls a node: its name, or the name of what it produces. */
export function excludedName(node: Node): string {
  if (node.name !== '') return node.name;
  return node.outputs.find((output) => output !== null)?.name ?? node.opType;
}

/** The flags of `mlkit quantize` that leave nodes in float, as words for a shell. */
export function excludeFlags(names: readonly string[]): string {
  return names.map((name) => `--exclude ${shellWord(name)}`).join(' ');
}

/**
 * What else the flags would leave in float: `*` and `?` in names stand for any text and character,
 * and names need not be unique. Null: nothing.
 */
export function overreach(names: readonly string[], model: Model): string | null {
  const others = [...walkNodes(model)].flatMap(({ node }) => {
    const name = excludedName(node);
    return !names.includes(name) && names.some((each) => matchesPattern(name, each)) ? [name] : [];
  });
  const all = [...walkNodes(model)].map(({ node }) => excludedName(node));
  const shared = names.filter((name) => all.indexOf(name) !== all.lastIndexOf(name));
  const found = [...new Set([...others, ...shared])];
  if (found.length === 0) return null;
  return `the flags also leave other nodes in float, which were not measured: ${found.slice(0, 5).join(', ')}`;
}
