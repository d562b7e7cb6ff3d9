import type { Value } from '../../graph/index.ts';
import { graphOrigin, type RawMessage } from '../../onnx/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck } from '../graph-facts.ts';

type Code =
  | 'value-name-missing'
  | 'value-type-missing'
  | 'input-shape-missing'
  | 'output-shape-missing';

type Kind = 'input' | 'output';

interface Problem {
  readonly code: Code;
  readonly what: string;
  readonly fix: string;
  readonly spec?: 'ok';
  /** Whether the runtime can do without. */
  readonly isAccepted: boolean;
}

export const valueInfo: GraphCheck<Code> = {
  codes: [
    'value-name-missing',
    'value-type-missing',
    'input-shape-missing',
    'output-shape-missing',
  ],
  severity: 'error',
  summary: 'an input or output of the model lacks a name, a type or a shape',
  run({ facts: { model } }) {
    const { graph } = model;
    const origin = graphOrigin(graph);
    const messages = {
      input: new Map(origin?.inputs.map((each) => [each.value, each.message])),
      output: new Map(origin?.outputs.map((each) => [each.value, each.message])),
    };
    const check = (value: Value, kind: Kind): Issue<Code>[] => {
      const problem = problemOf(value, kind, messages[kind].get(value) ?? null);
      if (problem === null) return [];
      const { code, what, fix, spec = 'error', isAccepted } = problem;
      return [
        {
          code,
          at: { graph: 'main', value: value.name },
          message: `the ${kind} "${value.name}" ${what}`,
          fix,
          spec,
          runtime: isAccepted ? 'accepts' : 'rejects',
        },
      ];
    };
    return [
      ...graph.inputs.flatMap((value) => check(value, 'input')),
      ...unnamedConstants(graph.initializers),
      ...graph.outputs.flatMap((value) => check(value, 'output')),
      ...(origin?.valueInfos ?? []).flatMap(({ value, message }) => untypedInfo(value, message)),
    ];
  },
};

function problemOf(value: Value, kind: Kind, message: RawMessage | null): Problem | null {
  if (value.name === '') {
    const fix = 'Give it a name, or remove it.';
    // One that is empty is passed over; one that is not written at all is not.
    const isAccepted = kind === 'input' && message?.has('name') === true;
    return { code: 'value-name-missing', what: 'has no name', fix, isAccepted };
  }
  const { type } = value;
  // The runtime finds out for itself what comes out, and cannot know what comes in.
  if (type === null || type.kind === 'unknown') {
    return untyped('has no type', { isAccepted: kind === 'output' });
  }
  switch (type.kind) {
    case 'tensor':
    case 'sparse-tensor': {
      if (type.elementType === null) return noElementType(kind, message?.message('type') ?? null);
      if (type.shape !== null) return null;
      const fix = 'Write its shape, with names for sizes that vary.';
      return { code: `${kind}-shape-missing`, what: 'has no shape', fix, isAccepted: true };
    }
    case 'sequence':
    case 'optional':
      return type.element === null ? untyped(`is a ${type.kind} of nothing`) : null;
    case 'map':
      return type.keyType === null || type.value === null
        ? untyped(`is a map whose ${type.keyType === null ? 'keys' : 'values'} have no type`)
        : null;
    case 'opaque':
      return null;
  }
}

function untyped(what: string, options: Partial<Problem> = {}): Problem {
  const fix = 'Write its type: element type and shape.';
  return { code: 'value-type-missing', what, fix, isAccepted: false, ...options };
}

/** The checker asks whether a type is written, even where it is none. */
function noElementType(kind: Kind, type: RawMessage | null): Problem {
  const tensor = type?.message('tensor_type') ?? type?.message('sparse_tensor_type') ?? null;
  const code = tensor?.number('elem_type') ?? 0;
  if (code !== 0) return untyped(`has the unknown element type ${code}`);
  const isWritten = tensor?.has('elem_type') === true;
  const what = 'has no element type';
  return untyped(what, isWritten && kind === 'output' ? { spec: 'ok' } : {});
}

function unnamedConstants(constants: readonly Value[]): Issue<Code>[] {
  return constants
    .filter(({ name, initializer }) => name === '' && initializer !== null)
    .map(() => ({
      code: 'value-name-missing',
      at: { graph: 'main' },
      message: 'a constant has no name',
      fix: 'Give it a name, or remove it.',
      spec: 'error',
      runtime: 'accepts',
    }));
}

/** What is said of a value between must at least be a type, or the runtime stumbles over it. */
function untypedInfo(value: Value | null, message: RawMessage): Issue<Code>[] {
  const tensor = message.message('type')?.message('tensor_type') ?? null;
  const isMade = value !== null && value.producer !== null;
  if (!isMade || tensor === null || tensor.number('elem_type') !== 0) return [];
  return [
    {
      code: 'value-type-missing',
      at: { graph: 'main', value: value.name },
      message: `the value info of "${value.name}" has no element type`,
      fix: 'Remove it, or write the type.',
      spec: 'ok',
      runtime: 'rejects',
    },
  ];
}
