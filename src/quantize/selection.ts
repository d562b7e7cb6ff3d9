import { MlkitError } from '../errors.ts';
import { matchesPattern, type Node } from '../graph/index.ts';
import type { QuantizeConfig } from './config.ts';
import { weightRule, weightRules } from './rules/index.ts';

/** What a node goes by in patterns and reports: its name, or the name of what it produces. */
export function nodeName(node: Node): string {
  if (node.name !== '') return node.name;
  return node.outputs.find((output) => output !== null)?.name ?? node.opType;
}

/** Which flag leaves a node out; null when none does. */
export function unselected(node: Node, { ops, nodes, exclude }: QuantizeConfig): string | null {
  if (ops !== null && !ops.includes(node.opType)) return `--ops does not name ${node.opType}`;
  if (nodes.length > 0 && !nodes.some((pattern) => matchesPattern(nodeName(node), pattern))) {
    return '--nodes does not match it';
  }
  const excluded = exclude.find((pattern) => matchesPattern(nodeName(node), pattern));
  return excluded === undefined ? null : `--exclude ${excluded} matches it`;
}

/** @throws MlkitError USAGE for patterns and operators that match nothing, which are misspelt. */
export function checkSelection(allNodes: readonly Node[], config: QuantizeConfig): void {
  for (const op of config.ops ?? []) {
    if (weightRule(op) !== undefined) continue;
    throw new MlkitError('USAGE', `--ops: ${op} is no operator that can be quantized`, {
      hint: `They are: ${weightRules.map((rule) => rule.op).join(', ')}.`,
    });
  }
  for (const [flag, patterns] of [
    ['--nodes', config.nodes],
    ['--exclude', config.exclude],
  ] as const) {
    for (const pattern of patterns) {
      if (allNodes.some((node) => matchesPattern(nodeName(node), pattern))) continue;
      throw new MlkitError('USAGE', `${flag} ${pattern} matches no node of the model`, {
        hint: 'mlkit inspect --nodes lists them; * stands for any text, in quotes for the shell.',
      });
    }
  }
}
