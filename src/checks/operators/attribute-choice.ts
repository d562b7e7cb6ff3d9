import type { Attribute } from '../../graph/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck, PlacedNode } from '../graph-facts.ts';
import { type AttributeChoice, attributeChoices } from './attribute-choices.ts';
import { placeOf } from './verdict.ts';

const byOperator = new Map<string, readonly AttributeChoice[]>();
for (const choice of attributeChoices) {
  for (const op of choice.ops) {
    const key = `${choice.domain}:${op}`;
    byOperator.set(key, [...(byOperator.get(key) ?? []), choice]);
  }
}

export const attributeChoice: GraphCheck<'attribute-choice'> = {
  codes: ['attribute-choice'],
  severity: 'error',
  summary: 'an attribute has a value that its operator does not know',
  run: ({ nodes }) =>
    nodes.flatMap((placed) => {
      const { node, opset = 0, calls } = placed;
      const choices = byOperator.get(`${node.domain}:${node.opType}`);
      if (choices === undefined || calls !== null) return [];
      return choices.flatMap((choice) => {
        const { fromOpset = 0, belowOpset = Infinity } = choice;
        if (opset < fromOpset || opset >= belowOpset) return [];
        const wrong = valuesOf(node.attribute(choice.attribute)).find(
          (value) => !choice.isAllowed(value),
        );
        return wrong === undefined ? [] : [issueOf(placed, choice, wrong)];
      });
    }),
};

function valuesOf(attribute: Attribute | undefined): readonly (string | number)[] {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  switch (attribute?.type) {
    case 'string':
      return [text(attribute.value)];
    case 'strings':
      return attribute.value.map(text);
    case 'int':
      return [Number(attribute.value)];
    default:
      return [];
  }
}

function issueOf(
  placed: PlacedNode,
  { attribute, allowed, mindedBy }: AttributeChoice,
  value: string | number,
): Issue<'attribute-choice'> {
  const { node, isReached } = placed;
  const what = typeof value === 'string' ? `"${value}"` : `${value}`;
  // No type at all is only found out when the node runs.
  const isLate = mindedBy === 'run' || (mindedBy === 'onnx' && value === 0);
  const runtime = isLate ? 'fails' : 'rejects';
  return {
    code: 'attribute-choice',
    at: placeOf(placed),
    message: `the attribute "${attribute}" of ${node.label} is ${what}; ${node.opType} takes ${allowed}`,
    fix: `Write one of the values that it takes, or leave "${attribute}" out for its default.`,
    spec: mindedBy === 'onnx' ? 'error' : 'ok',
    runtime: isReached ? runtime : 'accepts',
  };
}
