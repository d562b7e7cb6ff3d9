import { stripVTControlCharacters } from 'node:util';

/** What the child printed last, in one line; empty where it printed nothing of use. */
export function lastWords(printed: string): string {
  const lines = stripVTControlCharacters(printed)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !isNoise.test(line))
    .map(cleanRuntimeMessage);
  return shortened(lines.slice(-2).join(' | '), 300);
}

/** Stack frames and the heap statistics that Node prints before it aborts. */
const isNoise =
  /^(<--- |-----|\[\d+:0x|\d+: 0x|at .*[:(]\d|\d+: [\w:~]+.*\[|Node\.js v\d|\^|Aborted|\(node:\d+\))/;

/**
 * Characters of a message that are looked at: names in it are as long as a file makes them, and some
 * of the patterns here take the square of the time.
 */
const mostRead = 8000;

/**
 * A message of onnxruntime without what helps nobody but its authors: colours, status numbers, its own
 * source files, line numbers and C++ signatures. At most 600 characters.
 */
export function cleanRuntimeMessage(message: string): string {
  let text = stripVTControlCharacters(message.slice(0, mostRead)).replace(/\s+/g, ' ').trim();
  // A log line: "2026-01-01 10:00:00.000 [E:onnxruntime:, inference_session.cc:3106 operator()] ".
  text = text.replace(/^[\d-]{10} [\d:.]+ \[[VIWEF]:onnxruntime:[^\]]*\] /, '');
  text = text.replace(/\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : /g, '');
  text = text.replace(/^(Load model (from )?.+? failed[:.] ?)+/, '');
  text = withoutSourceLocations(text);
  text = text.replace(
    /Non-zero status code returned while running (\S+) node\. Name:'([^']*)' Status Message: /g,
    (_, op: string, name: string) => `${labelled(op, name)}: `,
  );
  text = text.replace(
    /This is an invalid model\. In Node, \("([^"]*)", ([^,]+), .*? , Error /,
    (_, name: string, op: string) => `This is an invalid model: ${labelled(op, name)}: `,
  );
  text = text.replace(
    /(?:Graph attribute inferencing failed: )?Node \(([^)]*)\) Op \((\w+)\) \[(Shape|Type)InferenceError\] /g,
    (_, name: string, op: string, what: string) =>
      `${labelled(op, name)}: its ${what.toLowerCase()}s cannot be inferred: `,
  );
  text = text.replace(/^Exception during initialization: /, '');
  text = text.replace(/ Please fix either the inputs\/outputs or the model\./, '');
  return shortened(text.trim(), 600);
}

/**
 * Removes "/path/file.cc:12 void ns::f(const T&, int) const [with T = float] " and the short form
 * "file.cc:12 Function ".
 */
function withoutSourceLocations(text: string): string {
  let result = '';
  let at = 0;
  let word = 0;
  // Word by word: one pattern for all of it takes the square of the time.
  for (let end = text.indexOf(' '); end !== -1; end = text.indexOf(' ', word)) {
    if (isSourceLine.test(text.slice(Math.max(word, end - mostLocationEnd), end))) {
      result += text.slice(at, word);
      at = endOfSignature(text, end + 1);
      word = at;
    } else word = end + 1;
  }
  return result + text.slice(at);
}

const isSourceLine = /\w-*\.(?:cc|cpp|cu|cuh|h|hpp|mm):\d+$/;
/** As much of a path's end as tells that it is one. */
const mostLocationEnd = 40;

function endOfSignature(text: string, start: number): number {
  const rest = text.slice(start);
  const short = /^(?:operator\(\)|[A-Za-z_~]\w*) /.exec(rest);
  const long = /^[^().]*?::[^(]*(?=\()/.exec(rest);
  if (long === null) return start + (short?.[0].length ?? 0);
  let at = long[0].length;
  // Twice for "operator()(const T&)".
  while (rest[at] === '(') at = endOfParentheses(rest, at);
  const tail = /^(?:::<lambda\([^)]*\)>| const| \[with [^\]]*\])* ?/.exec(rest.slice(at));
  at += tail?.[0].length ?? 0;
  // "x == y was false. What that means": the condition is C++ as well.
  const condition = /^.{1,300}? was false\. (?=\S)/.exec(rest.slice(at));
  return start + at + (condition?.[0].length ?? 0);
}

function endOfParentheses(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at + 1;
  }
  return text.length;
}

function labelled(op: string, name: string): string {
  return name === '' ? `${op} node` : `${op} node "${name}"`;
}

function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
