/** A piece of text with the remarks that belong to it, which end up in a comment behind it. */
export interface Noted {
  readonly text: string;
  readonly notes: readonly string[];
}

/** Text without remarks. */
export function plain(text: string): Noted {
  return { text, notes: [] };
}

const lineWidth = 100;

/** Collects text line by line, indented, each line with its remarks behind it as a comment. */
export class TextWriter {
  readonly #lines: string[] = [];
  #indent = '';
  #line = '';
  #notes: string[] = [];

  write(text: string): void {
    this.#line += text;
  }

  /** Adds a remark to the current line, once. */
  note(...notes: readonly string[]): void {
    for (const note of notes) if (!this.#notes.includes(note)) this.#notes.push(note);
  }

  put(part: Noted): void {
    this.write(part.text);
    this.note(...part.notes);
  }

  endLine(): void {
    const comment = this.#notes.length === 0 ? '' : `# ${this.#notes.join('; ')}`;
    const gap = this.#line !== '' && comment !== '' ? '  ' : '';
    this.#lines.push(`${this.#indent}${this.#line}${gap}${comment}`);
    this.#line = '';
    this.#notes = [];
  }

  /** Ends the line; what `body` writes comes indented below it. */
  indented(body: () => void): void {
    this.endLine();
    const before = this.#indent;
    this.#indent += '  ';
    body();
    if (this.#line !== '' || this.#notes.length > 0) this.endLine();
    this.#indent = before;
  }

  /** Parts between brackets: on one line where they fit and have no remarks, else one a line. */
  list(open: string, parts: readonly Noted[], close: string): void {
    const flat = parts.map((part) => part.text).join(', ');
    const width = this.#indent.length + this.#line.length + flat.length;
    if (parts.every((part) => part.notes.length === 0) && (parts.length < 2 || width < lineWidth)) {
      this.write(`${open}${flat}${close}`);
      return;
    }
    this.write(open);
    this.block(parts);
    this.write(close);
  }

  /** Parts one a line, with commas between them, indented. */
  block(parts: readonly Noted[]): void {
    this.indented(() => {
      for (const [at, part] of parts.entries()) {
        this.put(part);
        if (at < parts.length - 1) this.write(',');
        this.endLine();
      }
    });
  }

  toString(): string {
    if (this.#line !== '' || this.#notes.length > 0) this.endLine();
    return this.#lines.join('\n');
  }
}
