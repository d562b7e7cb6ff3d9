import { type FunctionDefinition, functionKey, type Model } from '../../graph/index.ts';
import { messageOrigin } from '../../onnx/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck } from '../graph-facts.ts';

type Code = 'function-duplicate' | 'function-signature' | 'function-limit';

/** Source: https://github.com/onnx/onnx/blob/main/onnx/checker.cc */
const mostFunctions = 10_000;

/** From this IR version on, functions are looked at. */
const firstVersion = 8;

export const functions: GraphCheck<Code> = {
  codes: ['function-duplicate', 'function-signature', 'function-limit'],
  severity: 'error',
  summary:
    'functions of one name, without a name, or with parameters of one name; too many of them',
  run({ facts: { model } }) {
    if (model.irVersion < firstVersion) return [];
    return [
      ...tooMany(model),
      ...duplicates(model),
      ...model.functions.flatMap((each) => signatureIssues(each)),
    ];
  },
};

function tooMany({ functions: { length } }: Model): Issue<Code>[] {
  if (length <= mostFunctions) return [];
  return [
    {
      code: 'function-limit',
      at: {},
      message: `the model has ${length} functions; onnx takes at most ${mostFunctions}`,
      fix: 'Inline some, or leave out those that nothing calls.',
      spec: 'error',
      runtime: 'accepts',
    },
  ];
}

function duplicates({ functions: all }: Model): Issue<Code>[] {
  const seen = new Set<string>();
  return all.flatMap((each): Issue<Code>[] => {
    const key = functionKey(each);
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [
      {
        code: 'function-duplicate',
        at: { graph: pathOf(each) },
        message: `${nameOf(each)} is defined more than once`,
        fix: 'Keep one, or tell them apart by their overload.',
        spec: 'error',
        runtime: 'accepts',
      },
    ];
  });
}

function signatureIssues(definition: FunctionDefinition): Issue<Code>[] {
  const { body, attributeNames, attributeDefaults } = definition;
  const issue = (message: string, runtime: 'accepts' | 'rejects' = 'accepts'): Issue<Code> => ({
    code: 'function-signature',
    at: { graph: pathOf(definition) },
    message: `${nameOf(definition)} ${message}`,
    fix: 'Give names that are there once.',
    spec: 'error',
    runtime,
  });
  const found: Issue<Code>[] = [];
  if (definition.name === '') found.push(issue('has no name'));
  if (messageOrigin(definition)?.has('domain') === false) found.push(issue('names no domain'));
  const output = repeated(body.outputs.map((each) => each.name));
  if (output !== null) found.push(issue(`has two outputs "${output}"`, 'rejects'));
  const attributes = [...attributeNames, ...attributeDefaults.map((each) => each.name)];
  const attribute = repeated(attributes);
  if (attribute !== null) found.push(issue(`has two attributes "${attribute}"`));
  return found;
}

function repeated(names: readonly string[]): string | null {
  return names.find((name, at) => names.indexOf(name) < at) ?? null;
}

function nameOf({ name, domain }: FunctionDefinition): string {
  return `the function ${domain}.${name}`;
}

function pathOf({ name, domain, overload }: FunctionDefinition): string {
  return `function ${domain}.${name}${overload === '' ? '' : `:${overload}`}`;
}
