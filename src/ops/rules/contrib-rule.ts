import type { Call, OperatorRule } from '../rule.ts';

/**
 * A rule for operators that onnxruntime adds. ONNX's own inference does not know them, so that what
 * cannot be is never refused by it: it fails in the runtime.
 */
export function contribRule(
  ops: readonly string[],
  infer: OperatorRule['infer'],
  cost: OperatorRule['cost'],
): OperatorRule {
  return { domain: 'com.microsoft', ops, infer: (call) => infer(failing(call)), cost };
}

/** The same call, where a rejection is a failure. */
function failing(call: Call): Call {
  return new Proxy(call, {
    get(target, key): unknown {
      if (key === 'reject') return (message: string) => target.fail(message);
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
