// Holds the table of CPU kernels (src/schemas) against the installed onnxruntime-node:
//   node bench/probe-kernels.js [--only TEXT] [--list] [--save FILE.json] [--write]
// For each version of each operator, and each type that its parameters take, a model of that one
// node is loaded, and the runtime's word is compared with hasCpuKernel. Models that the runtime
// refuses for another reason than a missing kernel (our made-up attributes do not fit) say nothing
// and are counted apart. --list shows the disagreements, --save writes every outcome.
// --write makes src/schemas/generated/function-gaps.ts: which functions have a body with a node that
// has no kernel. Build, run it with --write, build and run it again.

import { fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { InferenceSession } from 'onnxruntime-node';
import { buildModel } from '../dist/graph/index.js';
import { encodeModel, readModel } from '../dist/onnx/index.js';
import {
  cpuKernelTypes,
  cpuKernelVersion,
  findSchema,
  hasCpuKernel,
  operatorsOf,
  parseRuntimeTarget,
  schemaVersions,
} from '../dist/schemas/index.js';
import { dataTypes, tensorFrom } from '../dist/tensor/index.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    save: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const newest = parseRuntimeTarget('onnxruntime').opsets;

/** The most combinations of types that are tried whole; beyond, one type at a time is varied. */
const mostCombinations = 300;

/** `seq(float32)` as the type of a value. */
function valueType(text) {
  const match = /^(seq|optional|map|sparse)\((.*)\)$/.exec(text);
  if (match === null) return { kind: 'tensor', elementType: text, shape: null };
  const [, kind, inner] = match;
  if (kind === 'sparse') return { kind: 'sparse-tensor', elementType: inner, shape: null };
  if (kind === 'map') {
    const [keyType, value] = inner.split(', ');
    return { kind: 'map', keyType, value: valueType(value) };
  }
  return { kind: kind === 'seq' ? 'sequence' : 'optional', element: valueType(inner) };
}

/** The element type inside a type text. */
const elementOf = (text) => text.replace(/^.*\(/, '').replace(/\).*$/, '');

/** Inputs and outputs that a node has: the fewest, or all. */
function takenParameters(list, all) {
  const last = list.findLastIndex((each) => each.option === 'single');
  const taken = all ? list : list.filter((each, at) => each.option !== 'optional' || at < last);
  // An optional one before a required one is left out.
  return taken.map((each) => (!all && each.option === 'optional' ? null : each));
}

/** Values for the attributes that must be there, and for those that choose a type. */
function attributes(schema, outputType) {
  const code = dataTypes[elementOf(outputType)]?.code ?? 1;
  const found = {};
  for (const each of schema.attributes.values()) {
    if (/^(to|dtype|output_dtype)$/.test(each.name) && each.type === 'int') found[each.name] = code;
    else if (/^(to|dtype)$/.test(each.name)) found[each.name] = outputType.toUpperCase();
    else if (each.isRequired) found[each.name] = required(each);
  }
  if (schema.name === 'Constant') {
    if (schema.since >= 12) found.value_ints = [1];
    else found.value = required({ type: 'tensor' });
  }
  return found;
}

function required({ name, type }) {
  const made = {
    int: /axis|start/.test(name) ? 0 : 1,
    ints: /kernel|shape|dims/.test(name) ? [1, 1] : [0],
    float: { float: 1 },
    floats: { floats: [1] },
    string: name === 'equation' ? 'i->i' : 'a',
    strings: ['a'],
    tensor: tensorFrom('float32', [1], Float32Array.of(1)),
  };
  return made[type];
}

function combinations(schema, names, opset) {
  const choices = names.map((name) => [...schema.typeConstraints.get(name)]);
  const count = choices.reduce((product, each) => product * each.length, 1);
  if (count <= mostCombinations) {
    return choices.reduce(
      (all, types) => all.flatMap((so) => types.map((type) => [...so, type])),
      [[]],
    );
  }
  const base = names.map((name, at) => {
    const own = [...schema.inputs, ...schema.outputs].find((each) => each.type === name);
    const run = own === undefined ? new Set() : cpuKernelTypes(schema, opset, own);
    return choices[at].find((type) => run.has(type)) ?? choices[at][0];
  });
  const pairs = new Map();
  for (const [at, types] of choices.entries()) {
    for (const type of types) {
      const changed = base.with(at, type);
      pairs.set(changed.join(), changed);
      for (const [other, otherTypes] of choices.entries()) {
        if (other <= at || types.length * otherTypes.length > mostCombinations) continue;
        for (const otherType of otherTypes) {
          const both = changed.with(other, otherType);
          pairs.set(both.join(), both);
        }
      }
    }
  }
  return [...pairs.values()];
}

function oneNode(schema, opset, inputs, outputs, bound) {
  const typeOf = (each) => valueType(bound.get(each.type) ?? each.type);
  const outputText =
    outputs[0] === null ? 'float32' : (bound.get(outputs[0].type) ?? outputs[0].type);
  const opsets = { '': 21, [schema.domain]: opset };
  return buildModel({ opset: opsets, irVersion: 10 }, (b) => {
    const made = b.nodes(
      schema.name,
      inputs.map((each, at) => (each === null ? null : b.input(`x${at}`, typeOf(each)))),
      attributes(schema, outputText),
      {
        domain: schema.domain,
        outputs: outputs.map((each, at) => (each === null ? '' : `y${at}`)),
      },
    );
    const given = outputs.filter((each) => each !== null);
    for (const [at, value] of made.entries()) b.output(value, typeOf(given[at]));
  });
}

/** Loads one model, in the child process. */
async function load(bytes, wantsCasts) {
  const optimized = path.join(os.tmpdir(), `mlkit-probe-${process.pid}.onnx`);
  try {
    const session = await InferenceSession.create(bytes, {
      graphOptimizationLevel: 'disabled',
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
      ...(wantsCasts && { optimizedModelFilePath: optimized }),
    });
    await session.release();
  } catch (error) {
    const { message } = error;
    const missing =
      /Could not find an implementation for|not compatible with any execution provider|Failed to find kernel for|MLDataType for: .* is not currently registered|of input parameter .* is invalid/;
    if (missing.test(message)) return { answer: 'no', reason: message };
    const refused =
      /INVALID_GRAPH|Type Error|InferenceError|INVALID_PROTOBUF|inference failed|Unrecognized attribute|is not a registered function|index < data_\.size/;
    return { answer: refused.test(message) ? 'refused' : 'built', reason: message };
  }
  if (!wantsCasts) return { answer: 'yes' };
  const { nodes } = readModel(fs.readFileSync(optimized)).graph;
  fs.rmSync(optimized);
  const isWidened = nodes.length > 1 && nodes.some((each) => each.opType === 'Cast');
  return { answer: isWidened ? 'with-casts' : 'yes' };
}

let child = null;
const outcomes = [];

async function ask(model, wantsCasts) {
  const bytes = (await encodeModel(model)).toBytes();
  child ??= fork(import.meta.filename, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  return new Promise((resolve) => {
    const onExit = () => {
      child = null;
      resolve({ answer: 'crashed' });
    };
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message);
    });
    child.send({ bytes: Buffer.from(bytes).toString('base64'), wantsCasts });
  });
}

async function probe(schema, opset) {
  for (const all of [false, true]) {
    const inputs = takenParameters(schema.inputs, all);
    const outputs = takenParameters(schema.outputs, all);
    if (outputs.length === 0) outputs.push(schema.outputs[0]);
    if (all && inputs.length === takenParameters(schema.inputs, false).length) {
      if (outputs.length === takenParameters(schema.outputs, false).length) continue;
    }
    const taken = [...inputs, ...outputs].filter((each) => each !== null);
    const names = [...new Set(taken.map((each) => each.type))].filter((each) =>
      schema.typeConstraints.has(each),
    );
    for (const types of combinations(schema, names, opset)) {
      const bound = new Map(names.map((each, at) => [each, types[at]]));
      const said = hasCpuKernel(schema, opset, bound);
      const { answer, reason } = await ask(
        oneNode(schema, opset, inputs, outputs, bound),
        types.includes('float16'),
      );
      const node = `${schema.domain}:${schema.name}-${schema.since}`;
      const { isFunction } = schema;
      outcomes.push({
        node,
        isFunction,
        all,
        types: Object.fromEntries(bound),
        said,
        answer,
        reason,
      });
    }
  }
}

/** Whether the table and the runtime agree; null where the runtime's answer says nothing. */
function agrees({ said, answer }) {
  if (said === 'unknown' || answer === 'refused' || answer === 'crashed') return null;
  if (said === 'function') return answer !== 'no';
  if (answer === 'built') return said !== 'no';
  return said === answer;
}

/**
 * The fewest types of single parameters that tell, of all outcomes of one function, those that do
 * not run from those that do, as `T=bfloat16`; and `T=int16?` for those that only sometimes run.
 */
function gapsOf(results) {
  const keys = (each) => Object.entries(each.types).map(([name, type]) => `${name}=${type}`);
  const running = new Set(results.filter((each) => each.answer !== 'no').flatMap(keys));
  let open = results.filter((each) => each.answer === 'no');
  const found = [];
  let best = null;
  do {
    const counts = new Map();
    for (const key of open.flatMap(keys)) {
      if (!running.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    best = [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0] ?? null;
    if (best !== null) found.push(best);
    open = open.filter((each) => !keys(each).includes(best));
  } while (best !== null);
  // What is left also depends on which optional inputs there are.
  const last = new Set(open.map((each) => keys(each).join('&')));
  return [...found, ...[...last].filter((key) => !key.includes('&')).map((key) => `${key}?`)];
}

function writeGaps() {
  const telling = outcomes.filter(
    ({ isFunction, said, answer }) =>
      isFunction &&
      ['function', 'no', 'unknown'].includes(said) &&
      !['refused', 'crashed'].includes(answer),
  );
  const lines = [...new Set(telling.map((each) => each.node))].flatMap((node) => {
    const found = gapsOf(telling.filter((each) => each.node === node));
    return found.length === 0 ? [] : [`${node} ${found.join(' ')}`];
  });
  fs.writeFileSync(
    path.join(import.meta.dirname, '..', 'src', 'schemas', 'generated', 'function-gaps.ts'),
    `// Made by bench/probe-kernels.js --write with onnxruntime-node ${cpuKernelVersion}; not edited by hand.

/** \`domain:Name-since\` of a function and types that its body has no kernels for; \`?\`: with all inputs. */
export const functionGaps: string = \`${lines.join('\n')}\`;
`,
  );
}

async function main() {
  for (const domain of ['', 'ai.onnx.ml', 'com.microsoft']) {
    for (const name of operatorsOf(domain)) {
      for (const since of schemaVersions(domain, name)) {
        const opset = domain === '' ? Math.max(since, 7) : since;
        const schema = findSchema(domain, name, opset);
        if (!`${domain}:${name}`.includes(values.only)) continue;
        if (schema.since !== since || !schema.isInRuntime || schema.isDeprecated) continue;
        if (opset > (newest[domain] ?? 1)) continue;
        if ([...schema.attributes.values()].some((each) => each.type === 'graph')) continue;
        await probe(schema, opset);
      }
    }
  }
  child?.kill();

  const counts = {};
  for (const { said, answer } of outcomes) {
    counts[`${said} / ${answer}`] = (counts[`${said} / ${answer}`] ?? 0) + 1;
  }
  console.log('table / runtime:', counts);
  const wrong = outcomes.filter((each) => agrees(each) === false);
  const right = outcomes.filter((each) => agrees(each) === true);
  console.log(`${outcomes.length} models, ${right.length} agree, ${wrong.length} disagree`);
  if (values.list) for (const each of wrong) console.log(JSON.stringify(each));
  if (values.write) writeGaps();
  if (values.save) fs.writeFileSync(values.save, JSON.stringify(outcomes));
}

// Some of these models end the process that loads them, so another one does it.
if (process.send !== undefined) {
  process.on('message', ({ bytes, wantsCasts }) => {
    void load(Buffer.from(bytes, 'base64'), wantsCasts).then((answer) => process.send(answer));
  });
} else {
  await main();
}
