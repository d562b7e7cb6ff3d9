import { selectionError } from './selection-error.ts';

export interface Token {
  readonly kind: 'word' | 'quoted' | 'symbol' | 'end';
  /** What it stands for: of quoted text what is between the quotes. */
  readonly text: string;
  /** Where it begins. */
  readonly at: number;
}

/** Longest first, so that `<=` is not `<`. */
const symbols: readonly string[] = [
  '!=',
  '!~',
  '<=',
  '>=',
  '==',
  '&&',
  '||',
  ...'=<>~!&|()[],'.split(''),
];

/** Everything that is neither space, nor quote, nor begins a symbol. */
const wordForm = /[^\s"'=<>~!&|()[\],]+/y;

/** The words, texts and symbols of an expression, with one of kind `end` behind them. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at += 1;
    if (at >= text.length) break;
    const quote = text[at];
    if (quote === '"' || quote === "'") {
      const { content, end } = readQuoted(text, at, quote);
      tokens.push({ kind: 'quoted', text: content, at });
      at = end;
      continue;
    }
    const start = at;
    const symbol = symbols.find((each) => text.startsWith(each, start));
    if (symbol !== undefined) {
      tokens.push({ kind: 'symbol', text: symbol, at });
      at += symbol.length;
      continue;
    }
    wordForm.lastIndex = at;
    const word = wordForm.exec(text)?.[0] ?? text.slice(at);
    tokens.push({ kind: 'word', text: word, at });
    at += word.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

/** A backslash takes the meaning from a quote or a backslash behind it, and is itself elsewhere. */
function readQuoted(text: string, start: number, quote: string): { content: string; end: number } {
  let content = '';
  let at = start + 1;
  while (at < text.length) {
    const letter = text.charAt(at);
    const next = text.charAt(at + 1);
    if (letter === quote) return { content, end: at + 1 };
    const isEscape = letter === '\\' && (next === quote || next === '\\');
    content += isEscape ? next : letter;
    at += isEscape ? 2 : 1;
  }
  throw selectionError(text, start, `the text that begins with ${quote} has no end`);
}
