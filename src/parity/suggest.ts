import { formatNumber, visibleText } from '../report/index.ts';

/** The value at which a gate would pass, as the text of its flag; null where no number will do. */
export function roundedUp(value: number, digits = 3): string | null {
  if (!Number.isFinite(value)) return null;
  if (value === 0) return '0';
  const text = formatNumber(value, digits);
  if (Number(text) >= value) return text;
  // One more in the last digit that is shown.
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
  return formatNumber(value + step, digits);
}

/** The same downwards, to a number of decimals. */
export function roundedDown(value: number, decimals: number): string | null {
  if (!Number.isFinite(value)) return null;
  const scale = 10 ** decimals;
  let units = Math.floor(value * scale);
  while (units / scale > value) units -= 1;
  return String(units / scale);
}

/** `--atol logits:0.01`, quoted where a shell would take the name apart; `*` is what cannot be typed. */
export function flagFor(flag: string, output: string, value: string): string {
  const name = Array.from(output, (each) => (visibleText(each) === each ? each : '*')).join('');
  const text = `${name}:${value}`;
  const isPlain = /^[\w./:@%+,-]+$/.test(text);
  return `${flag} ${isPlain ? text : `'${text.replaceAll("'", "'\\''")}'`}`;
}
