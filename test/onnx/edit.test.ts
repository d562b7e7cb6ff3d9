import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { attributeFrom, type Node, walkNodes } from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { openModel } from '../../src/onnx/index.ts';
import { filesBelow, fixtures, shared } from '../support/files.ts';
import { SeededRandom } from '../support/random.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The payload of a node in its file, as the reader remembers it. */
function spanOf(part: { origin?: unknown }): Span {
  return part.origin as Span;
}

/** Payloads around a node: the main graph, then node, attribute and graph of each subgraph. */
function enclosingSpans(node: Node): Span[] {
  const spans: Span[] = [];
  for (let graph: Node['graph'] | null = node.graph; graph !== null; graph = graph.parent) {
    spans.unshift((graph.origin as { message: Span }).message);
    const { parent } = graph;
    if (parent === null) break;
    const inside = graph;
    const owner = parent.nodes.find((each) => each.subgraphs.includes(inside));
    const attribute = owner?.attributes.find(
      (each) =>
        (each.type === 'graph' && each.value === inside) ||
        (each.type === 'graphs' && each.value.includes(inside)),
    );
    if (owner === undefined || attribute === undefined) throw new Error('no owner');
    spans.unshift(spanOf(owner), spanOf(attribute));
  }
  return spans;
}

function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) count += 1;
  return count;
}

/**
 * Holds `after` against `before`: outside the innermost span, only the lengths of the spans may
 * differ. Works on bytes alone.
 */
function expectOnlyInside(before: Buffer, after: Buffer, spans: readonly Span[]): void {
  let at = 0;
  let moved = 0;
  const growth = after.length - before.length;
  for (const { start, end } of spans) {
    const lengthBytes = varintBytes(end - start);
    const same = start - lengthBytes - at;
    expect(
      Buffer.compare(before.subarray(at, at + same), after.subarray(moved, moved + same)),
    ).toBe(0);
    moved += same;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = after[moved] ?? 0;
      moved += 1;
      length += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    // The payload ends as far from the end of the file as before, whatever grew inside it.
    expect(after.length - (moved + length)).toBe(before.length - end);
    at = start;
  }
  const last = spans.at(-1);
  if (last === undefined) throw new Error('a node has a span');
  const tail = before.subarray(last.end);
  expect(Buffer.compare(tail, after.subarray(after.length - tail.length))).toBe(0);
  expect(Number.isInteger(growth)).toBe(true);
}

/** One of several edits of a single node. */
function editNode(node: Node, random: SeededRandom): string {
  const kind = random.below(4);
  const { graph } = node;
  if (kind === 0) {
    graph.renameNode(node, `${node.name}_${'x'.repeat(1 + random.below(200))}`);
    return 'rename';
  }
  if (kind === 1) {
    graph.setAttribute(node, attributeFrom('mlkit_test', random.below(1_000_000)));
    return 'attribute';
  }
  if (kind === 2) {
    graph.annotate(node, { docString: 'd'.repeat(random.below(300)) + random.below(9) });
    return 'documentation';
  }
  graph.setInput(node, node.inputs.length, node.inputs[0] ?? null);
  return 'input';
}

describe('an edit of one node', () => {
  const files = [
    ...filesBelow(fixtures, '.onnx'),
    ...filesBelow(path.join(shared, 'models'), '.onnx'),
  ];

  test('changes the bytes of that node and the lengths around it, nothing else', () => {
    const random = new SeededRandom(20);
    let edits = 0;
    const kinds = new Set<string>();
    for (const file of files) {
      if (/lfs-pointer|superres-tvm-2017/.test(file)) continue;
      const before = fs.readFileSync(file);
      for (let round = 0; round < 3; round += 1) {
        const opened = openModel(file);
        const nodes = [...walkNodes(opened.model)].filter((visit) => visit.definition === null);
        if (nodes.length === 0) break;
        const { node } = random.pick(nodes);
        const spans = [...enclosingSpans(node), spanOf(node)];
        kinds.add(editNode(node, random));
        const after = Buffer.from(encodeModel(opened.model).toBytes());
        expect(Buffer.compare(before, after), file).not.toBe(0);
        expectOnlyInside(before, after, spans);
        opened.close();
        edits += 1;
      }
    }
    expect(edits).toBeGreaterThan(50);
    expect(kinds.size).toBe(4);
  });

  test('is undone by the inverse edit, byte by byte', () => {
    const file = path.join(fixtures, 'models', 'mlp.onnx');
    const { model, close } = openModel(file);
    const [node] = model.graph.nodes;
    if (node === undefined) throw new Error('the fixture has nodes');
    const { name } = node;
    model.graph.renameNode(node, 'other');
    model.graph.renameNode(node, name);
    expect(Buffer.compare(encodeModel(model).toBytes(), fs.readFileSync(file))).toBe(0);
    close();
  });
});

describe('edits of the graph', () => {
  test('a renamed value changes its name in every place that says it', () => {
    const file = path.join(fixtures, 'models', 'if-capture.onnx');
    const { model, close } = openModel(file);
    const value = model.graph.value('doubled');
    if (value === undefined) throw new Error('the fixture has it');
    model.graph.renameValue(value, 'twice');
    const bytes = Buffer.from(encodeModel(model).toBytes());
    expect(bytes.includes('doubled')).toBe(false);
    const before = fs.readFileSync(file).toString('latin1').split('doubled').length;
    expect(bytes.toString('latin1').split('twice').length).toBe(before);
    close();
  });

  test('removed nodes take their value infos along, and the rest stays in place', () => {
    const file = path.join(fixtures, 'models', 'mlp.onnx');
    const { model, close } = openModel(file);
    const relu = model.graph.nodes.find((node) => node.opType === 'Relu');
    const [input] = relu?.inputs ?? [];
    const [output] = relu?.outputs ?? [];
    if (!relu || !input || !output) throw new Error('the fixture has a Relu');
    model.graph.setType(output, { kind: 'tensor', elementType: 'float32', shape: [null, 32] });
    const typed = Buffer.from(encodeModel(model).toBytes());
    expect(typed.includes(output.name)).toBe(true);
    model.graph.replaceUses(output, input);
    model.graph.removeNode(relu);
    const without = Buffer.from(encodeModel(model).toBytes());
    expect(without.includes(output.name)).toBe(false);
    expect(without.length).toBeLessThan(fs.statSync(file).size);
    close();
  });
});
