import type { Size } from '../../symbolic/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { broadcast, movement } from '../sizes.ts';
import { contribRule } from './contrib-rule.ts';
import { listText } from './element-arrays.ts';
import { listLength } from './node-attributes.ts';

/*
 * Sources: https://onnx.ai/onnx/operators/onnx__StringConcat.html, onnx__StringNormalizer.html,
 * onnx__StringSplit.html, onnx__RegexFullMatch.html, onnx__TfIdfVectorizer.html
 */

function stringConcat(call: Call): void {
  call.setTensor(0, broadcast(call, [call.shape(0), call.shape(1)]), 'string');
}

/** A list, or one row of a table, that loses the words that are to be left out. */
function stringNormalizer(call: Call): void {
  const input = call.shape(0);
  if (input === null) {
    call.setTensor(0, null, 'string');
    return;
  }
  const [rows] = input;
  const isTable = input.length === 2 && !(typeof rows === 'number' && rows !== 1);
  if (input.length !== 1 && !isTable) {
    call.reject(`the input is ${listText(input)}; it must be [C] or [1, C]`);
    call.setTensor(0, null, 'string');
    return;
  }
  const hasStopwords = (listLength(call.node, 'stopwords') ?? 0) > 0;
  // One empty text is left when nothing is, which changes only what had no text before.
  const columns: Size = (hasStopwords ? null : input.at(-1)) ?? call.unknown();
  call.setTensor(0, isTable ? [1, columns] : [columns], 'string');
}

function stringSplit(call: Call): void {
  const input = call.shape(0);
  call.setTensor(0, input && [...input, call.unknown()], 'string');
  call.setTensor(1, input, 'int64');
}

function regexFullMatch(call: Call): void {
  if (call.node.attribute('pattern') === undefined) call.refuse('it has no pattern');
  call.setTensor(0, call.shape(0), 'bool');
}

function tfIdfVectorizer(call: Call): void {
  const input = call.shape(0);
  const pools = ['pool_int64s', 'pool_strings'].map((name) => listLength(call.node, name) ?? 0);
  if (pools.every((length) => length === 0)) call.refuse('it has no n-grams: its pool is empty');
  const columns = vectorLength(call) ?? call.unknown();
  if (input === null) {
    call.setTensor(0, null, 'float32');
    return;
  }
  const [first] = input;
  if (input.length > 2 || input.length === 0) {
    call.reject(`the input has rank ${input.length}, not 1 or 2`);
    call.setTensor(0, null, 'float32');
    return;
  }
  call.setTensor(0, input.length === 2 ? [first ?? 1, columns] : [columns], 'float32');
}

/** One more than the largest place that an n-gram counts in. */
function vectorLength(call: Call): number | null {
  const places = call.node.ints('ngram_indexes');
  if (places === undefined || places.length === 0) return null;
  return places.reduce((most, each) => Math.max(most, each), -1) + 1;
}

/** com.microsoft.Tokenizer: each text becomes a row of tokens, padded to the longest. */
function tokenizer(call: Call): void {
  const input = call.shape(0);
  call.setTensor(0, input && [...input, call.unknown()], 'string');
}

/** com.microsoft.NGramRepeatBlock: scores in which repeated n-grams are ruled out. */
function nGramRepeatBlock(call: Call): void {
  call.setTensor(0, call.shape(1), call.elementType(1));
}

export const textRules: readonly OperatorRule[] = [
  { domain: '', ops: ['StringConcat'], infer: stringConcat, cost: movement },
  { domain: '', ops: ['StringNormalizer'], infer: stringNormalizer, cost: movement },
  { domain: '', ops: ['StringSplit'], infer: stringSplit, cost: movement },
  { domain: '', ops: ['RegexFullMatch'], infer: regexFullMatch, cost: movement },
  { domain: '', ops: ['TfIdfVectorizer'], infer: tfIdfVectorizer, cost: movement },
  // https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
  contribRule(['Tokenizer'], tokenizer, movement),
  contribRule(['NGramRepeatBlock'], nGramRepeatBlock, movement),
];
