import { type Attribute, formatType } from '../../graph/index.ts';
import { isSmall } from '../../matching/index.ts';
import type { Tensor } from '../../tensor/index.ts';

/** Longer lists and texts are cut in reports. */
const mostEntries = 16;
const mostLetters = 200;

const decoder = new TextDecoder();

/** An attribute as reports show it. */
export function attributeText(attribute: Attribute): string {
  switch (attribute.type) {
    case 'int':
      return attribute.value.toString();
    case 'float':
      return Object.is(attribute.value, -0) ? '-0' : String(attribute.value);
    case 'string':
      return cut(decoder.decode(attribute.value));
    case 'ints':
    case 'floats':
      return listText(Array.from(attribute.value, String));
    case 'strings':
      return listText(attribute.value.map((each) => decoder.decode(each)));
    case 'tensor':
      return tensorText(attribute.value);
    case 'tensors':
      return listText(attribute.value.map(tensorText));
    case 'type':
      return formatType(attribute.value);
    case 'types':
      return listText(attribute.value.map(formatType));
    case 'reference':
      return `@${attribute.referenceName}`;
    case 'graphs':
      return `${attribute.value.length} graphs`;
    default:
      return attribute.type;
  }
}

function tensorText(tensor: Tensor): string {
  const head = `${tensor.elementType ?? '?'}[${tensor.dims.join(', ')}]`;
  if (!isSmall(tensor, mostEntries * 8)) return head;
  try {
    const values =
      tensor.elementType === 'string' ? tensor.toStrings() : Array.from(tensor.toFloat64(), String);
    return `${head} {${listText(values).slice(1, -1)}}`;
  } catch {
    return head;
  }
}

function listText(entries: readonly string[]): string {
  const shown = entries.slice(0, mostEntries);
  const more = entries.length > shown.length ? ', …' : '';
  return cut(`[${shown.join(', ')}${more}]`);
}

function cut(text: string): string {
  return text.length <= mostLetters ? text : `${text.slice(0, mostLetters - 1)}…`;
}
