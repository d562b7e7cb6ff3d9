import { expect, test } from 'vitest';
import { attributeProblems } from '../../src/checks/operators/attribute-problems.ts';
import { attributeFrom, buildModel } from '../../src/graph/index.ts';
import { findSchema } from '../../src/schemas/index.ts';

function fixOf(operator: string, opset: number, attribute: string): string | undefined {
  const model = buildModel({ opset }, (b) => {
    b.node(operator, [b.input('x', 'float32', [2, 3])]);
  });
  const [node] = model.graph.nodes;
  const schema = findSchema('', operator, opset);
  if (node === undefined || schema === null) throw new Error(`there is no ${operator}`);
  node.graph.setAttribute(node, attributeFrom(attribute, [0]));
  return attributeProblems(node, schema).find((each) => each.code === 'attribute-unknown')?.fix;
}

test('the fix of an unknown attribute names where it went and which versions have it', () => {
  const goneFrom = (version: number, last: number): string =>
    `In this version "axes" is an input: give it there, or import a version from ${version} to ${last} of ai.onnx.`;
  expect(fixOf('Unsqueeze', 17, 'axes')).toBe(goneFrom(1, 12));
  expect(fixOf('ReduceMean', 18, 'axes')).toBe(goneFrom(1, 17));
  expect(fixOf('Resize', 17, 'axes')).toBe('Remove it, or import version 18 or later of ai.onnx.');
  expect(fixOf('Relu', 17, 'foo')).toBe('Remove it.');
});
