import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import { barDrawing } from './bar-drawing.ts';
import type { ChartBlock } from './chart.ts';
import { chartLabel } from './chart-label.ts';
import type { Drawing } from './chart-style.ts';
import { escapeHtml } from './html-escape.ts';
import { scatterDrawing } from './scatter-drawing.ts';
import { cleanSvg } from './svg-clean.ts';

/*
 * The one home of the drawing library. It is 60 MB with all that it can do, so that the build puts
 * the part that is used here into this module, and who installs mlkit does not install it.
 */

use([
  BarChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  LabelLayout,
  SVGRenderer,
]);

/** More of a title than this is read out by nobody. */
const mostTitleCells = 160;
const mostSummaryCells = 1000;

/**
 * A chart as an `<svg>` element for a page with the variables of `html-style.ts`: no style, script or
 * reference to anything else, the same bytes every time.
 *
 * @param id Letters, digits and hyphens; starts the ids in it, of which a page may have each once.
 */
export function chartSvg({ title, summary, chart }: ChartBlock, id: string): string {
  const drawing = chart.kind === 'bars' ? barDrawing(chart) : scatterDrawing(chart);
  const text = (name: string, content: string, cells: number): string =>
    `<${name} id="${id}_${name}">${escapeHtml(chartLabel(content, cells))}</${name}>`;
  return [
    `<svg viewBox="0 0 ${drawing.width} ${drawing.height}" role="img" aria-labelledby="${id}_title ${id}_desc">`,
    text('title', title, mostTitleCells),
    text('desc', summary, mostSummaryCells),
    cleanSvg(drawn(drawing)),
    '</svg>',
  ].join('\n');
}

function drawn({ width, height, option }: Drawing): string {
  const instance = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    instance.setOption(option);
    return instance.renderToSVGString();
  } finally {
    instance.dispose();
  }
}
