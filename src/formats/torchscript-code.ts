import { OperatorCounts } from './operator-counts.ts';

/** Names that are part of the language, and no operators. */
const notOperators: ReadonlySet<string> = new Set(['torch.jit', 'torch.device', 'torch.Size']);

/**
 * Operators that the code of a TorchScript archive calls, most frequent first: `aten.conv2d`. A
 * module that is used twice has its code once. Methods of Tensor are not told from others of the
 * same form, and left out.
 *
 * Source: https://docs.pytorch.org/docs/stable/jit_language_reference.html
 */
export function torchScriptOperators(codes: Iterable<string>): Record<string, number> {
  const counts = new OperatorCounts();
  for (const code of codes) {
    for (const [, name = ''] of code.matchAll(/(?<![\w.])(torch\.\w+|ops\.\w+\.\w+)\(/g)) {
      if (notOperators.has(name)) continue;
      const operator = name.startsWith('torch.') ? `aten.${name.slice(6)}` : name.slice(4);
      counts.add(operator);
    }
  }
  return counts.toRecord();
}
