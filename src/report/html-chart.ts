import type { ChartBlock } from './chart.ts';
import type { Document } from './document.ts';
import { escapeHtml } from './html-escape.ts';

/**
 * Draws a chart as an `<svg>` element.
 *
 * @param id Starts the ids in it.
 */
export type DrawChart = (chart: ChartBlock, id: string) => string;

/** What draws the charts of a document; it is large, and loaded only where there are any. */
export async function chartDrawer({ blocks }: Document): Promise<DrawChart | null> {
  if (!blocks.some(({ kind }) => kind === 'chart')) return null;
  const { chartSvg } = await import('./chart-svg.ts');
  return chartSvg;
}

/** The drawing, which a narrow screen scrolls, and its caption. */
export function chartHtml(block: ChartBlock, draw: DrawChart | null, id: string): string {
  const label = escapeHtml(`Chart: ${block.title}`);
  const drawing =
    draw === null
      ? ''
      : `<div role="region" aria-label="${label}" tabindex="0">${draw(block, id)}</div>\n`;
  return `<figure class="chart">${drawing}<figcaption>${escapeHtml(block.summary)}</figcaption></figure>`;
}
