export type { PathRoots } from './artifact-path.ts';
export type {
  Bar,
  BarChart,
  ChartBlock,
  LogAxis,
  ReferenceLine,
  ScatterChart,
  ScatterPoint,
  ScatterSeries,
} from './chart.ts';
export { chart, mostBars, mostPoints } from './chart.ts';
export type {
  Block,
  Cell,
  Column,
  Document,
  Heading,
  KeyValues,
  Note,
  NoteLevel,
  Table,
  TextBlock,
  Tone,
  TonedText,
} from './document.ts';
export {
  document,
  heading,
  keyValues,
  note,
  pageTitled,
  pasteNote,
  table,
  textBlock,
  toned,
} from './document.ts';
export type { ReportExtras, ReportFormat } from './files.ts';
export {
  loadRenderer,
  renderGithubFailure,
  renderReport,
  renderSummary,
  reportExtensions,
  reportFileFormat,
  reportFormats,
} from './files.ts';
export type { Finding, FindingLocation, Severity } from './finding.ts';
export { countBySeverity, locationText } from './finding.ts';
export { findingNotes } from './finding-notes.ts';
export { reportToJson } from './json.ts';
export type { ModelInfo, ReportBase, ToolInfo, Verdict } from './report.ts';
export { outcomeOf, toolInfo } from './report.ts';
export type { TextStyle } from './table.ts';
export type { CheckedCode, TestCase } from './test-case.ts';
export {
  formatBytes,
  formatCount,
  formatInteger,
  formatMs,
  formatNumber,
  formatPercent,
  formatRatio,
} from './units.ts';
export { visibleLines, visibleText } from './visible.ts';
