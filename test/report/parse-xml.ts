/** An element of an XML document, as far as tests need it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** What is directly in it, entities resolved. */
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  '#39': "'",
};

/** One element without declarations, comments or CDATA. Throws unless it is well-formed XML 1.0. */
export function parseXml(xml: string): XmlElement {
  // oxlint-disable-next-line no-control-regex -- what XML 1.0 has no place for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.test(xml)) {
    throw new Error('an illegal character');
  }
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const open: Open[] = [root];
  for (const part of xml.split(/(<[^>]*>)/)) {
    const inner = open.at(-1) as Open;
    if (!part.startsWith('<')) inner.text += unescaped(part);
    else if (part.startsWith('</')) {
      if (part !== `</${inner.name}>` || open.length === 1)
        throw new Error(`${part} closes nothing`);
      open.pop();
    } else {
      const element = opened(part);
      inner.children.push(element);
      if (!part.endsWith('/>')) open.push(element);
    }
  }
  const [element, ...more] = root.children;
  if (open.length > 1) throw new Error(`not closed: ${open.at(-1)?.name}`);
  if (element === undefined || more.length > 0 || root.text.trim() !== '') {
    throw new Error('not one element');
  }
  return element;
}

function opened(tag: string): Open {
  const form = /^<([A-Za-z][\w:-]*)((?:\s+[A-Za-z_][\w:-]*="[^"<]*")*)\s*\/?>$/.exec(tag);
  if (form === null) throw new Error(`no tag: ${tag}`);
  const [, name = '', rest = ''] = form;
  const attributes: Record<string, string> = {};
  for (const [, key = '', value = ''] of rest.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    if (key in attributes) throw new Error(`${key} twice in ${tag}`);
    attributes[key] = unescaped(value);
  }
  return { name, attributes, children: [], text: '' };
}

function unescaped(text: string): string {
  return text.replace(/&([^;&\s]*;?)/g, (all, entity: string) => {
    const found = entities[entity.replace(/;$/, '')];
    if (found === undefined || !entity.endsWith(';')) throw new Error(`no entity: ${all}`);
    return found;
  });
}

/** The element and all in it, in the order of the document. */
export function allElements(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap(allElements)];
}
