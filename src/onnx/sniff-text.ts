import type { ForeignFormat } from './sniff.ts';

interface TextFormat extends ForeignFormat {
  readonly matches: RegExp;
}

/** Texts longer than this are documents, and not an answer that a server gave instead of a file. */
const mostAnswerCharacters = 300;
const mostQuotedCharacters = 100;

const downloadHint = 'The download failed: check its address, and whether it needs a token.';
const onnxHint = 'Give the binary ONNX model.';
const convertHint = 'Convert it in Python with onnxmltools.';

/** What JSON documents with certain keys are; the first that fits. */
const jsonFormats: readonly (ForeignFormat & { readonly keys: readonly string[] })[] = [
  {
    kind: 'onnx-json',
    what: 'the JSON form of an ONNX model',
    hint: onnxHint,
    keys: ['irVersion', 'ir_version', 'opsetImport', 'opset_import'],
  },
  {
    kind: 'xgboost',
    what: 'an XGBoost model in JSON',
    hint: convertHint,
    keys: ['learner'],
  },
  {
    kind: 'lightgbm',
    what: 'a LightGBM model in JSON',
    hint: convertHint,
    keys: ['tree_info', 'num_tree_per_iteration'],
  },
  {
    kind: 'catboost',
    what: 'a CatBoost model in JSON',
    hint: 'Save it from CatBoost with format="onnx".',
    keys: ['oblivious_trees', 'features_info'],
  },
  {
    kind: 'tensorflow-js',
    what: 'a TensorFlow.js model',
    hint: 'Convert it: python -m tf2onnx.convert --tfjs FILE --output model.onnx',
    keys: ['modelTopology', 'weightsManifest'],
  },
  {
    kind: 'safetensors-index',
    what: 'the list of safetensors files of a model',
    hint: 'They hold weights and no graph: export the model to ONNX.',
    keys: ['weight_map'],
  },
  {
    kind: 'notebook',
    what: 'a Jupyter notebook',
    hint: onnxHint,
    keys: ['nbformat', 'cells'],
  },
  {
    kind: 'config',
    what: 'the settings of a model in JSON',
    hint: 'Give the ONNX model that they belong to.',
    keys: ['architectures', 'model_type', 'added_tokens', 'tokenizer_class'],
  },
  {
    kind: 'json-error',
    what: 'an error message in JSON',
    hint: downloadHint,
    keys: ['error', 'errors', 'message', 'detail', 'code'],
  },
];

/** What texts that begin in certain ways are; the first that fits. */
const textFormats: readonly TextFormat[] = [
  {
    kind: 'html',
    what: 'an HTML page',
    hint: 'The download went to a web page: fetch the raw file.',
    matches: /^\s*(<!--[\s\S]*?-->\s*)*<(!doctype html|html|head|body|script|title|meta)\b/i,
  },
  {
    kind: 'openvino',
    what: 'a model in OpenVINO IR',
    hint: 'Export the model that it was made from to ONNX.',
    matches: /^\s*(<\?xml[^>]*>\s*)?<net\b/i,
  },
  {
    kind: 'pmml',
    what: 'a PMML model',
    hint: 'Export the model that it was made from to ONNX.',
    matches: /^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*<PMML\b/,
  },
  {
    kind: 'xml-error',
    what: 'an error message of a storage server',
    hint: downloadHint,
    matches: /^\s*(<\?xml[^>]*>\s*)?<Error\b/i,
  },
  {
    kind: 'xml',
    what: 'an XML file',
    hint: onnxHint,
    matches: /^\s*<\?xml/i,
  },
  {
    kind: 'onnx-text',
    what: 'an ONNX model in textual syntax',
    hint: 'Turn it into binary with onnx.parser.parse_model in Python.',
    matches: /^(\s*#.*\n)*\s*<\s*ir_version\s*:/,
  },
  {
    kind: 'onnx-textproto',
    what: 'an ONNX model in protobuf text format',
    hint: 'Turn it into binary with onnx.load(FILE, format="textproto") and onnx.save in Python.',
    matches: /^(\s*#.*\n)*\s*(ir_version\s*:|producer_name\s*:|graph\s*\{)/,
  },
  {
    kind: 'lightgbm',
    what: 'a LightGBM model',
    hint: convertHint,
    matches: /^tree\r?\nversion=/,
  },
  {
    kind: 'git-annex',
    what: 'a git-annex pointer',
    hint: 'Fetch the file itself with "git annex get".',
    matches: /^\/annex\/objects\//,
  },
  {
    kind: 'dvc',
    what: 'a DVC pointer',
    hint: 'Fetch the file itself with "dvc pull".',
    matches: /^(md5: \w+\r?\n)?outs:\r?\n\s*- (md5|hash|size|path|etag):/,
  },
  {
    kind: 'ncnn',
    what: 'the graph of an ncnn model',
    hint: 'Export the model that it was made from to ONNX.',
    matches: /^7767517\r?\n/,
  },
  {
    kind: 'caffe',
    what: 'the graph of a Caffe model',
    hint: 'It must be converted to ONNX, or exported from another framework.',
    matches: /^(\s*#.*\n)*\s*(name\s*:\s*"[^"]*"\s*)?(layers?\s*\{|input\s*:|input_dim\s*:)/,
  },
  {
    kind: 'pickle',
    what: 'a Python pickle',
    hint: 'Load it in Python and export the model in it to ONNX.',
    matches: /^(c[\w.]+\n[\w.]+\n|\((dp|lp)\d*\n|\(i[\w.]+\n)/,
  },
];

/** First words of the pointers that Git LFS leaves where files were not fetched. */
const lfsStart = 'version https://git-lfs.github.com/spec/';

/**
 * What a text file is.
 *
 * @param head The beginning of the file, and all of it when it is short.
 * @param isAll Whether it is all of it.
 * @returns Null when it is no text.
 */
export function sniffText(head: Uint8Array, isAll: boolean): ForeignFormat | null {
  const text = textOf(head);
  if (text === null) return null;
  if (text.startsWith(lfsStart)) return lfsPointer(text);
  if (isAll && text.length >= 'version '.length && lfsStart.startsWith(text.trimEnd())) {
    return lfsPointer(text);
  }
  const found = textFormats.find((format) => format.matches.test(text));
  if (found !== undefined) return { kind: found.kind, what: found.what, hint: found.hint };
  if (/^\s*(\{\s*(["}]|$)|\[\s*(["{[\]\d-]|$))/.test(text)) return sniffJson(text, isAll);
  const line = text.trim();
  if (isAll && line !== '' && line.length <= mostAnswerCharacters) {
    return {
      kind: 'text',
      what: `a text file that says "${quoted(line)}"`,
      hint: 'The download may have failed: fetch the model again.',
    };
  }
  return { kind: 'text', what: 'a text file', hint: onnxHint };
}

function lfsPointer(text: string): ForeignFormat {
  const size = /^size (\d{1,15})$/m.exec(text)?.[1];
  const real = size === undefined ? '' : ` to a file of ${size} bytes`;
  return {
    kind: 'git-lfs',
    what: `a Git LFS pointer${real}`,
    hint: 'Fetch the file itself with "git lfs pull".',
  };
}

function sniffJson(text: string, isAll: boolean): ForeignFormat {
  const keys = topKeys(text);
  const found = jsonFormats.find((format) => format.keys.some((key) => keys.has(key)));
  if (found === undefined) return { kind: 'json', what: 'a JSON file', hint: onnxHint };
  const { kind, what, hint } = found;
  const message = kind === 'json-error' && isAll ? errorMessage(text) : null;
  return { kind, hint, what: message === null ? what : `${what}: "${quoted(message)}"` };
}

/** Keys of the outermost object, as far as the text goes. */
function topKeys(text: string): ReadonlySet<string> {
  const keys = new Set<string>();
  let depth = 0;
  for (const [token, string] of text.matchAll(
    /"((?:[^"\\]|\\.)*)"(?=\s*:)|"(?:[^"\\]|\\.)*"|[{}[\]]/g,
  )) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (string !== undefined && depth === 1) keys.add(string);
  }
  return keys;
}

/** What an error document says, if it says it in one of the usual places. */
function errorMessage(text: string): string | null {
  try {
    const parsed = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    const said = [parsed?.['message'], parsed?.['error'], parsed?.['detail']];
    return said.find((each): each is string => typeof each === 'string') ?? null;
  } catch {
    return null;
  }
}

function quoted(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= mostQuotedCharacters ? line : `${line.slice(0, mostQuotedCharacters - 1)}…`;
}

/** The bytes as text, or null where they are none: protobuf has control characters in its tags. */
function textOf(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null;
  for (const byte of bytes) {
    const isBlank = byte === 9 || byte === 10 || byte === 12 || byte === 13;
    if ((byte < 32 && !isBlank) || byte === 127) return null;
  }
  try {
    // The last character may be cut.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return text;
  } catch {
    return null;
  }
}
