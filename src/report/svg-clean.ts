/**
 * The drawing library's SVG, made fit for a page whose policy allows no inline style: the library's
 * own style sheet, classes and data are left out, styles become attributes, and neighbours that look
 * alike share theirs, which halves the size. Only what is listed here passes.
 */

/** Where and what an element is; the rest of what is kept says how it looks. */
const geometry: ReadonlySet<string> = new Set([
  'd',
  'x',
  'y',
  'width',
  'height',
  'cx',
  'cy',
  'r',
  'points',
  'transform',
  'dominant-baseline',
]);

const look: ReadonlySet<string> = new Set([
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-opacity',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'text-anchor',
  'font-size',
  'font-family',
  'font-weight',
  'paint-order',
]);

type Attributes = ReadonlyMap<string, string>;

interface Leaf {
  readonly look: string;
  /** Its markup from its name on, with what is inside, before and after its look. */
  readonly open: string;
  readonly rest: string;
}

/** A tag, or the text between two; the library escapes `<` and `>` in both. */
const pieces = /<(\/?)([a-zA-Z]+)([^>]*)>|([^<]+)/g;

/** What is inside the library's `<svg>` element. */
export function cleanSvg(svg: string): string {
  const out: string[] = [];
  let leaves: Leaf[] = [];
  let text = '';
  let textAttributes: Attributes = new Map();

  const flush = (): void => {
    out.push(...grouped(leaves));
    leaves = [];
  };
  const opened = (name: string, attributes: Attributes): void => {
    if (name === 'text') {
      text = '';
      textAttributes = attributes;
    } else if (name === 'g') {
      flush();
      out.push(`<g${attributesText(attributes)}>`);
    } else if (shapes.has(name)) {
      const leaf = leafOf(name, attributes);
      if (leaf !== null) leaves.push(leaf);
    }
  };
  const closed = (name: string): void => {
    if (name === 'text') {
      leaves.push(textLeaf(textAttributes, text));
    } else if (name === 'g') {
      flush();
      out.push('</g>');
    }
  };

  for (const [, slash, name = '', rest = '', between] of visible(svg).matchAll(pieces)) {
    // Blanks between elements are counted too, until a text begins.
    if (between !== undefined) text += between;
    else if (slash === '/') closed(name);
    else opened(name, attributesOf(rest));
  }
  flush();
  return out.join('\n');
}

const shapes: ReadonlySet<string> = new Set(['path', 'rect', 'circle', 'polyline', 'polygon']);

/** Without the style sheet, and without definitions: lines are clipped before they are drawn. */
function visible(svg: string): string {
  return svg.replace(/<(style|defs)\b[\s\S]*?<\/\1>/g, '');
}

function attributesOf(text: string): Attributes {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    if (name === 'style') for (const [key, each] of stylesOf(value)) found.set(key, each);
    else if (geometry.has(name) || look.has(name)) found.set(name, rounded(value));
  }
  return found;
}

function stylesOf(style: string): [string, string][] {
  return style
    .split(';')
    .map((each): [string, string] => {
      const [key = '', value = ''] = each.split(':');
      return [key.trim(), value.trim()];
    })
    .filter(([key, value]) => look.has(key) && value !== '' && value !== 'inherit');
}

/** A hundredth of a pixel is fine enough. */
function rounded(value: string): string {
  return value.replace(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))));
}

function leafOf(name: string, attributes: Attributes): Leaf | null {
  if (isInvisible(attributes)) return null;
  const circle = circleOf(attributes);
  const [shown, all] = circle === null ? [name, attributes] : ['circle', circle];
  return { look: lookOf(all), open: `<${shown}${geometryOf(all)}`, rest: '/>' };
}

function textLeaf(attributes: Attributes, text: string): Leaf {
  const open = `<text${geometryOf(attributes)}`;
  return { look: lookOf(attributes), open, rest: `>${text}</text>` };
}

function isInvisible(attributes: Attributes): boolean {
  const isFilled = attributes.get('fill') !== 'none' && attributes.get('fill-opacity') !== '0';
  const isDrawn = attributes.has('stroke') && attributes.get('stroke-width') !== '0';
  return !isFilled && !isDrawn;
}

/** The library draws a circle as two arcs of radius 1 and a matrix. */
function circleOf(attributes: Attributes): Attributes | null {
  if (attributes.get('d')?.startsWith('M1 0A1 1 0 1 1 ') !== true) return null;
  const [r, b, c, same, cx, cy] = (attributes.get('transform') ?? '').match(/-?[\d.]+/g) ?? [];
  if (r === undefined || r !== same || b !== '0' || c !== '0') return null;
  if (cx === undefined || cy === undefined) return null;
  const rest = [...attributes].filter(([name]) => name !== 'd' && name !== 'transform');
  return new Map([['cx', cx], ['cy', cy], ['r', r], ...rest]);
}

/** Neighbours that look alike, in a group that says how. */
function grouped(leaves: readonly Leaf[]): string[] {
  const out: string[] = [];
  for (let start = 0; start < leaves.length; ) {
    const first = leaves[start];
    if (first === undefined) break;
    const next = leaves.findIndex((leaf, at) => at > start && leaf.look !== first.look);
    const end = next === -1 ? leaves.length : next;
    if (end - start === 1) out.push(`${first.open}${first.look}${first.rest}`);
    else {
      const inside = leaves.slice(start, end).map(({ open, rest }) => open + rest);
      out.push(`<g${first.look}>`, ...inside, '</g>');
    }
    start = end;
  }
  return out;
}

function attributesText(attributes: Attributes): string {
  return [...attributes].map(([name, value]) => ` ${name}="${value}"`).join('');
}

function geometryOf(attributes: Attributes): string {
  return attributesText(new Map([...attributes].filter(([name]) => geometry.has(name))));
}

function lookOf(attributes: Attributes): string {
  return attributesText(new Map([...attributes].filter(([name]) => !geometry.has(name))));
}
