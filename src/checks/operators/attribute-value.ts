import type { Attribute } from '../../graph/index.ts';
import { messageOrigin, type RawMessage } from '../../onnx/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck, PlacedNode } from '../graph-facts.ts';
import { isExperimental, placeOf } from './verdict.ts';

type Code = 'attribute-duplicate' | 'attribute-untyped' | 'attribute-value';

/** The field of an AttributeProto that holds the value of each type, in the order of their codes. */
const fields = [
  'f',
  'i',
  's',
  't',
  'g',
  'floats',
  'ints',
  'strings',
  'tensors',
  'graphs',
  'sparse_tensor',
  'sparse_tensors',
  'tp',
  'type_protos',
];

/** Types whose value is a message, which must be there. */
const messageFields: ReadonlySet<string> = new Set(['t', 'g', 'sparse_tensor', 'tp']);

export const attributeValue: GraphCheck<Code> = {
  codes: ['attribute-duplicate', 'attribute-untyped', 'attribute-value'],
  severity: 'error',
  summary: 'an attribute is there twice, or its name, type or value is not as it must be',
  run({ nodes }) {
    const issues: Issue<Code>[] = [];
    const untyped: { placed: PlacedNode; name: string }[] = [];
    for (const placed of nodes) {
      if (isExperimental(placed)) continue;
      const seen = new Set<string>();
      for (const attribute of placed.node.attributes) {
        if (seen.has(attribute.name)) issues.push(duplicate(placed, attribute.name));
        seen.add(attribute.name);
        const problem = problemOf(attribute, placed);
        if (problem === 'untyped') untyped.push({ placed, name: attribute.name });
        else if (problem !== null) issues.push(problem);
      }
    }
    const [first] = untyped;
    if (first !== undefined) issues.push(untypedIssue(first, untyped));
    return issues;
  },
};

function duplicate(placed: PlacedNode, name: string): Issue<Code> {
  return {
    code: 'attribute-duplicate',
    at: placeOf(placed),
    message: `${placed.node.label} has the attribute "${name}" more than once`,
    fix: 'Keep one of them.',
    spec: 'error',
    runtime: placed.isReached ? 'rejects' : 'accepts',
  };
}

/** What is wrong with the attribute itself, as it stands in the file. */
function problemOf(attribute: Attribute, placed: PlacedNode): Issue<Code> | 'untyped' | null {
  const issue = (message: string, fix: string): Issue<Code> => ({
    code: 'attribute-value',
    at: placeOf(placed),
    message,
    fix,
    spec: 'error',
    runtime: placed.isReached ? 'rejects' : 'accepts',
  });
  const { name } = attribute;
  const { label } = placed.node;
  if (name === '') return issue(`an attribute of ${label} has no name`, 'Name or remove it.');
  const message = messageOrigin(attribute);
  if (message === null) return null;
  const code = message.number('type');
  const isTyped = message.has('type');
  const used = usedFields(message);
  message.release();
  if (!isTyped) return 'untyped';
  const own = fields[code - 1];
  if (own === undefined) {
    return issue(`the attribute "${name}" of ${label} is of the unknown type ${code}`, retype);
  }
  const other = used.find((each) => each !== own);
  if (other !== undefined) {
    const what = used.length > 1 ? `values of ${used.length} types` : `a value of another type`;
    return issue(`the attribute "${name}" of ${label} has ${what} (${used.join(', ')})`, retype);
  }
  const isEmpty = used.length === 0 && attribute.type === 'undefined' && messageFields.has(own);
  return isEmpty ? issue(`the attribute "${name}" of ${label} has no value`, retype) : null;
}

const retype = 'Write its type and one value of that type.';

function usedFields(message: RawMessage): string[] {
  return fields.filter((field) => message.has(field));
}

function untypedIssue(
  { placed, name }: { placed: PlacedNode; name: string },
  all: readonly { placed: PlacedNode }[],
): Issue<Code> {
  const others = all.length === 1 ? '' : `, nor do ${all.length - 1} others`;
  return {
    code: 'attribute-untyped',
    at: placeOf(placed),
    message: `the attribute "${name}" of ${placed.node.label} does not state its type${others}`,
    fix: 'Export the model again: this was the way before IR version 2.',
    spec: 'error',
    runtime: all.some((each) => each.placed.isReached) ? 'rejects' : 'accepts',
  };
}
