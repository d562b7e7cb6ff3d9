import type { Model } from '../graph/index.ts';
import { type Finding, formatBytes } from '../report/index.ts';
import type { Constant } from './constants.ts';
import type { OperatorFacts } from './operators.ts';

/** How many names a message gives before it says how many more there are. */
const mostNames = 5;

/** Operator sets that Microsoft's onnxruntime-extensions package brings. */
const extensionDomains = ['ai.onnx.contrib', 'com.microsoft.extensions'];

/** What a model carries without need, or needs and does not carry. */
export function checkUse(
  model: Model,
  constants: readonly Constant[],
  operators: OperatorFacts,
): Finding[] {
  const findings: Finding[] = [];
  const { customOperators } = operators;
  if (customOperators.length > 0) {
    const isExtension = customOperators.every((name) =>
      extensionDomains.some((domain) => name.startsWith(`${domain}.`)),
    );
    findings.push({
      code: 'operator-custom',
      severity: 'warning',
      at: {},
      message: `neither ONNX, onnxruntime nor the model itself defines ${listed(customOperators)}`,
      fix: isExtension
        ? 'They come with onnxruntime-extensions, which must be registered with the runtime.'
        : 'The library that defines them must be registered with the runtime.',
      spec: 'ok',
      runtime: 'rejects',
    });
  }
  const unused = constants.filter(
    (each) => each.role === 'unused' && each.source === 'initializer',
  );
  if (unused.length > 0) {
    const bytes = unused.reduce((sum, each) => sum + each.bytes, 0);
    const [first] = unused;
    const at = unused.length === 1 && first ? { graph: first.graph, value: first.name } : {};
    findings.push({
      code: 'initializer-unused',
      severity: 'warning',
      at,
      message: `nothing reads ${listed(unused.map((each) => each.name))}: ${formatBytes(bytes)}`,
      fix: 'Remove them: mlkit convert --simplify.',
      spec: 'ok',
      runtime: 'accepts',
    });
  }
  // Until IR 4 every constant had to be an input, so it says nothing there.
  const overridable =
    model.irVersion < 4 ? [] : model.graph.inputs.filter((value) => value.initializer !== null);
  if (overridable.length > 0) {
    findings.push({
      code: 'initializer-input',
      severity: 'info',
      at: { graph: 'main' },
      message: `callers may override ${listed(overridable.map((value) => value.name))}, which keeps runtimes from folding them into the graph`,
      fix: 'Take them off the inputs, unless somebody does override them.',
      spec: 'ok',
      runtime: 'accepts',
    });
  }
  return findings;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => `"${name}"`);
  const more = names.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}
